"""The types of the plain fields of an automation; validation never changes a value."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, ValidationInfo

from schemas.automation.release import release_from_info
from schemas.automation.time_validators import WEEKDAYS, duration, time_of_day, time_period
from schemas.automation.validators import ValidatedBy, any_of, each, value_error
from schemas.automation.value_validators import (
    all_or_none,
    boolean,
    dynamic_template,
    entity_id,
    entity_ids,
    entity_in,
    entity_text_in,
    mapping,
    mapping_of_templates,
    number,
    one_of,
    service,
    strict_entity_id,
    strict_text,
    template,
    text,
    variables,
)

_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_SCALAR: Final = {"type": ["string", "number", "boolean"]}
_DURATION: Final = {"type": ["string", "number", "object"], "examples": ["00:05:00", 30, {"minutes": 5}]}
_OBJECT: Final = {"type": "object"}

StrictText = Annotated[Any, ValidatedBy(strict_text, _TEXT)]
StrictTexts = Annotated[Any, ValidatedBy(each(strict_text), _TEXTS)]
Text = Annotated[Any, ValidatedBy(text, _SCALAR)]
Texts = Annotated[Any, ValidatedBy(each(text), {"type": ["string", "number", "boolean", "array"]})]
Boolean = Annotated[Any, ValidatedBy(boolean, _SCALAR)]
Template = Annotated[Any, ValidatedBy(template, _SCALAR)]
DynamicTemplate = Annotated[Any, ValidatedBy(dynamic_template, _TEXT)]
Enabled = Annotated[Any, ValidatedBy(any_of(boolean, template), _SCALAR)]
Variables = Annotated[Any, ValidatedBy(variables, _OBJECT)]
TemplateMapping = Annotated[Any, ValidatedBy(mapping_of_templates, _OBJECT)]
Data = Annotated[Any, ValidatedBy(any_of(mapping_of_templates, template), {"type": ["object", "string"]})]
Mapping = Annotated[Any, ValidatedBy(mapping, _OBJECT)]
Duration = Annotated[Any, ValidatedBy(duration, _DURATION)]
Offset = Annotated[Any, ValidatedBy(time_period, _DURATION)]
EntityId = Annotated[Any, ValidatedBy(entity_id, _TEXT)]
EntityIds = Annotated[Any, ValidatedBy(entity_ids(registry_ids=True), _TEXTS)]
PlainEntityIds = Annotated[Any, ValidatedBy(entity_ids(registry_ids=False), _TEXTS)]
ActionEntityIds = Annotated[Any, ValidatedBy(any_of(entity_ids(registry_ids=False), all_or_none), _TEXTS)]
StrictEntityIds = Annotated[Any, ValidatedBy(each(strict_entity_id), _TEXTS)]
Zone = Annotated[Any, ValidatedBy(entity_in("zone"), _TEXT)]
Service = Annotated[Any, ValidatedBy(any_of(service, dynamic_template), _TEXT)]
Weekdays = Annotated[Any, ValidatedBy(each(one_of(*WEEKDAYS)), _TEXTS)]
SunEvent = Annotated[Any, ValidatedBy(one_of("sunrise", "sunset", ignore_case=True), {"enum": ["sunrise", "sunset"]})]
Threshold = Annotated[
    Any,
    ValidatedBy(
        any_of(number, entity_text_in("input_number", "number", "sensor", "zone")), {"type": ["number", "string"]}
    ),
]
TimeOrEntity = Annotated[
    Any, ValidatedBy(any_of(time_of_day, entity_text_in("input_datetime", "time", "sensor")), _TEXT)
]
Anything = Any


def _require_new_release(given: Any, info: ValidationInfo) -> Any:
    if not release_from_info(info).new_rules:
        raise value_error("this key is only known since Home Assistant 2026, and this home is older")
    return given


def _require_old_release(given: Any, info: ValidationInfo) -> Any:
    if not release_from_info(info).old_rules:
        raise value_error("this key is no longer known to this home's Home Assistant")
    return given


Since2026 = BeforeValidator(_require_new_release)
Until2026 = BeforeValidator(_require_old_release)
Note = Annotated[StrictText, Since2026]
