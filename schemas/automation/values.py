"""The plain values inside an automation, checked as Home Assistant's `config_validation` does (named beside each).

Values are judged, not changed: what comes out is what went in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import time as clock_time
from datetime import timedelta
from typing import Annotated, Any, Final, TypeVar

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from schemas.automation.release import release_of
from schemas.automation.templates import check_template, is_template

_SLUG: Final = r"(?!_)[\da-z_]+(?<!_)"
_ENTITY_ID: Final = re.compile(rf"(?!.+__){_SLUG}\.{_SLUG}\Z")
_UUID: Final = re.compile(r"[0-9a-f]{32}\Z")
_PERIOD_KEYS: Final = ("days", "hours", "minutes", "seconds", "milliseconds")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Judge = Callable[[Any, ValidationInfo], None]


MAX_SHOWN: Final = 200
"""Characters of a wrong value that a message repeats."""


def fault(message: str, **context: object) -> PydanticCustomError:
    """What is wrong with a value; raise it."""
    return PydanticCustomError("value", message, {name: shown(item) for name, item in context.items()})


def shown(item: object) -> str:
    text = str(item)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


@dataclass(frozen=True)
class Judged:
    """Annotates a field whose values `judge` accepts by returning and refuses by raising a `fault`."""

    judge: Judge
    json_schema: JsonSchemaValue = field(default_factory=dict, hash=False)

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        def judged(given: Any, info: ValidationInfo) -> Any:
            self.judge(given, info)
            return given

        return core_schema.with_info_plain_validator_function(judged)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return dict(self.json_schema)


T = TypeVar("T")


class OneOrMore:
    """Annotates a list that may also be written as a single value, or as nothing for an empty list."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(as_list, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        several = handler(schema)
        return {"anyOf": [several["items"], several, {"type": "null"}]} if "items" in several else several


Some = Annotated[list[T], OneOrMore()]


def as_list(given: Any) -> list[Any]:
    """Home Assistant's `ensure_list`: one value stands for a list of one, nothing for an empty list."""
    if given is None:
        return []
    return given if isinstance(given, list) else [given]


def is_entity_id(text: str) -> bool:
    return _ENTITY_ID.match(text) is not None


def each(judge: Judge) -> Judge:
    """A list of what `judge` accepts, or a single one."""

    def judge_all(given: Any, info: ValidationInfo) -> None:
        for item in as_list(given):
            judge(item, info)

    return judge_all


def any_of(*judges: Judge) -> Judge:
    """What at least one accepts; if none does, the first one's complaint."""

    def judge_any(given: Any, info: ValidationInfo) -> None:
        first: PydanticCustomError | None = None
        for judge in judges:
            try:
                return judge(given, info)
            except PydanticCustomError as error:
                first = first or error
        raise first or fault("this cannot stand here")

    return judge_any


# --- texts, numbers, switches -------------------------------------------------------------


def strict_text(given: Any, _: ValidationInfo) -> None:
    if not isinstance(given, str):
        raise fault("this must be a text; put it in quotes")


def text(given: Any, _: ValidationInfo) -> None:
    """cv.string: anything but nothing, a list or a mapping."""
    if given is None or isinstance(given, (list, dict)):
        raise fault("this must be a text")


def boolean(given: Any, _: ValidationInfo) -> None:
    """cv.boolean"""
    if isinstance(given, (bool, int, float)):
        return
    words = ("1", "true", "yes", "on", "enable", "0", "false", "no", "off", "disable")
    if not isinstance(given, str) or given.lower().strip() not in words:
        raise fault("this must be true or false")


def one_of(*options: object, ignore_case: bool = False) -> Judge:
    def judge(given: Any, _: ValidationInfo) -> None:
        found = str(given).lower() if ignore_case else given
        if not isinstance(found, str) or found not in options:
            raise fault("'{given}' is not one of {options}", given=str(given), options=", ".join(map(str, options)))

    return judge


def whole_number(least: int | None = None) -> Judge:
    """Coerce(int), not below `least`."""

    def judge(given: Any, _: ValidationInfo) -> None:
        try:
            number = int(given)
        except (TypeError, ValueError, OverflowError):
            raise fault("this must be a whole number") from None
        if least is not None and number < least:
            raise fault("this must be at least {least}", least=least)

    return judge


def number(given: Any, _: ValidationInfo) -> None:
    """Coerce(float)"""
    try:
        float(given)
    except (TypeError, ValueError, OverflowError):
        raise fault("this must be a number") from None


# --- templates ----------------------------------------------------------------------------


def template(given: Any, info: ValidationInfo) -> None:
    """cv.template: also a text without any template in it"""
    if given is None or isinstance(given, (list, dict)):
        raise fault("this must be a template, written as a text")
    check_template(str(given), release_of(info))


