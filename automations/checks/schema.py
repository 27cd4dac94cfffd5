"""Check 1: the schema that Home Assistant requires, by the rules of the home's own release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from automations.checks.context import CheckContext
from automations.checks.home_tag_places import HomeTagPlaces
from automations.checks.suggest_name import suggest_name
from automations.config.normalize import NEW_KEY_BY_OLD
from schemas.automation import Automation, BlueprintAutomation, Release
from schemas.automation.actions import KINDS as ACTIONS
from schemas.automation.conditions import KINDS as CONDITIONS
from schemas.automation.node_models import TAG
from schemas.automation.purpose_specific import purpose_conditions, purpose_triggers
from schemas.automation.triggers import KINDS as TRIGGERS
from schemas.automation.validators import shorten
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity

KEYS_BY_KIND: Final = {
    kind: [field.alias or name for name, field in model.model_fields.items()]
    for kind, model in {**ACTIONS, **CONDITIONS, **TRIGGERS}.items()
}
"""The keys of each kind, for suggestions; a trigger's keys win where a condition kind has the same name."""

_KINDS: Final = {
    "trigger": [*TRIGGERS, *purpose_triggers()],
    "condition": [*CONDITIONS, *purpose_conditions()],
}
_NEW_KEY_BY_OLD: Final = {old: new for table in NEW_KEY_BY_OLD.values() for old, new in table.items()}
MAX_PROBLEMS: Final = 50
"""More are counted, not listed: nobody reads them."""

_STAGES: Final = ("triggers", "conditions", "actions")


def schema(config: AutomationConfig, context: CheckContext) -> Iterator[Problem]:
    """Every key and value is one that Home Assistant accepts."""
    model: type[BaseModel] = BlueprintAutomation if "use_blueprint" in config else Automation
    release = Release.from_version(context.ha_version)
    try:
        model.model_validate(config, context=release)
    except ValidationError as error:
        tags = HomeTagPlaces.from_config(config)
        errors = [
            details for details in error.errors(include_url=False, include_input=False) if not _is_hidden(details, tags)
        ]
        yield from (_problem(details, release) for details in errors[:MAX_PROBLEMS])
        if len(errors) > MAX_PROBLEMS:
            yield Problem(
                "schema", "schema", "", f"{len(errors) - MAX_PROBLEMS} more problems.", "Mend the first ones."
            )
    except RecursionError:
        yield Problem("schema", "schema", "", "This is nested too deeply to be read.", "Divide it.")


def _is_hidden(details: ErrorDetails, tags: HomeTagPlaces) -> bool:
    path = _path(_keys(details))
    return tags.hides_key(path) if details["type"] == "extra_forbidden" else tags.hides_value(path)


def _keys(details: ErrorDetails) -> list[int | str]:
    return [part for part in details["loc"] if not str(part).startswith(TAG)]


def _problem(details: ErrorDetails, release: Release) -> Problem:
    location, keys = details["loc"], _keys(details)
    stage = str(keys[0]) if keys and keys[0] in _STAGES else "schema"
    message, fix = _message_and_fix(details, location)
    if release.newer_than_known and details["type"] == "extra_forbidden":
        message = f"'{shorten(keys[-1])}' is unknown to us; this home's Home Assistant is newer and may know it."
        return Problem("schema", stage, _path(keys), message, fix, Severity.WARN)
    return Problem("schema", stage, _path(keys), message, fix)


def _message_and_fix(details: ErrorDetails, location: tuple[int | str, ...]) -> tuple[str, str]:
    name, kind = str(location[-1]) if location else "", details["type"]
    if kind == "extra_forbidden" and (today := _NEW_KEY_BY_OLD.get(name)) in _allowed_keys(location):
        return f"'{name}' is the old word for '{today}'; both cannot stand here.", f"Keep '{today}'."
    if kind == "extra_forbidden":
        return f"'{shorten(name)}' is not a key that may stand here.", _did_you_mean(
            name, _allowed_keys(location)
        ) or "Remove it."
    if kind == "missing":
        return f"The key '{name}' is missing.", f"Add `{name}:`."
    message = f"{details['msg'][:1].upper()}{details['msg'][1:]}."
    if kind in ("unknown_trigger", "unknown_condition"):
        wrong = str(details["ctx"]["kind"])
        return message, _did_you_mean(wrong, _KINDS[kind.removeprefix("unknown_")])
    if kind == "retired_kind":
        return message, f"Use '{details['ctx']['today']}'."
    return message, ""


def _did_you_mean(wrong: str, known: Iterable[str]) -> str:
    close = suggest_name(wrong, known)
    return f"Did you mean '{close}'?" if close else ""


def _allowed_keys(location: tuple[int | str, ...]) -> list[str]:
    """Keys that the innermost node named by the location could have."""
    inside = next((str(part) for part in reversed(location) if str(part).startswith(TAG)), "")
    return KEYS_BY_KIND.get(inside.strip(f"{TAG}:"), list(Automation.model_fields))


def _path(keys: list[Any]) -> str:
    path = ""
    for key in keys:
        path += f"[{key}]" if isinstance(key, int) else f".{key}" if path else str(key)
    return path
