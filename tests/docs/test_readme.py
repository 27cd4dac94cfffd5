"""The README's commands, run as they stand."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import httpx
import pytest

from generator.sample.sample_home import write_sample

README = Path("README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    ((?:make|\.venv/bin/python) .+)$", README, re.MULTILINE)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A home of files in place of the reader's Home Assistant."""
    folder = tmp_path_factory.mktemp("readme")
    write_sample(folder, date(2026, 3, 1))
    yield {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(folder / "data"),
        "AUTOMATIONS_REPO": str(folder / "automations.git"),
        "HISTORY_SOURCE": "file",
        "HISTORY_FILE": str(folder / "history.csv.gz"),
        "HOME_FILE": str(folder / "home.json"),
        "PORT": "0",
    }


def test_the_readme_names_the_commands_that_are_run_here() -> None:
    assert COMMANDS == [
        "make demo",
        "make test",
        ".venv/bin/python -m automations home",
        ".venv/bin/python -m generator run",
        ".venv/bin/python -m reviewer_api",
    ]


def test_make_demo_once_makes_suggestions_and_says_so(tmp_path: Path) -> None:
    command = ["make", "demo", "ARGS=--once", f"DEMO={tmp_path}/demo", "-o", "setup"]

    done = subprocess.run(command, capture_output=True, text=True, timeout=240)

    branches = subprocess.run(
        ["git", "--git-dir", f"{tmp_path}/demo/automations.git", "branch", "--list", "suggest/*"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "no Home Assistant is connected" in done.stdout
    assert len(branches.stdout.splitlines()) == 3


@pytest.mark.parametrize("command", [c for c in COMMANDS if "reviewer_api" not in c and c.startswith(".venv")])
def test_a_command_that_ends_ends_well(command: str, settings: dict[str, str]) -> None:
    done = subprocess.run(command.split(), env=settings, capture_output=True, text=True, timeout=240)

    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_service_prints_one_link_and_stops_when_asked(settings: dict[str, str]) -> None:
    with subprocess.Popen(
        [".venv/bin/python", "-m", "reviewer_api"],
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as service:
        line = service.stdout.readline() if service.stdout else ""
        wait_until_well(line.split()[1].split("#")[0])
        service.send_signal(signal.SIGTERM)

    assert re.fullmatch(r"Nightshift: http://127\.0\.0\.1:\d+/#code=\S+\n", line)
    assert service.returncode in (0, -signal.SIGTERM)  # uvicorn shuts down and then lets the signal end it


def wait_until_well(address: str) -> None:
    for _ in range(200):
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}health").status_code == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"{address} does not answer")
