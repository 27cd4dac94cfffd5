"""Purpose-specific triggers and conditions of 2026 (`light.turned_on`), and kinds that are not known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from schemas.automation.field_types import Since2026, StrictEntityIds, StrictTexts
from schemas.automation.ha_tables import CONDITION_SHAPES, TRIGGER_SHAPES
from schemas.automation.node_models import ConditionModel, NodeModel, OpenTriggerModel, TriggerModel, UnknownKind
from schemas.automation.one_or_list import TARGET_KEYS
from schemas.automation.release import release_from_info
from schemas.automation.retired_kinds import RETIRED_CONDITIONS, RETIRED_TRIGGERS
from schemas.automation.time_validators import positive_time, time_period, timedelta_from_value
from schemas.automation.validators import Validator, each, shorten, value_error
from schemas.automation.value_validators import entity_id, entity_in, number, one_of, strict_text, text


@dataclass(frozen=True)
class KindSpec:
    """What one purpose-specific kind requires and accepts."""

    needs_target: bool
    options: Mapping[str, str]
    required: frozenset[str]


def _specs_from_rows(rows: tuple[tuple[bool, dict[str, str], str], ...]) -> dict[str, KindSpec]:
    specs = {}
    for needs_target, options, kinds in rows:
        required = frozenset(name[:-1] for name in options if name.endswith("!"))
        spec = KindSpec(needs_target, {name.rstrip("!"): kind for name, kind in options.items()}, required)
        specs.update(dict.fromkeys(kinds.split(), spec))
    return specs


@cache
def purpose_triggers() -> dict[str, KindSpec]:
    return _specs_from_rows(TRIGGER_SHAPES)


@cache
def purpose_conditions() -> dict[str, KindSpec]:
    return _specs_from_rows(CONDITION_SHAPES)


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
    def _check_exclude(cls, given: Any) -> Any:
        return check_exclude_has_target(given)


def check_exclude_has_target(given: Any) -> Any:
    if isinstance(given, dict) and "exclude" in given and not any(given.get(key) for key in TARGET_KEYS):
        raise value_error("'exclude' needs a target to exclude from")
    return given


class PurposeTrigger(TriggerModel):
    trigger: Annotated[str, Since2026, Field(json_schema_extra={"enum": sorted(purpose_triggers())})]
    target: Target = Target()
    options: Any = None

    @model_validator(mode="before")
    @classmethod
    def _check_spec(cls, given: Any, info: ValidationInfo) -> Any:
        _check_against_spec(purpose_triggers()[given["trigger"]], given, info)
        return given


class PurposeCondition(ConditionModel):
    condition: Annotated[str, Since2026, Field(json_schema_extra={"enum": sorted(purpose_conditions())})]
    target: Target = Target()
    options: Any = None

    @model_validator(mode="before")
    @classmethod
    def _check_spec(cls, given: Any, info: ValidationInfo) -> Any:
        _check_against_spec(purpose_conditions()[given["condition"]], given, info)
        return given


class UnknownTrigger(OpenTriggerModel, UnknownKind):
    """A kind that Home Assistant up to 2026.11 does not have; in a newer home it may be right."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_unless_newer(cls, given: Any, info: ValidationInfo) -> Any:
        return _refuse_unless_home_is_newer(given, "trigger", info)


