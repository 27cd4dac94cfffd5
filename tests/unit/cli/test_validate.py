"""`python -m automations validate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automations.cli.main import app
from schemas.home import document_from_home
from tests.builders.checked_home import HOME, doing

GOOD = "triggers: [{trigger: sun, event: sunset}]\nactions: [{action: light.turn_on, target: {entity_id: light.hall}}]"
BAD = "triggers: [{trigger: sun}]\nactions: []\nmod: x"


def run(*arguments: str, text: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["validate", *arguments], input=text)
    return result.exit_code, result.stdout


@pytest.fixture
def home(tmp_path: Path) -> Path:
    file = tmp_path / "home.json"
    file.write_text(json.dumps(document_from_home(HOME)), encoding="utf-8")
    return file


def test_answers_each_line_in_order() -> None:
    lines = [json.dumps({"id": number, "yaml": text}) for number, text in enumerate((GOOD, BAD))]

    code, out = run("--jsonl", text="\n".join(lines) + "\n")

    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert answers[0] == {"id": 0, "valid": True, "errors": []}
    assert [answers[1]["id"], answers[1]["valid"]] == [1, False]
    assert [(error["rung"], error["path"]) for error in answers[1]["errors"]] == [
        ("triggers", "triggers[0].event"),
        ("schema", "mod"),
    ]


def test_what_is_risky_is_valid_all_the_same() -> None:
    lines = json.dumps({"id": "a", "yaml": doing("{action: shell_command.x}")})

    assert json.loads(run("--jsonl", text=lines)[1])["valid"] is True


@pytest.mark.parametrize("line", ["not json", "5", "{}", '{"id": 1}', '{"id": 1, "yaml": 5}', "[" * 5000])
def test_a_line_that_is_no_question_is_answered_and_the_rest_goes_on(line: str) -> None:
    code, out = run("--jsonl", text=f"{line}\n\n{json.dumps({'id': 2, 'yaml': GOOD})}\n")

    first, second = (json.loads(answer) for answer in out.splitlines())
    assert (code, first["valid"], second["valid"]) == (0, False, True)
    assert "Line 1" in first["errors"][0]["message"]


def test_with_a_home_unknown_names_are_errors(home: Path) -> None:
    lines = json.dumps({"id": 1, "yaml": GOOD.replace("light.hall", "light.hal")})

    answer = json.loads(run("--jsonl", "--home", str(home), text=lines)[1])

    assert answer["valid"] is False
    assert answer["errors"][0]["rung"] == "references"
    assert "light.hall" in answer["errors"][0]["message"]


def test_files_are_told_in_words_with_exit_code_1_where_one_is_refused(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(GOOD, encoding="utf-8")
    bad.write_text(BAD, encoding="utf-8")

    code, out = run(str(good), str(bad))

    assert code == 1
    assert f"{good}: fine" in out
    assert "error mod: 'mod' is not a key that may stand here. Did you mean 'mode'?" in out


def test_one_json_document_for_files(tmp_path: Path) -> None:
    file = tmp_path / "automations.yaml"
    file.write_text(f"- {{{GOOD.splitlines()[0]}, actions: []}}\n- alias: x\n", encoding="utf-8")

    code, out = run("--json", str(file))

    assert code == 1
    assert [error["path"] for error in json.loads(out)[str(file)]] == ["triggers", "actions"]


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["validate", str(tmp_path / "none.yaml")])

    assert "cannot be read" in str(result.exception)


def test_bytes_that_are_no_text_spoil_only_their_own_line() -> None:
    lines = b"\xff\xfe{\n" + json.dumps({"id": "\ud800", "yaml": GOOD}).encode() + b"\n"

    result = CliRunner().invoke(app, ["validate", "--jsonl"], input=lines)

    assert [json.loads(line)["valid"] for line in result.stdout.splitlines()] == [False, True]
