"""`python -m automations backtest`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automations.cli.main import app
from schemas.errors import InputError, UsageError

HISTORY = """time,entity_id,state,cause
2025-03-10T00:00:00Z,light.hall,off,
2025-03-10T06:03:00Z,light.hall,on,person
2025-03-10T22:00:00Z,light.hall,off,person
2025-03-12T00:00:00Z,light.hall,unavailable,
"""
AUTOMATION = """alias: Hall light
triggers: [{trigger: time, at: "07:00:00"}]
actions: [{action: light.turn_on, target: {entity_id: light.hall}}]
"""


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    (tmp_path / "history.csv").write_text(HISTORY)
    (tmp_path / "home.json").write_text('{"timezone": "Europe/Amsterdam", "entities": []}')
    (tmp_path / "automation.yaml").write_text(AUTOMATION)
    files = ("--history", str(tmp_path / "history.csv"), "--home", str(tmp_path / "home.json"))
    return ["backtest", str(tmp_path / "automation.yaml"), *files]


def test_json_holds_the_window_the_firings_and_the_comparison(arguments: list[str]) -> None:
    answer = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)

    document = json.loads(answer.stdout)
    assert document["window"] == {"start": "2025-03-10T00:00:00+00:00", "end": "2025-03-12T00:00:00+00:00"}
    assert document["fired"] == ["2025-03-10T06:00:00+00:00", "2025-03-11T06:00:00+00:00"]
    assert document["false"] == ["2025-03-11T06:00:00+00:00"]
    assert (document["matched"], document["lead_seconds"], document["computable"]) == (1, 180.0, True)


def test_a_window_can_be_asked_for(arguments: list[str]) -> None:
    window = ["--start", "2025-03-11T00:00:00", "--end", "2025-03-11T12:00:00+01:00"]

    answer = CliRunner().invoke(app, [*arguments, *window, "--json"], catch_exceptions=False)

    assert json.loads(answer.stdout)["fired"] == ["2025-03-11T06:00:00+00:00"]


def test_without_json_it_speaks_in_sentences(arguments: list[str]) -> None:
    answer = CliRunner().invoke(app, arguments, catch_exceptions=False)

    assert "In 2 days it would have fired 2 times." in answer.stdout
    assert "3.0 minutes after" in answer.stdout


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        (["--start", "soon"], UsageError, "--start soon is no time"),
        (["--start", "2025-03-12", "--end", "2025-03-11"], UsageError, "later than --end"),
    ],
)
def test_a_window_that_is_none_is_a_sentence(
    arguments: list[str], more: list[str], error: type[Exception], words: str
) -> None:
    answer = CliRunner().invoke(app, [*arguments, *more])

    assert isinstance(answer.exception, error)
    assert words in str(answer.exception)


def test_a_file_that_is_no_automation_is_a_sentence(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "automation.yaml").write_text("just words")

    answer = CliRunner().invoke(app, arguments)

    assert isinstance(answer.exception, InputError)
    assert "automation.yaml is no automation" in str(answer.exception)
