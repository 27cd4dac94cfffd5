"""What a person can get wrong: one clear sentence, the right exit code, no traceback, nothing half written."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from automations.history.store import DayStore, StoredDay
from generator.sample.sample_home import write_sample
from schemas.clock import microseconds
from schemas.events import Origin
from tests.builders.event_rows import events_of
from tests.builders.fake_home import FakeHome
from tests.builders.serving import serving

GOOD_ROWS = "time,entity_id,state\n2026-01-01T07:00:00Z,light.kitchen,on\n"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, date(2026, 3, 1))
    return folder


def settings_in(folder: Path, **more: str) -> dict[str, str]:
    names = {"DATA_DIR": str(folder / "data"), "AUTOMATIONS_REPO": str(folder / "automations.git")}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), **names, **more}


def run(folder: Path, *arguments: str, room: str = "generator", **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", room, *arguments]
    return subprocess.run(
        command, env=settings_in(folder, **more), cwd=folder, capture_output=True, text=True, timeout=120
    )


def night(folder: Path, history: Path, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "run", "--source", "file", "--history", str(history), "--home", str(home), **more)


def assert_told(done: subprocess.CompletedProcess[str], *words: str, code: tuple[int, ...] = (1, 2)) -> None:
    assert done.returncode in code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr


HISTORIES: Mapping[str, tuple[bytes, str]] = {
    "empty file": (b"", "empty"),
    "not a table": (b"\x00\x01\x02garbage", ""),
    "no column state": (b"time,entity_id\n2026-01-01T07:00:00Z,light.kitchen\n", "state"),
    "a time without offset": (b"time,entity_id,state\n2026-01-02 07:00:00,light.x,on\n", "offset"),
    "not a time": (b"time,entity_id,state\nyesterday,light.kitchen,on\n", ""),
    "half a gzip": (gzip.compress(GOOD_ROWS.encode() * 500)[:40], ""),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_that_cannot_be_read_is_named(name: str, tmp_path: Path, sample: Path) -> None:
    content, word = HISTORIES[name]
    history = tmp_path / ("history.csv.gz" if "gzip" in name else "history.csv")
    history.write_bytes(content)

    done = night(tmp_path, history, sample / "home.json")

    assert_told(done, str(history), word)


def test_a_history_that_is_not_there_is_named(tmp_path: Path, sample: Path) -> None:
    assert_told(night(tmp_path, tmp_path / "nope.csv", sample / "home.json"), "nope.csv")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((401, {}, b"401: Unauthorized"), "refused our token (401)"),
        ((403, {}, b"403: Forbidden"), "may be banned"),
        ((302, {"location": "https://login.example/?next=x"}, b""), "https://login.example/ (302), maybe a login page"),
        ((200, {"content-type": "text/html"}, b"<html>Router</html>"), "not JSON"),
    ],
)
def test_what_waiting_cannot_mend_ends_the_night_and_leaves_the_stored_days(
    tmp_path: Path, sample: Path, answer: tuple[int, dict[str, str], bytes], words: str
) -> None:
    today, store = datetime.now(UTC), DayStore(tmp_path / "data" / "history")
    lamp = events_of([(microseconds(today), "light.kitchen_ceiling", "on", Origin.APP)])
    store.save(StoredDay(today.date(), today, frozenset(lamp.entities), lamp))
    before = {path: path.read_bytes() for path in (tmp_path / "data" / "history").iterdir()}

    home = FakeHome(instead=answer)
    with serving(home) as url:
        environ = {"HA_URL": url, "HA_TOKEN": "very-secret", "HOME_FILE": str(sample / "home.json")}
        done = run(tmp_path, "run", "--source", "home-assistant", **environ)

    assert_told(done, words, code=(1,))
    assert "very-secret" not in done.stderr
    assert len(home.asked) == 1
    assert {path: path.read_bytes() for path in (tmp_path / "data" / "history").iterdir()} == before


def test_unsorted_and_doubled_rows_with_offsets_are_mended(tmp_path: Path, sample: Path) -> None:
    history = tmp_path / "history.csv"
    rows = ["2026-01-02T07:00:00Z,light.kitchen_ceiling,on", "2026-01-01T08:00:00+01:00,light.kitchen_ceiling,off"]
    history.write_text("time,entity_id,state\n" + "\n".join([*rows, rows[0]]) + "\n")

    done = night(tmp_path, history, sample / "home.json")

    assert done.returncode == 0, done.stderr
    assert "2026-01-01T07:00:00Z to 2026-01-02T07:00:00Z" in done.stdout


def test_an_entity_that_the_home_lacks_is_said(tmp_path: Path, sample: Path) -> None:
    history = tmp_path / "history.csv"
    history.write_text(GOOD_ROWS.replace("light.kitchen", "light.nobody_knows"))

    done = night(tmp_path, history, sample / "home.json")

    assert done.returncode == 0, done.stderr
    assert "light.nobody_knows" in done.stdout


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ("{", "JSON"),
        ('{"timezone": "Mars/Olympus", "entities": []}', "time zone"),
        ('{"timezone": "UTC", "entities": [{"entity_id": "Kitchen light"}]}', "entities"),
        ('{"timezone": "UTC", "entities": [], "colour": "blue"}', "colour"),
        ('{"timezone": "UTC", "entities": [], "latitude": 123}', "latitude"),
    ],
)
def test_a_home_file_with_a_wrong_field_is_named(document: str, word: str, tmp_path: Path, sample: Path) -> None:
    home = tmp_path / "home.json"
    home.write_text(document)

    assert_told(night(tmp_path, sample / "history.csv.gz", home), "home.json", word)


def test_a_folder_that_is_no_repository_is_left_as_it_is(tmp_path: Path, sample: Path) -> None:
    folder = tmp_path / "automations.git"
    folder.mkdir()
    (folder / "letters.txt").write_text("mine")

    done = night(tmp_path, sample / "history.csv.gz", sample / "home.json")

    assert_told(done, "not a bare git repository", "AUTOMATIONS_REPO")
    assert [path.name for path in folder.iterdir()] == ["letters.txt"]


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path, sample: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    done = night(
        tmp_path, sample / "history.csv.gz", sample / "home.json", AUTOMATIONS_REPO=str(blocked / "automations.git")
    )

    assert_told(done, "AUTOMATIONS_REPO")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PORT=many\nLLM=perhaps\n", ("PORT", "LLM")),
        ("just words\n", (".env", "line 1")),
        ("HA_TOKN=abc\n", ("HA_TOKN",)),
        ("HA_TOKEN_FILE=/nowhere/token\n", ("HA_TOKEN_FILE",)),
    ],
)
def test_a_broken_env_file_says_all_that_is_wrong_at_once(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(text)

    for room, command in (("generator", ("run",)), ("automations", ("plan",)), ("reviewer_api", ("--port", "0"))):
        assert_told(run(tmp_path, *command, room=room), *words)


def test_wrong_usage_ends_with_2(tmp_path: Path) -> None:
    assert run(tmp_path, "run", "--source", "crystal-ball").returncode == 2
    assert run(tmp_path, "analyze").returncode == 2


def test_a_sample_that_can_be_written_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert_told(run(tmp_path, "sample", "--out", str(tmp_path / "file" / "home")), "file/home cannot be written to")


def test_a_second_run_at_once_ends_with_3(tmp_path: Path, sample: Path) -> None:
    from generator.night.lock import hold_lock

    with hold_lock(tmp_path / "data" / "run.lock"):
        done = night(tmp_path, sample / "history.csv.gz", sample / "home.json")

    assert_told(done, "under way", code=(3,))


def test_a_run_says_who_acted_how_old_its_home_is_and_what_was_misspelt(tmp_path: Path, sample: Path) -> None:
    done = night(tmp_path, sample / "history.csv.gz", sample / "home.json", EXCLUDE="media_playr,light")

    assert done.returncode == 0, done.stderr
    assert "Who changed it: " in done.stdout
    assert "The home was taken as it was known on" in done.stdout
    assert "EXCLUDE names what is not in this home: media_playr." in done.stdout


def test_json_is_one_document_and_nothing_else(tmp_path: Path, sample: Path) -> None:
    done = run(
        tmp_path, "run", "--source", "file", "--history", str(sample / "history.csv.gz"), "--home",
        str(sample / "home.json"), "--json",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["found"] > 0


def test_ctrl_c_at_any_moment_leaves_the_repository_whole(tmp_path: Path, sample: Path) -> None:
    chance = random.Random(5)
    command = [sys.executable, "-m", "generator", "run", "--source", "file", "--progress", "none"]
    files = {"HISTORY_FILE": str(sample / "history.csv.gz"), "HOME_FILE": str(sample / "home.json")}
    for _ in range(4):
        child = subprocess.Popen(
            command, env=settings_in(tmp_path, **files), cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        time.sleep(chance.uniform(1.0, 6.0))
        child.send_signal(signal.SIGINT)
        _, words = child.communicate(timeout=60)
        assert b"Traceback" not in words
        repository = tmp_path / "automations.git"
        if repository.exists():
            fsck = subprocess.run(["git", "--git-dir", str(repository), "fsck", "--strict"], capture_output=True)
            assert fsck.returncode == 0, fsck.stderr
            assert not list(repository.rglob("*.lock"))

    done = night(tmp_path, sample / "history.csv.gz", sample / "home.json")

    assert done.returncode == 0, done.stderr
