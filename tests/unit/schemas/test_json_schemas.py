"""The JSON Schemas in the repository are those that the models make, and fit what they describe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import schemas
from automations.config.yaml import decode
from schemas.home import document_from_home
from schemas.json_schemas import json_schema_files
from schemas.problems import Problem
from schemas.suggestion_files import VERDICT, DraftVerdict
from tests.builders.checked_home import HOME

FOLDER = Path(schemas.__file__).parent / "json"
AUTOMATION = """
id: hall
alias: Hall
description: Light when somebody comes
triggers:
  - {trigger: state, entity_id: binary_sensor.motion, to: 'on', for: {seconds: 5}, id: motion}
  - {trigger: time, at: ['07:30:00', input_datetime.alarm], weekday: [mon, tue]}
  - {trigger: light.turned_on, target: {area_id: hall}, options: {behavior: each}}
conditions:
  - {condition: numeric_state, entity_id: sensor.lux, below: 50}
  - or: ["{{ true }}", {condition: sun, after: sunset}]
actions:
  - {action: light.turn_on, target: {entity_id: [light.hall]}, data: {brightness_pct: 60}}
  - choose: [{conditions: "{{ x }}", sequence: [{delay: '00:05:00'}]}]
    default: {stop: done}
  - {repeat: {count: 2, sequence: [{if: [], then: [{event: x}], else: []}]}}
  - {parallel: [{wait_template: "{{ y }}"}, {sequence: [{scene: scene.movie}]}]}
mode: queued
max: 5
"""


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(json_schema_files()[name]))


def automation() -> dict[str, Any]:
    decoded = decode(AUTOMATION).config
    assert decoded is not None
    return decoded


def test_the_json_schemas_are_fresh() -> None:
    kept = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.json")}

    assert kept == json_schema_files(), "run `python -m docs.write`"


@pytest.mark.parametrize("name", json_schema_files())
def test_each_is_a_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(json_schema_files()[name]))

    assert json.loads(json_schema_files()[name])["$schema"].startswith("https://json-schema.org/")


def test_an_ordinary_automation_fits() -> None:
    assert [error.message for error in schema("automation.json").iter_errors(automation())] == []


@pytest.mark.parametrize("key", ["triggers", "actions"])
def test_a_misspelt_or_missing_key_does_not_fit(key: str) -> None:
    misspelt = {f"{name}s" if name == key else name: value for name, value in automation().items()}

    assert not schema("automation.json").is_valid(misspelt)


def test_a_home_file_fits() -> None:
    assert [
        error.message for error in schema("home.json").iter_errors(json.loads(json.dumps(document_from_home(HOME))))
    ] == []


def test_a_verdict_is_stored_under_the_keys_of_older_repositories() -> None:
    verdict = DraftVerdict((Problem("lock", "safety", "actions[0]", "It unlocks the door.", "Let a person do it."),))

    stored = VERDICT.dump_json(verdict, by_alias=True)

    (problem,) = json.loads(stored)["problems"]
    assert (problem["rung"], problem["mend"]) == ("safety", "Let a person do it.")
    assert VERDICT.validate_json(stored) == verdict
