"""Purpose-specific triggers and conditions of 2026 (`light.turned_on`), and kinds that we do not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from schemas.automation.base import ConditionModel, NodeModel, OpenTriggerModel, TriggerModel, Unknown
from schemas.automation.ha_tables import CONDITION_SHAPES, TRIGGER_SHAPES
from schemas.automation.release import release_of
from schemas.automation.time_validators import period, positive_time, time_period
from schemas.automation.validators import Judge, each, fault, shown
from schemas.automation.value_validators import entity_id, entity_in, number, one_of, strict_text, text
from schemas.automation.values import Since2026, StrictEntityIds, StrictTexts

TARGET_KEYS = ("entity_id", "device_id", "area_id", "floor_id", "label_id")


@dataclass(frozen=True)
class Shape:
    """What one purpose-specific kind asks for."""

    needs_target: bool
    options: Mapping[str, str]
    required: frozenset[str]


def _table(rows: tuple[tuple[bool, dict[str, str], str], ...]) -> dict[str, Shape]:
    found = {}
    for needs_target, options, kinds in rows:
        required = frozenset(name[:-1] for name in options if name.endswith("!"))
        shape = Shape(needs_target, {name.rstrip("!"): kind for name, kind in options.items()}, required)
        found.update(dict.fromkeys(kinds.split(), shape))
    return found


@cache
def purpose_triggers() -> dict[str, Shape]:
    return _table(TRIGGER_SHAPES)


@cache
def purpose_conditions() -> dict[str, Shape]:
    return _table(CONDITION_SHAPES)


class Excluded(NodeModel):
    entity_id: StrictEntityIds = None
    device_id: StrictTexts = None
    area_id: StrictTexts = None
    floor_id: StrictTexts = None
    label_id: StrictTexts = None


class Target(Excluded):
    """Entities, or the devices, areas, floors and labels that stand for them."""

    exclude: Excluded | None = None

    @model_validator(mode="before")
    @classmethod
    def _something_to_exclude_from(cls, given: Any) -> Any:
        return exclude_needs_target(given)


def exclude_needs_target(given: Any) -> Any:
    if isinstance(given, dict) and "exclude" in given and not any(given.get(key) for key in TARGET_KEYS):
        raise fault("'exclude' needs a target to exclude from")
    return given


class PurposeTrigger(TriggerModel):
    trigger: Annotated[str, Since2026, Field(json_schema_extra={"enum": sorted(purpose_triggers())})]
    target: Target = Target()
    options: Any = None

    @model_validator(mode="before")
    @classmethod
    def _as_its_kind_asks(cls, given: Any, info: ValidationInfo) -> Any:
        _check_shape(purpose_triggers()[given["trigger"]], given, info)
        return given


class PurposeCondition(ConditionModel):
    condition: Annotated[str, Since2026, Field(json_schema_extra={"enum": sorted(purpose_conditions())})]
    target: Target = Target()
    options: Any = None

    @model_validator(mode="before")
    @classmethod
    def _as_its_kind_asks(cls, given: Any, info: ValidationInfo) -> Any:
        _check_shape(purpose_conditions()[given["condition"]], given, info)
        return given


class UnknownTrigger(OpenTriggerModel, Unknown):
    """A kind that Home Assistant up to 2026.11 does not have; in a newer home it may be right."""

    @model_validator(mode="before")
    @classmethod
    def _only_where_newer(cls, given: Any, info: ValidationInfo) -> Any:
        return _known_only_to_newer(given, "trigger", info)


class UnknownCondition(ConditionModel, Unknown):
    model_config = ConfigDict(extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _only_where_newer(cls, given: Any, info: ValidationInfo) -> Any:
        return _known_only_to_newer(given, "condition", info)


def _known_only_to_newer(given: Any, key: str, info: ValidationInfo) -> Any:
    if not isinstance(given, dict):
        raise fault("this must be a mapping with '{key}:'", key=key)
    kind = given.get(key)
    if not isinstance(kind, str):
        raise fault("'{key}' is missing: it names the kind", key=key)
    if not release_of(info).newer:
        raise PydanticCustomError(
            f"unknown_{key}", "Home Assistant has no {key} '{kind}'", {"key": key, "kind": shown(kind)}
        )
    return given


def _check_shape(shape: Shape, given: dict[str, Any], info: ValidationInfo) -> None:
    if shape.needs_target and not isinstance(given.get("target"), dict):
        raise fault("this kind needs a 'target'")
    if not shape.needs_target and "target" in given:
        raise fault("this kind has no 'target'")
    options = given.get("options", {})
    if not isinstance(options, dict):
        raise fault("'options' must be a mapping")
    if missing := sorted(shape.required - set(options)):
        raise fault("'options' needs {missing}", missing=", ".join(missing))
    for name, item in options.items():
        if name not in shape.options:
            known = ", ".join(shape.options) or "none"
            raise fault("'{name}' is not an option of this kind (known: {known})", name=str(name), known=known)
        _judge_of(shape.options[name])(item, info)


@cache
def _judge_of(type_name: str) -> Judge:
    """What a type of the vocabulary accepts."""
    name, _, detail = type_name.partition(":")
    if name == "threshold":
        mode, _, units = detail.partition(":")
        return _threshold(mode, tuple(units.split("|")) if units else ())
    choices = tuple(detail.split("|"))
    judges: dict[str, Judge] = {
        "one_of": one_of(*choices),
        "some_of": _some(one_of(*choices)),
        "some_text": _some(text),
        "text": text,
        "time": time_period,
        "positive_time": positive_time,
        "positive_time_dict": _positive_mapping,
        "zone": entity_in("zone"),
    }
    return judges[name]


def _some(judge: Judge) -> Judge:
    def judge_some(given: Any, info: ValidationInfo) -> None:
        if given in (None, [], ""):
            raise fault("at least one is needed")
        each(judge)(given, info)

    return judge_some


def _positive_mapping(given: Any, info: ValidationInfo) -> None:
    if not isinstance(given, dict):
        raise fault("this must be a duration such as {example}", example="{minutes: 5}")
    positive_time(given, info)
    if period(given) < timedelta(0):
        raise fault("a duration cannot be negative")


_BOUNDS = {
    "above": ("value",),
    "below": ("value",),
    "between": ("value_min", "value_max"),
    "outside": ("value_min", "value_max"),
}


def _threshold(mode: str, units: tuple[str, ...]) -> Judge:
    def judge(given: Any, info: ValidationInfo) -> None:
        kind = given.get("type") if isinstance(given, dict) else None
        if kind == "any" and mode == "changed" and len(given) == 1:
            return
        if not isinstance(kind, str) or kind not in _BOUNDS:
            raise fault("a threshold is a mapping whose 'type' is above, below, between or outside")
        keys = _BOUNDS[kind]
        if set(given) != {"type", *keys}:
            raise fault("a threshold of type {kind} has {keys}", kind=kind, keys=", ".join(keys))
        for key in keys:
            _bound(given[key], units, info)
        numbers = [float(given[key]["number"]) for key in keys if "number" in given[key]]
        if len(numbers) == 2 and numbers[0] > numbers[1]:
            raise fault("value_min must not be greater than value_max")

    return judge


def _bound(given: Any, units: tuple[str, ...], info: ValidationInfo) -> None:
    known = {"active_choice", "number", "entity", "unit_of_measurement"}
    if not isinstance(given, dict) or set(given) - known or not {"number", "entity"} & set(given):
        raise fault("a value is a mapping with 'number' or 'entity'")
    if "number" in given:
        number(given["number"], info)
    if "entity" in given:
        entity_id(given["entity"], info)
    choice = given.get("active_choice")
    if choice is None and {"number", "entity"} <= set(given):
        raise fault("'number' and 'entity' cannot both stand here")
    if choice is not None and (choice not in ("number", "entity") or choice not in given):
        raise fault("'active_choice' must name a key that is there")
    unit = given.get("unit_of_measurement")
    if unit is not None:
        strict_text(unit, info)
    if (
        units
        and "number" in given
        and choice != "entity"
        and (("unit_of_measurement" not in given) or (unit or "") not in units)
    ):
        raise fault("'unit_of_measurement' must be one of {units}", units=", ".join(units))
