"""One run at a time, until its process ends in whatever way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.night.lock import hold_lock
from schemas.errors import AlreadyRunning, InputError

HOLD = """
import sys
from pathlib import Path
from generator.night.lock import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "data" / "run.lock"


@pytest.fixture
def holder(lock: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_everyone_who_comes_second_is_told_the_process_that_runs(lock: Path, holder: subprocess.Popen[str]) -> None:
    for _ in range(2):
        with pytest.raises(AlreadyRunning, match=f"process {holder.pid}"), hold_lock(lock):
            pass


def test_a_killed_run_leaves_the_way_free(lock: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()

    with hold_lock(lock), pytest.raises(AlreadyRunning), hold_lock(lock):
        pass
    with hold_lock(lock):
        pass


def test_a_lock_that_can_be_written_nowhere_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "data").touch()

    with pytest.raises(InputError, match="choose a writable DATA_DIR"), hold_lock(tmp_path / "data" / "run.lock"):
        pass
