"""`python -m automations validate` on people's files: whole, packaged, with tags, and hostile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automations.cli.main import app
from schemas.home import document_from_home
from tests.builders.checked_home import HOME

GOOD = "triggers: [{trigger: sun, event: sunset}], actions: [{action: light.turn_on, target: {entity_id: light.hall}}]"
WRONG = GOOD.replace("event: sunset", "event: noon")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "automations.yaml"


def run(file: Path, text: str, *arguments: str) -> tuple[int, str]:
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["validate", *arguments, str(file)])
    return result.exit_code, result.stdout


def errors(out: str) -> list[str]:
    return [line.strip() for line in out.splitlines() if line.startswith("  ")]


def test_a_file_of_a_thousand_automations_is_read(file: Path) -> None:
    text = "".join(f"- {{id: 'lamp_{number:04}', {GOOD}}}\n" for number in range(1000))

    code, out = run(file, text)

    assert (code, len(text) > 100_000) == (0, True)
    assert f"{file}: fine, 1000 automations" in out


def test_each_problem_names_its_automation_by_id_alias_and_line(file: Path) -> None:
    text = (
        f"- {{id: a, {GOOD}}}\n- {{id: b, alias: Hall, {WRONG}}}\n- {{alias: No id, {WRONG}}}\n- {{{WRONG}}}\n- word\n"
    )

    code, out = run(file, text)

    starts = ['error b "Hall", line 2: ', 'error "No id", line 3: ', "error number 4, line 4: "]
    assert code == 1
    assert [line.split("triggers")[0] for line in errors(out)[:3]] == starts
    assert errors(out)[3].startswith("error number 5, line 5: yaml: This is not an automation but a text.")


def test_one_json_document_names_the_automation_beside_the_keys_of_before(file: Path) -> None:
    _, out = run(file, f"- {{id: a, {GOOD}}}\n- {{id: b, {WRONG}}}\n", "--json")

    (row,) = json.loads(out)[str(file)]
    assert (row["automation"], row["rung"], row["path"]) == ("b, line 2", "triggers", "triggers[0].event")


def test_an_id_that_stands_twice_is_an_error_at_the_second(file: Path) -> None:
    code, out = run(file, f"- {{id: b, {GOOD}}}\n- {{id: c, {GOOD}}}\n- {{id: b, {GOOD}}}\n")

    (line,) = errors(out)
    assert code == 1
    assert line.startswith("error b, line 3: id: The id b stands twice: line 1 has it too")


@pytest.mark.parametrize("written", ["000000000101", "0101", "1_000", "2024-01-02", "17:30:00", "on", "0x1F", "1.50"])
def test_an_id_is_told_as_it_is_written(file: Path, written: str) -> None:
    code, out = run(file, f"- {{id: {written}, {GOOD}}}\n- {{id: {written}, {GOOD}}}\n")

    first, twice, second = errors(out)
    assert code == 1
    assert first == f"error {written}, line 1: id: The id {written} is not a text. Put it in quotes: `id: '{written}'`."
    assert f"The id {written} stands twice" in twice
    assert second.startswith(f"error {written}, line 2: id: ")


def test_what_yaml_reads_as_text_is_a_right_id(file: Path) -> None:
    assert run(file, f"- {{id: 1e5, {GOOD}}}\n- {{id: '0101', {GOOD}}}\n")[0] == 0


@pytest.mark.parametrize(
    ("text", "how_many"),
    [
        ("[]", ", no automations"),
        ("# none yet\n", ", no automations"),
        (f"{{id: a, {GOOD}}}", ""),
        (f"wake: {{{GOOD}}}\nsleep: {{{GOOD}}}", ", 2 automations"),
        (f"automation: {{{GOOD}}}\nlight: [{{platform: x}}]", ""),
        (f"automation:\n- {{{GOOD}}}\nautomation manual:\n- {{{GOOD}}}\n- {{{GOOD}}}", ", 3 automations"),
        ("automation:\nscript: {}", ", no automations"),
        ("blueprint: {name: x, domain: automation}\ntriggers: !input when\nactions: []", ""),
    ],
)
def test_every_shape_that_home_assistant_takes_is_understood(file: Path, text: str, how_many: str) -> None:
    code, out = run(file, text)

    assert (code, out.splitlines()[0]) == (0, f"{file}: fine{how_many}")


def test_in_a_mapping_and_in_a_package_the_place_is_named(file: Path) -> None:
    _, mapped = run(file, f"wake: {{{GOOD}}}\nsleep: {{{WRONG}}}")
    _, packed = run(file, f"automation manual:\n- {{{GOOD}}}\n- {{{WRONG}}}")

    assert errors(mapped)[0].startswith("error sleep, line 2: triggers[0].event: ")
    assert errors(packed)[0].startswith("error automation manual number 2, line 3: triggers[0].event: ")


@pytest.mark.parametrize("tag", ["!secret x", "!env_var X", "!input x", "!include x.yaml", "!include_dir_merge_list x"])
def test_tags_of_home_assistant_are_kept_and_the_rest_is_checked_around_them(file: Path, tag: str) -> None:
    good = f"{{trigger: [{{platform: time, at: {tag}}}], action: [{{service: light.turn_on, data: {tag}}}]}}"

    assert errors(run(file, good)[1]) == [
        f"asks actions[0].data: `{tag}` decides which entity is acted on. Look there too."
    ]
    assert "'dat' is not a key" in run(file, good.replace("data:", "dat:"))[1]


def test_a_secret_is_never_asked_for_in_the_clear(file: Path) -> None:
    code, out = run(
        file,
        "automation:\n- triggers: [{trigger: time, at: !secret wake}]\n"
        "  actions: [{action: alarm_control_panel.alarm_arm_away, data: {code: !secret alarm_code}}]\n",
    )

    assert (code, out.splitlines()[0]) == (0, f"{file}: fine")


def test_with_a_home_names_behind_tags_are_not_looked_up_and_others_are(file: Path, tmp_path: Path) -> None:
    home = tmp_path / "home.json"
    home.write_text(json.dumps(document_from_home(HOME)), encoding="utf-8")
    text = (
        "{triggers: [{trigger: state, entity_id: !secret lamp}], actions: ["
        "{action: light.turn_on, target: {entity_id: light.hall}, data: {brightness: !secret bright}}]}"
    )

    def told(old: str, new: str) -> str:
        return run(file, text.replace(old, new), "--home", str(home))[1]

    assert told("", "").startswith(f"{file}: fine\n")
    assert "`light.hal` is not in this home" in told("light.hall", "light.hal")
    assert "has no field 'bright'" in told("{brightness", "{bright")


def test_what_a_tag_does_in_the_place_of_actions_is_asked_about(file: Path) -> None:
    hidden = {
        "!include a.yaml": "actions: `!include a.yaml` decides what is done.",
        "[{action: !input act}]": "actions[0].action: `!input act` decides which action is called.",
        "[{repeat: !include a.yaml}]": "actions[0].repeat: `!include a.yaml` decides what is done.",
        "[{action: lock.lock, entity_id: !secret door}]": "actions[0].entity_id: `!secret door` decides which entity",
        "[{action: lock.unlock, target: !secret door}]": "actions[0]: It unlocks `lock.unlock`.",
        "[{action: climate.set_temperature, data: {temperature: !secret t}}]": "`!secret t` is the target temperature",
    }

    for actions, told in hidden.items():
        code, out = run(file, f"{{triggers: [{{trigger: sun, event: sunset}}], actions: {actions}}}")
        assert (code, told in out) == (0, True), actions


def test_what_is_included_as_a_whole_is_said_not_to_be_checked(file: Path) -> None:
    code, out = run(file, "automation: !include automations.yaml")

    assert (code, errors(out)[0].split(".")[0]) == (0, "note automation, line 1: yaml: `!include automations")
    assert "not followed" in out


def test_limits_hold_for_each_automation_however_long_the_file(file: Path) -> None:
    long, many = f"alias: {'x' * 70_000}", f"variables: {{a: [{'1, ' * 6000}]}}"
    code, out = run(file, f"- {{id: a, {GOOD}}}\n- {{id: b, {long}, {GOOD}}}\n- {{id: c, {many}, {GOOD}}}\n")

    assert code == 1
    assert "line 2: yaml: The text is longer than 64 kB; an automation is not." in errors(out)[0]
    assert "c, line 3: yaml: This holds more than 5000 values." in errors(out)[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"- {{{GOOD}}}\n- !!python/object/apply:os.system [ls]\n", "Line 2: the tag"),
        ("- {alias: !secret [a, b]}", "stands before one name"),
        ("- &a [" + "x," * 900 + "]\n" + "- &b [" + "*a," * 900 + "]\n- [*b, *b, *b]", "unfolds"),
        (f"- {{{GOOD}}}\n- {{alias: 1, alias: 2}}", "Line 2: the key 'alias' stands twice"),
        (f"- {{{GOOD}}}\n- {{id: 2024-13-45}}", "Line 2: '2024-13-45' is no value that Home Assistant could read"),
        ("- a: b\n  c: \u202e", "U+202E"),
        (f'- {{alias: "\\u202e", {GOOD}}}', "U+202E"),
        ("- {<<: !secret a}", "not YAML"),
    ],
)
def test_hostile_text_in_a_file_is_refused(file: Path, text: str, told: str) -> None:
    code, out = run(file, text)

    assert (code, told in out) == (1, True)


def test_nothing_in_a_file_writes_to_the_terminal_by_itself(file: Path) -> None:
    _, out = run(file, f'- {{id: "a\\e[2J\\n", alias: "\\e]0;x", {WRONG}}}\n- {{{GOOD}}}')

    assert all(character.isprintable() or character == "\n" for character in out)
    assert len(errors(out)) == 1


def test_an_error_that_a_safety_rule_prints_ends_with_1_and_an_ask_with_0(file: Path) -> None:
    def done(service: str) -> int:
        return run(file, f"{{triggers: [{{trigger: sun, event: sunset}}], actions: [{{action: {service}}}]}}")[0]

    assert [done("shell_command.x"), done("siren.turn_on")] == [1, 0]


def test_without_a_home_it_says_that_references_were_not_checked(file: Path, tmp_path: Path) -> None:
    home = tmp_path / "home.json"
    home.write_text(json.dumps(document_from_home(HOME)), encoding="utf-8")

    assert "References were not checked" in run(file, f"{{{GOOD}}}")[1]
    assert "References were not checked" not in run(file, f"{{{GOOD}}}", "--home", str(home))[1]
    assert json.loads(run(file, f"{{{GOOD}}}", "--json")[1]) == {str(file): []}


def test_a_line_may_hold_tags_and_is_told_none_where_it_holds_no_automation() -> None:
    yaml = "{triggers: [{trigger: time, at: !secret wake}], actions: []}"
    lines = "\n".join(json.dumps({"id": text, "yaml": text}) for text in (yaml, "[]", ""))

    out = CliRunner().invoke(app, ["validate", "--jsonl"], input=lines).stdout

    answers = [json.loads(line) for line in out.splitlines()]

    assert [answer["valid"] for answer in answers] == [True, False, False]
    assert [set(error) for answer in answers for error in answer["errors"]] == [{"rung", "path", "message"}] * 2
