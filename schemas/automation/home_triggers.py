"""Triggers on states, numbers, the clock, the sun, zones and calendars."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ValidationInfo, model_validator

from schemas.automation.field_types import (
    Anything,
    Duration,
    EntityId,
    EntityIds,
    Offset,
    SunEvent,
    Template,
    Text,
    Threshold,
    Zone,
)
from schemas.automation.node_models import TriggerWithOptions, aliased_field, require_at_most_one_of, require_one_of
from schemas.automation.one_or_list import as_list
from schemas.automation.release import release_from_info
from schemas.automation.templates import is_template
from schemas.automation.time_validators import WEEKDAYS, time_of_day, time_period
from schemas.automation.validators import ValidatedBy, any_of, each, value_error
from schemas.automation.value_validators import entity_in, entity_text_in, one_of, template


def _state(given: Any, info: ValidationInfo) -> None:
    """Texts on purpose: `to: on` without quotes is a boolean, and no state is. Attributes may be anything."""
    if given is None or info.data.get("attribute") is not None or all(isinstance(item, str) for item in as_list(given)):
        return
    quoted = "'on'" if given is True else "'off'" if given is False else f"'{given}'"
    raise value_error("a state must be a text; write {shown} in quotes", shown=quoted)


StateValue = Annotated[Any, ValidatedBy(_state, {"examples": ["on", ["home", "not_home"]]})]


class StateTrigger(TriggerWithOptions):
    """An entity turns from one state to another, and stays for some time."""

    trigger: Literal["state"]
    entity_id: EntityIds
    attribute: Anything = None
    from_: StateValue = aliased_field("from")
    not_from: StateValue = None
    to: StateValue = None
    not_to: StateValue = None
    for_: Duration = aliased_field("for")

    @model_validator(mode="after")
    def _check_exclusive(self) -> Self:
        require_at_most_one_of(self, "from_", "not_from")
        require_at_most_one_of(self, "to", "not_to")
        return self


class NumericStateTrigger(TriggerWithOptions):
    """A number crosses into a band."""

    trigger: Literal["numeric_state"]
    entity_id: EntityIds
    above: Threshold = None
    below: Threshold = None
    attribute: Anything = None
    value_template: Template = None
    for_: Duration = aliased_field("for")

    @model_validator(mode="after")
    def _check_band(self) -> Self:
        require_one_of(self, "above", "below")
        try:
            above, below = float(self.above), float(self.below)
        except (TypeError, ValueError):
            return self
        if above > below:
            raise value_error("no number is above {above} and below {below}", above=above, below=below)
        return self


def _at(given: Any, info: ValidationInfo) -> None:
    if isinstance(given, dict):
        if set(given) - {"entity_id", "offset"} or "entity_id" not in given:
            raise value_error("a time may be a mapping of entity_id and offset only")
        entity_in("input_datetime", "sensor")(given["entity_id"], info)
        if "offset" in given:
            time_period(given["offset"], info)
    elif is_template(given):
        template(given, info)
    else:
        any_of(time_of_day, entity_text_in("input_datetime", "sensor"))(given, info)


def _each_at(given: Any, info: ValidationInfo) -> None:
    each(_at)(given, info)


def _weekday(given: Any, info: ValidationInfo) -> None:
    if not release_from_info(info).new_rules:
        raise value_error("a time trigger knows weekdays only since Home Assistant 2026, and this home is older")
    each(one_of(*WEEKDAYS))(given, info)


class TimeTrigger(TriggerWithOptions):
    trigger: Literal["time"]
    at: Annotated[Any, ValidatedBy(_each_at, {"type": ["string", "object", "array"], "examples": ["07:30:00"]})]
    weekday: Annotated[Any, ValidatedBy(_weekday, {"type": ["string", "array"]})] = None


def _pattern(most: int) -> ValidatedBy:
    def validate(given: Any, info: ValidationInfo) -> None:
        steps = isinstance(given, str) and given.startswith("/")
        try:
            number = int(given[1:] if steps else given) if given != "*" else most
        except (TypeError, ValueError):
            raise value_error("'{given}' is not '*', a number or '/' and a number", given=str(given)) from None
        if not (1 if steps and not release_from_info(info).old_rules else 0) <= number <= most:
            raise value_error("this must be between 0 and {most}", most=most)

    return ValidatedBy(validate, {"type": ["integer", "string"]})


class TimePatternTrigger(TriggerWithOptions):
    trigger: Literal["time_pattern"]
    hours: Annotated[Any, _pattern(23)] = None
    minutes: Annotated[Any, _pattern(59)] = None
    seconds: Annotated[Any, _pattern(59)] = None

    @model_validator(mode="after")
    def _require_one(self) -> Self:
        require_one_of(self, "hours", "minutes", "seconds")
        return self


class HomeAssistantTrigger(TriggerWithOptions):
    trigger: Literal["homeassistant"]
    event: Annotated[Any, ValidatedBy(one_of("start", "shutdown"), {"enum": ["start", "shutdown"]})]


class SunTrigger(TriggerWithOptions):
    reads_common_keys_twice = False

    trigger: Literal["sun"]
    event: SunEvent
    offset: Offset = None


class TemplateTrigger(TriggerWithOptions):
    trigger: Literal["template"]
    value_template: Template
    for_: Duration = aliased_field("for")


_EnterLeave = Annotated[Any, ValidatedBy(one_of("enter", "leave"), {"enum": ["enter", "leave"]})]


class ZoneTrigger(TriggerWithOptions):
    reads_common_keys_twice = False

    trigger: Literal["zone"]
    entity_id: EntityIds
    zone: EntityId
    event: _EnterLeave = None


class GeoLocationTrigger(TriggerWithOptions):
    trigger: Literal["geo_location"]
    source: Text
    zone: Zone
    event: _EnterLeave = None


class CalendarTrigger(TriggerWithOptions):
    reads_common_keys_twice = False

    trigger: Literal["calendar"]
    entity_id: EntityId
    event: Annotated[Any, ValidatedBy(one_of("start", "end"), {"enum": ["start", "end"]})] = None
    offset: Offset = None
