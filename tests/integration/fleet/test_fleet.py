"""Many homes on a real scheduler and real worker processes of this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fsspec
import pytest
from distributed import Client
from moto.server import ThreadedMotoServer

from tests.builders.fleet_homes import write_home
from tests.builders.loopback import free_port

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("homes")
    for number in range(5):
        write_home(folder / f"home{number}", 6 + 2 * number)
    (folder / "home_broken").mkdir()
    (folder / "home_broken" / "home.json").write_text("{")
    (folder / "home_broken" / "history.csv").write_text("time")
    return folder


def fleet(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "generator", "fleet", "--progress", "json", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, env={**os.environ, **environment})


def results(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("home*/*.json"))}


def test_one_worker_or_four_give_the_same_results_and_a_broken_home_is_a_row(homes: Path, tmp_path: Path) -> None:
    one = fleet("--homes", f"{homes}/*", "--out", f"{tmp_path}/one", "--workers", "1", "--json")
    four = fleet("--homes", f"{homes}/*", "--out", f"{tmp_path}/four", "--workers", "4", "--json")

    report = json.loads(one.stdout)
    assert (one.returncode, four.returncode) == (1, 1)
    assert report["homes"] == {"done": 5, "failed": 1, "skipped": 0}
    assert report["failed"]["home_broken"].startswith(f"Home file {homes}/home_broken/home.json is not readable JSON")
    assert len(results(tmp_path / "one")) == 5
    assert results(tmp_path / "one") == results(tmp_path / "four")
    assert (tmp_path / "one" / "summary.csv").read_bytes() == (tmp_path / "four" / "summary.csv").read_bytes()


def test_a_second_run_skips_what_is_done_and_a_changed_home_is_done_anew(homes: Path, tmp_path: Path) -> None:
    copy = tmp_path / "homes"
    for number in range(2):
        write_home(copy / f"home{number}", 7)
    arguments = ("--homes", f"{copy}/*", "--out", f"{tmp_path}/out", "--workers", "1", "--json")
    fleet(*arguments)
    (copy / "home1" / "history.csv").write_text((copy / "home0" / "history.csv").read_text().replace(":0", ":1"))

    again = json.loads(fleet(*arguments).stdout)

    assert again["homes"] == {"skipped": 1, "done": 1, "failed": 0}
    assert len(results(tmp_path / "out")) == 3


def test_suggestions_lie_in_a_repository_of_each_home(homes: Path, tmp_path: Path) -> None:
    done = fleet("--homes", f"{homes}/home[01]", "--out", str(tmp_path), "--workers", "1", "--propose")

    refs = subprocess.run(
        ["git", "--git-dir", f"{tmp_path}/home0/automations.git", "for-each-ref", "refs/heads/suggest/"],
        capture_output=True,
        text=True,
    ).stdout
    assert done.returncode == 0, done.stderr
    assert "suggest/" in refs
    assert not list(tmp_path.glob("home*/.*.git"))


@pytest.fixture
def object_store() -> Iterator[dict[str, str]]:
    """A real S3 server on loopback; the settings that reach it."""
    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port)
    server.start()
    yield {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }
    server.stop()


def test_homes_and_results_may_lie_in_an_object_store(
    homes: Path, object_store: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in object_store.items():
        monkeypatch.setenv(name, value)
    store = fsspec.filesystem("s3", skip_instance_cache=True)
    store.mkdir("fleet")
    store.put(f"{homes}/home0", "fleet/homes/home0", recursive=True)

    done = fleet("--homes", "s3://fleet/homes/*", "--out", "s3://fleet/out", "--workers", "1", "--json", **object_store)

    store.invalidate_cache()
    assert done.returncode == 0, done.stderr
    assert len(store.glob("fleet/out/home0/*.json")) == 1
    assert store.exists("fleet/out/summary.csv")


@pytest.fixture
def scheduler() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    address = f"tcp://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", address, "--no-dashboard"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        yield address, process
        process.kill()


@contextmanager
def worker(address: str, folder: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that imports what lies in `folder`."""
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen([*command, "--no-dashboard"], stderr=quiet, stdout=quiet, cwd=folder) as process:
        yield process
        process.kill()