def dynamic_template(given: Any, info: ValidationInfo) -> None:
    """cv.dynamic_template: it must hold a template"""
    template(given, info)
    if not is_template(str(given)):
        raise fault("this must be a template such as {example}", example="'{{ ... }}'")


def templates_inside(given: Any, info: ValidationInfo) -> None:
    """cv.template_complex: anything, whose texts compile where they are templates"""
    if isinstance(given, list):
        for item in given:
            templates_inside(item, info)
    elif isinstance(given, dict):
        for key, item in given.items():
            templates_inside(key, info)
            templates_inside(item, info)
    elif isinstance(given, str):
        check_template(given, release_of(info))


def mapping_of_templates(given: Any, info: ValidationInfo) -> None:
    if not isinstance(given, dict):
        raise fault("this must be a mapping of names to values")
    templates_inside(given, info)


def mapping(given: Any, _: ValidationInfo) -> None:
    if not isinstance(given, dict):
        raise fault("this must be a mapping")


def variables(given: Any, info: ValidationInfo) -> None:
    mapping_of_templates(given, info)
    if not all(isinstance(name, str) for name in given):
        raise fault("the name of a variable must be a text")


def response(given: Any, info: ValidationInfo) -> None:
    if given is not None:
        template(given, info)


# --- entities, services ---------------------------------------------------------------------


def entity_id(given: Any, info: ValidationInfo) -> None:
    """cv.entity_id: case does not matter"""
    text(given, info)
    if not is_entity_id(str(given).lower()):
        raise fault("'{given}' is not an entity id such as light.kitchen", given=str(given))


def strict_entity_id(given: Any, _: ValidationInfo) -> None:
    if not isinstance(given, str) or not is_entity_id(given):
        raise fault("'{given}' is not an entity id such as light.kitchen", given=str(given))


def _registry_id(given: Any, _: ValidationInfo) -> None:
    if not isinstance(given, str) or not _UUID.match(given):
        raise fault("'{given}' is not an entity id such as light.kitchen", given=str(given))


def entity_ids(*, registry_ids: bool) -> Judge:
    """cv.entity_ids, cv.entity_ids_or_uuids: one, several with commas, or a list"""
    judge = any_of(entity_id, _registry_id) if registry_ids else entity_id

    def judge_all(given: Any, info: ValidationInfo) -> None:
        if given is None or not isinstance(given, (str, Iterable)):
            raise fault("this must be an entity id or a list of them")
        for item in [part.strip() for part in given.split(",")] if isinstance(given, str) else given:
            judge(item, info)

    return judge_all


def all_or_none(given: Any, info: ValidationInfo) -> None:
    one_of("all", "none", ignore_case=True)(given, info)


def entity_in(*domains: str) -> Judge:
    """cv.entity_domain: exactly one entity of one of these domains"""

    def judge(given: Any, info: ValidationInfo) -> None:
        entity_ids(registry_ids=False)(given, info)
        found = given.split(",") if isinstance(given, str) else list(given)
        if len(found) != 1 or str(found[0]).strip().lower().split(".")[0] not in domains:
            raise fault("this must be one entity of {domains}", domains=" or ".join(domains))

    return judge


def entity_text_in(*domains: str) -> Judge:
    def judge(given: Any, info: ValidationInfo) -> None:
        strict_text(given, info)
        entity_in(*domains)(given, info)

    return judge


def service(given: Any, info: ValidationInfo) -> None:
    """cv.service"""
    text(given, info)
    if not is_entity_id(str(given).lower()):
        raise fault("'{given}' is not an action such as light.turn_on", given=str(given))


# --- times ----------------------------------------------------------------------------------


def time_of_day(given: Any, _: ValidationInfo) -> None:
    """cv.time"""
    try:
        hour, minute, *second = [int(part) for part in given.split(":")] if isinstance(given, str) else []
        clock_time(hour, minute, second[0] if second else 0)
    except (ValueError, OverflowError):
        raise fault("'{given}' is not a time such as '07:30:00' (in quotes)", given=str(given)) from None


def period_text(given: str) -> timedelta:
    """cv.time_period_str: [+-]HH:MM[:SS[.F]]; ValueError otherwise"""
    parts = (given[1:] if given[:1] in "+-" else given).split(":")
    if len(parts) not in (2, 3):
        raise ValueError(given)
    seconds = float(parts[2]) if len(parts) == 3 else 0.0
    period = timedelta(hours=int(parts[0]), minutes=int(parts[1]), seconds=seconds)
    return -period if given.startswith("-") else period


