"""The types of the plain fields of an automation; what comes out of them is what went in."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, ValidationInfo

from schemas.automation.release import release_of
from schemas.automation.time_validators import WEEKDAYS, duration, time_of_day, time_period
from schemas.automation.validators import Judged, any_of, each, fault
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