def fleet_until_the_first_home(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "generator", "fleet", "--progress", "json", "--json", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if '"status": "done"' in line:
            return process
    raise AssertionError("no home was done")


def test_the_homes_of_a_killed_worker_run_again_and_a_lost_scheduler_costs_only_what_was_under_way(
    homes: Path, tmp_path: Path, scheduler: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, process = scheduler
    arguments = ("--homes", f"{homes}/home[0-4]", "--scheduler", address, "--out")
    with worker(address) as first, worker(address):
        under_way = fleet_until_the_first_home(*arguments, f"{tmp_path}/worker")
        first.kill()
        told, _ = under_way.communicate(timeout=120)
        lost = fleet_until_the_first_home(*arguments, f"{tmp_path}/scheduler")
        process.kill()
        _, words = lost.communicate(timeout=120)
    again = fleet("--homes", f"{homes}/home[0-4]", "--workers", "1", "--out", f"{tmp_path}/scheduler", "--json")

    counts = json.loads(told)["homes"]
    assert (under_way.returncode, counts["failed"]) == (0, 0)
    assert len(results(tmp_path / "worker")) == 5
    assert not list(tmp_path.rglob("*.part"))
    assert lost.returncode == 1
    assert "run the same command again" in words
    assert "Traceback" not in words
    assert json.loads(again.stdout)["homes"]["skipped"] >= 1
    assert results(tmp_path / "scheduler") == results(tmp_path / "worker")


def test_a_home_that_kills_every_worker_is_a_row_and_the_others_are_done(homes: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "homes.txt"
    manifest.write_text("\n".join(["faulty://kills", *(f"{homes}/home{n}" for n in range(3))]))

    done = fleet(
        *("--homes", str(manifest), "--out", str(tmp_path), "--workers", "1", "--json"),
        DASK_DISTRIBUTED__WORKER__PRELOAD="tests.builders.fleet_homes",
        DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1",
    )

    report = json.loads(done.stdout)
    assert done.returncode == 1
    counts = report["homes"]
    assert (counts["done"] + counts["skipped"], counts["failed"]) == (3, 1)  # done, but its worker died: skipped
    assert report["failed"]["kills"].startswith("The process died each time it began this home")


def test_workers_with_no_nightshift_end_the_run_and_those_with_another_are_told(
    homes: Path, tmp_path: Path, scheduler: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, _ = scheduler
    arguments = ("--homes", f"{homes}/home0", "--out", f"{tmp_path}/out", "--scheduler", address)
    other = tmp_path / "other"
    for room in ("schemas", "automations", "generator"):
        shutil.copytree(ROOT / room, other / room, ignore=shutil.ignore_patterns("__pycache__"))
    (other / "schemas" / "more.py").write_text("")

    with worker(address, tmp_path):
        none = fleet_once_there_is_a_worker(address, *arguments)
    with worker(address, other):
        differs = fleet_once_there_is_a_worker(address, *arguments)
    with worker(address), Client(address, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=60)
        later = client.run(
            lambda dask_worker: (
                {"profile", "profile-cycle", "tick", "ticks"} & set(dask_worker.periodic_callbacks),
                dask_worker.memory_manager.memory_pause_fraction,
            )
        )

    assert none.returncode == 1
    assert "has no Nightshift" in none.stderr
    assert differs.returncode == 0
    assert "has Nightshift" in differs.stderr
    assert list(later.values()) == [(set(), False)]  # a worker that comes later is made fit too


def fleet_once_there_is_a_worker(address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    with Client(address, timeout=30, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=60)
    return fleet(*arguments)


def test_a_scheduler_that_is_not_there_and_homes_that_are_not_are_told(tmp_path: Path) -> None:
    nobody = fleet("--homes", str(tmp_path / "*"), "--out", str(tmp_path))
    write_home(tmp_path / "homes" / "one", 7)
    lost = fleet(
        "--homes", f"{tmp_path}/homes/*", "--out", f"{tmp_path}/out", "--scheduler", f"tcp://127.0.0.1:{free_port()}"
    )

    assert nobody.returncode == 1
    assert "No home lies at" in nobody.stderr
    assert lost.returncode == 1
    assert "No scheduler answers" in lost.stderr
    assert "Traceback" not in nobody.stderr + lost.stderr