def period(given: Any) -> timedelta:
    """cv.time_period: HH:MM[:SS], seconds, or a mapping of days to milliseconds; ValueError otherwise"""
    if isinstance(given, dict):
        if not given or not set(given) <= set(_PERIOD_KEYS):
            raise ValueError("a duration has " + ", ".join(_PERIOD_KEYS))
        return timedelta(**{key: float(item) for key, item in given.items()})
    if isinstance(given, str) and ":" in given:
        return period_text(given)
    return timedelta(seconds=float(given))


def time_period(given: Any, _: ValidationInfo) -> None:
    try:
        period(given)
    except (TypeError, ValueError, OverflowError):
        raise fault("'{given}' is not a duration such as '00:05:00'", given=str(given)) from None


def positive_time(given: Any, info: ValidationInfo) -> None:
    time_period(given, info)
    if period(given) < timedelta(0):
        raise fault("a duration cannot be negative")


def _templated_period(given: Any, info: ValidationInfo) -> None:
    """A mapping of days to milliseconds whose names or values are templates."""
    if not isinstance(given, dict) or not given:
        raise fault("'{given}' is not a duration such as '00:05:00'", given=str(given))
    for key, item in given.items():
        if not isinstance(key, str) or (key not in _PERIOD_KEYS and not is_template(key)):
            raise fault("'{key}' is not a part of a duration ({known})", key=str(key), known=", ".join(_PERIOD_KEYS))
        if not (isinstance(item, str) and is_template(item)):
            number(item, info)
            if float(item) < 0:
                raise fault("a duration cannot be negative")
    templates_inside(given, info)


duration = any_of(positive_time, dynamic_template, _templated_period)
"""cv.positive_time_period_template"""


# --- field types ------------------------------------------------------------------------------

_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_SCALAR: Final = {"type": ["string", "number", "boolean"]}
_DURATION: Final = {"type": ["string", "number", "object"], "examples": ["00:05:00", 30, {"minutes": 5}]}
_OBJECT: Final = {"type": "object"}

StrictText = Annotated[Any, Judged(strict_text, _TEXT)]
StrictTexts = Annotated[Any, Judged(each(strict_text), _TEXTS)]
Text = Annotated[Any, Judged(text, _SCALAR)]
Texts = Annotated[Any, Judged(each(text), {"type": ["string", "number", "boolean", "array"]})]
Boolean = Annotated[Any, Judged(boolean, _SCALAR)]
Template = Annotated[Any, Judged(template, _SCALAR)]
DynamicTemplate = Annotated[Any, Judged(dynamic_template, _TEXT)]
Enabled = Annotated[Any, Judged(any_of(boolean, template), _SCALAR)]
Variables = Annotated[Any, Judged(variables, _OBJECT)]
TemplateMapping = Annotated[Any, Judged(mapping_of_templates, _OBJECT)]
Data = Annotated[Any, Judged(any_of(mapping_of_templates, template), {"type": ["object", "string"]})]
Mapping = Annotated[Any, Judged(mapping, _OBJECT)]
Duration = Annotated[Any, Judged(duration, _DURATION)]
Offset = Annotated[Any, Judged(time_period, _DURATION)]
EntityId = Annotated[Any, Judged(entity_id, _TEXT)]
EntityIds = Annotated[Any, Judged(entity_ids(registry_ids=True), _TEXTS)]
PlainEntityIds = Annotated[Any, Judged(entity_ids(registry_ids=False), _TEXTS)]
ActionEntityIds = Annotated[Any, Judged(any_of(entity_ids(registry_ids=False), all_or_none), _TEXTS)]
StrictEntityIds = Annotated[Any, Judged(each(strict_entity_id), _TEXTS)]
Zone = Annotated[Any, Judged(entity_in("zone"), _TEXT)]
Service = Annotated[Any, Judged(any_of(service, dynamic_template), _TEXT)]
Weekdays = Annotated[Any, Judged(each(one_of(*WEEKDAYS)), _TEXTS)]
SunEvent = Annotated[Any, Judged(one_of("sunrise", "sunset", ignore_case=True), {"enum": ["sunrise", "sunset"]})]
Threshold = Annotated[
    Any,
    Judged(any_of(number, entity_text_in("input_number", "number", "sensor", "zone")), {"type": ["number", "string"]}),
]
TimeOrEntity = Annotated[Any, Judged(any_of(time_of_day, entity_text_in("input_datetime", "time", "sensor")), _TEXT)]
Anything = Any


def _only_new(given: Any, info: ValidationInfo) -> Any:
    if not release_of(info).new:
        raise fault("this key is only known since Home Assistant 2026, and this home is older")
    return given


def _only_old(given: Any, info: ValidationInfo) -> Any:
    if not release_of(info).old:
        raise fault("this key is no longer known to this home's Home Assistant")
    return given


Since2026 = BeforeValidator(_only_new)
Until2026 = BeforeValidator(_only_old)
Note = Annotated[StrictText, Since2026]
