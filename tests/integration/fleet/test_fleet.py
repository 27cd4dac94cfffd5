"""Many homes on a real scheduler and real worker processes of this machine."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pytest
from moto.server import ThreadedMotoServer

from tests.conftest import free_port


def write_home(folder: Path, hour: int) -> None:
    """A small home in which somebody turns on a lamp at the same hour on thirty days."""
    folder.mkdir(parents=True)
    home = {"timezone": "UTC", "entities": [{"entity_id": "light.lamp", "name": "Lamp"}]}
    (folder / "home.json").write_text(json.dumps(home))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = ["time,entity_id,state,cause"]
    for day in range(30):
        on = start + timedelta(days=day, hours=hour, minutes=(day * 7) % 9)
        rows += [f"{on:%Y-%m-%dT%H:%M:%SZ},light.lamp,on,person"]
        rows += [f"{on + timedelta(hours=2, minutes=(day * 37) % 200):%Y-%m-%dT%H:%M:%SZ},light.lamp,off,person"]
    (folder / "history.csv").write_text("\n".join(rows))


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("homes")
    for number in range(5):
        write_home(folder / f"home{number}", 6 + 2 * number)
    (folder / "home_broken").mkdir()
    (folder / "home_broken" / "home.json").write_text("{")
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
    assert report["homes"] == {"done": 5, "failed": 1}
    assert "home_broken" in report["failed"]
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

    assert again["homes"] == {"skipped": 1, "done": 1}
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
def scheduler() -> Iterator[str]:
    address = f"tcp://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", address, "--no-dashboard"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        yield address
        process.terminate()


def worker(address: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    return subprocess.Popen(
        [*command, "--no-dashboard"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=Path.cwd()
    )


def test_the_homes_of_a_killed_worker_run_again_and_nothing_is_written_twice(
    homes: Path, tmp_path: Path, scheduler: str
) -> None:
    first, second = worker(scheduler), worker(scheduler)

    def kill_soon() -> None:
        time.sleep(4)
        first.send_signal(signal.SIGKILL)

    threading.Thread(target=kill_soon).start()
    done = fleet("--homes", f"{homes}/home[0-4]", "--out", str(tmp_path), "--scheduler", scheduler, "--json")
    for process in (first, second):
        process.kill()
        process.wait(20)

    with (tmp_path / "summary.csv").open() as lines:
        outcomes = [row["outcome"] for row in csv.DictReader(lines)]
    assert done.returncode == 0, done.stderr
    assert outcomes == ["done"] * 5
    assert len(results(tmp_path)) == 5
    assert not list(tmp_path.rglob("*.part"))


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
