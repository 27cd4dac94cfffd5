"""`python -m automations` from a terminal: what it says of a home is so, and its exit code says whether all is well."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.builders.lamps import config
from tests.builders.loopback import free_port

ROOT = Path(__file__).parents[3]
IN_STEP = "Nothing to do: the home is in step."


class Terminal:
    """A folder home with two automations that are managed and deployed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home" / "automations.yaml"
        self.home.parent.mkdir()
        self.home.write_text(yaml.safe_dump([{"id": "one", **config(0)}, {"id": "two", **config(1)}]))
        self.run("import")

    def run(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        settings = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATA_DIR": str(self.folder / "data"),
            "AUTOMATIONS_REPO": str(self.folder / "automations.git"),
            "HOME_FOLDER": str(self.home.parent),
            **environ,
        }
        command = [sys.executable, "-m", "automations", *words]
        return subprocess.run(command, env=settings, cwd=self.folder, capture_output=True, text=True, timeout=60)

    def push(self, subject: str, **files: str) -> None:
        """Commit these files on main by hand and push them; `.` in a name stands for the folder's slash."""
        clone = self.folder / "clone"
        shutil.rmtree(clone, ignore_errors=True)
        self._git("clone", "-q", str(self.folder / "automations.git"), str(clone))
        for name, text in files.items():
            path = clone / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        self._git("-C", str(clone), "add", ".")
        self._git("-C", str(clone), "-c", "user.name=Anna", "-c", "user.email=a@b.c", "commit", "-qm", subject)
        self._git("-C", str(clone), "push", "-q")

    def _git(self, *words: str) -> None:
        subprocess.run(["git", *words], check=True, capture_output=True)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def test_a_home_in_step_is_said_to_be_and_ends_with_0(terminal: Terminal) -> None:
    done = terminal.run("deploy")

    assert (done.returncode, done.stdout.strip()) == (0, IN_STEP)


def test_a_home_that_is_away_is_not_in_step(terminal: Terminal) -> None:
    away = {"HA_URL": f"http://127.0.0.1:{free_port()}", "HA_TOKEN": "x"}

    words, as_json = terminal.run("deploy", **away), terminal.run("deploy", "--json", **away)

    assert (words.returncode, as_json.returncode, IN_STEP in words.stdout) == (1, 1, False)
    assert "cannot be reached" in words.stdout
    assert "cannot be reached" in json.loads(as_json.stdout)["unreachable"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\0" * 300, "cannot be read"), (b"[]\n", "missing"), (b"", "missing"), (b"- id: one\n", "missing")],
)
def test_a_home_that_lost_ours_is_not_in_step(terminal: Terminal, content: bytes, words: str) -> None:
    terminal.home.write_bytes(content)

    done = terminal.run("deploy")

    assert (done.returncode, IN_STEP in done.stdout) == (1, False)
    assert words in done.stdout
    assert "Traceback" not in done.stderr
    assert terminal.home.read_bytes() == content


def test_two_files_with_one_id_are_not_in_step(terminal: Terminal) -> None:
    terminal.push("Copy one", no_area__copy=yaml.safe_dump({"id": "one", **config(0)}))

    done = terminal.run("deploy")

    assert (done.returncode, IN_STEP in done.stdout) == (1, False)
    assert done.stdout.count("It has the same id as") == 2


def test_an_automation_under_a_name_of_its_owners_comes_back_by_its_id(terminal: Terminal) -> None:
    terminal.push("Light the hallway", hallway__night_light=yaml.safe_dump({"id": "night_light", **config(2)}))
    terminal.run("deploy", "--yes")

    gone, back = terminal.run("rollback", "night_light", "--yes"), terminal.run("restore", "night_light")

    assert (gone.returncode, back.returncode) == (0, 0), gone.stdout + gone.stderr + back.stderr
    assert "night_light" in terminal.home.read_text()
    assert "Light the hallway" in terminal.run("log", "night_light").stdout


def test_what_was_renamed_and_then_removed_is_found_by_its_id(terminal: Terminal) -> None:
    terminal.push("Light the hallway", hallway__first=yaml.safe_dump({"id": "night_light", **config(2)}))
    clone = terminal.folder / "clone"
    for words in (
        ["mv", "hallway/first.yaml", "hallway/second.yaml"],
        ["-c", "user.name=Anna", "-c", "user.email=a@b.c", "commit", "-qm", "Rename it"],
        ["rm", "-q", "hallway/second.yaml"],
        ["-c", "user.name=Anna", "-c", "user.email=a@b.c", "commit", "-qm", "Remove it"],
        ["push", "-q"],
    ):
        subprocess.run(["git", "-C", str(clone), *words], check=True, capture_output=True)

    found = terminal.run("log", "night_light")

    assert found.returncode == 0, found.stderr
    assert ["Remove it" in found.stdout, "Rename it" in found.stdout] == [True, True]


def test_a_name_that_was_never_on_main_is_one_sentence(terminal: Terminal) -> None:
    done = terminal.run("restore", "nobody")

    assert (done.returncode, done.stdout) == (1, "")
    assert "No automation nobody was ever on main" in done.stderr
