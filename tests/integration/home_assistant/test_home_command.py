"""`python -m automations home` where things are wrong: one sentence, its exit code, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.home import Entity, Home, document_from_home
from tests.builders.fake_home import FakeHome
from tests.builders.loopback import free_port
from tests.builders.serving import serving

PLAIN = {"content-type": "text/plain"}


def run(folder: Path, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """In an environment of its own, with no .env of ours."""
    command = [sys.executable, "-m", "automations", "home", *options]
    root = str(Path(__file__).parents[3])
    settings = {"PATH": os.environ["PATH"], "PYTHONPATH": root, "DATA_DIR": str(folder), **environ}
    return subprocess.run(command, env=settings, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((401, PLAIN, b"401: Unauthorized"), "token"),
        ((403, PLAIN, b"403: Forbidden"), "banned"),
        ((302, {"location": "https://login.example/"}, b""), "login page"),
        ((200, {"content-type": "text/html"}, b"<html>Hello</html>"), "not JSON"),
    ],
)
def test_a_home_that_answers_wrongly_is_one_sentence_and_exit_code_1(
    tmp_path: Path, answer: tuple[int, dict[str, str], bytes], words: str
) -> None:
    home = FakeHome(instead=answer)

    with serving(home) as url:
        done = run(tmp_path, HA_URL=url, HA_TOKEN="very-secret")

    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "very-secret" not in done.stderr
    assert len(home.asked) == 1


def test_a_home_that_is_away_or_has_no_token_is_one_sentence(tmp_path: Path) -> None:
    away = run(tmp_path, HA_URL=f"http://127.0.0.1:{free_port()}", HA_TOKEN="token")
    without = run(tmp_path, HA_URL="http://127.0.0.1:1")

    assert (away.returncode, without.returncode) == (1, 1)
    assert "cannot be reached" in away.stderr
    assert "HA_TOKEN" in without.stderr
    assert "Traceback" not in away.stderr + without.stderr


def test_a_home_file_is_shown_in_words_and_as_json(tmp_path: Path) -> None:
    home = Home("Europe/Amsterdam", entities=(Entity("light.lamp"), Entity("light.hall")))
    file = tmp_path / "my-home.json"
    file.write_text(json.dumps(document_from_home(home)))

    words, document = run(tmp_path, HOME_FILE=str(file)), run(tmp_path, "--json", HOME_FILE=str(file))

    assert "2 entities: 2 light" in words.stdout
    assert json.loads(document.stdout) == json.loads(file.read_text())