class UnknownCondition(ConditionModel, UnknownKind):
    model_config = ConfigDict(extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unless_newer(cls, given: Any, info: ValidationInfo) -> Any:
        return _refuse_unless_home_is_newer(given, "condition", info)


def _refuse_unless_home_is_newer(given: Any, key: str, info: ValidationInfo) -> Any:
    if not isinstance(given, dict):
        raise value_error("this must be a mapping with '{key}:'", key=key)
    kind = given.get(key)
    if not isinstance(kind, str):
        raise value_error("'{key}' is missing: it names the kind", key=key)
    release = release_from_info(info)
    retired = (RETIRED_TRIGGERS if key == "trigger" else RETIRED_CONDITIONS).get(kind)
    if retired and not retired.may_be_known(release.version):
        words = "Home Assistant {year}.{month} is the last that has the {key} '{kind}'"
        year, month = retired.last
        context = {"key": key, "kind": kind, "year": year, "month": month, "today": retired.today}
        raise PydanticCustomError("retired_kind", words, context)
    if not retired and not release.newer_than_known:
        raise PydanticCustomError(
            f"unknown_{key}", "Home Assistant has no {key} '{kind}'", {"key": key, "kind": shorten(kind)}
        )
    return given


def _check_against_spec(spec: KindSpec, given: dict[str, Any], info: ValidationInfo) -> None:
    if spec.needs_target and not isinstance(given.get("target"), dict):
        raise value_error("this kind needs a 'target'")
    if not spec.needs_target and "target" in given:
        raise value_error("this kind has no 'target'")
    options = given.get("options", {})
    if not isinstance(options, dict):
        raise value_error("'options' must be a mapping")
    if missing := sorted(spec.required - set(options)):
        raise value_error("'options' needs {missing}", missing=", ".join(missing))
    for name, item in options.items():
        if name not in spec.options:
            option_names = ", ".join(spec.options) or "none"
            raise value_error(
                "'{name}' is not an option of this kind (known: {known})", name=str(name), known=option_names
            )
        _validator_for(spec.options[name])(item, info)


@cache
def _validator_for(type_name: str) -> Validator:
    """The validator for an option type of `ha_tables`."""
    name, _, detail = type_name.partition(":")
    if name == "threshold":
        mode, _, units = detail.partition(":")
        return _threshold(mode, tuple(units.split("|")) if units else ())
    choices = tuple(detail.split("|"))
    validators: dict[str, Validator] = {
        "one_of": one_of(*choices),
        "some_of": _at_least_one(one_of(*choices)),
        "some_text": _at_least_one(text),
        "text": text,
        "time": time_period,
        "positive_time": positive_time,
        "positive_time_dict": _positive_mapping,
        "zone": entity_in("zone"),
    }
    return validators[name]


def _at_least_one(validator: Validator) -> Validator:
    def validate(given: Any, info: ValidationInfo) -> None:
        if given in (None, [], ""):
            raise value_error("at least one is needed")
        each(validator)(given, info)

    return validate


def _positive_mapping(given: Any, info: ValidationInfo) -> None:
    if not isinstance(given, dict):
        raise value_error("this must be a duration such as {example}", example="{minutes: 5}")
    positive_time(given, info)
    if timedelta_from_value(given) < timedelta(0):
        raise value_error("a duration cannot be negative")


_BOUNDS = {
    "above": ("value",),
    "below": ("value",),
    "between": ("value_min", "value_max"),
    "outside": ("value_min", "value_max"),
}


def _threshold(mode: str, units: tuple[str, ...]) -> Validator:
    def validate(given: Any, info: ValidationInfo) -> None:
        kind = given.get("type") if isinstance(given, dict) else None
        if kind == "any" and mode == "changed" and len(given) == 1:
            return
        if not isinstance(kind, str) or kind not in _BOUNDS:
            raise value_error("a threshold is a mapping whose 'type' is above, below, between or outside")
        keys = _BOUNDS[kind]
        if set(given) != {"type", *keys}:
            raise value_error("a threshold of type {kind} has {keys}", kind=kind, keys=", ".join(keys))
        for key in keys:
            _bound(given[key], units, info)
        numbers = [float(given[key]["number"]) for key in keys if "number" in given[key]]
        if len(numbers) == 2 and numbers[0] > numbers[1]:
            raise value_error("value_min must not be greater than value_max")

    return validate


def _bound(given: Any, units: tuple[str, ...], info: ValidationInfo) -> None:
    allowed_keys = {"active_choice", "number", "entity", "unit_of_measurement"}
    if not isinstance(given, dict) or set(given) - allowed_keys or not {"number", "entity"} & set(given):
        raise value_error("a value is a mapping with 'number' or 'entity'")
    if "number" in given:
        number(given["number"], info)
    if "entity" in given:
        entity_id(given["entity"], info)
    choice = given.get("active_choice")
    if choice is None and {"number", "entity"} <= set(given):
        raise value_error("'number' and 'entity' cannot both stand here")
    if choice is not None and (choice not in ("number", "entity") or choice not in given):
        raise value_error("'active_choice' must name a key that is there")
    unit = given.get("unit_of_measurement")
    if unit is not None:
        strict_text(unit, info)
    if (
        units
        and "number" in given
        and choice != "entity"
        and (("unit_of_measurement" not in given) or (unit or "") not in units)
    ):
        raise value_error("'unit_of_measurement' must be one of {units}", units=", ".join(units))
