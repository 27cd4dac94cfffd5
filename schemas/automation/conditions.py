"""Conditions, one model a kind, long and shorthand."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, ValidationInfo, model_validator

from schemas.automation.field_types import (
    Boolean,
    Duration,
    DynamicTemplate,
    EntityIds,
    Offset,
    PlainEntityIds,
    StrictText,
    SunEvent,
    Template,
    Texts,
    Threshold,
    TimeOrEntity,
    Until2026,
    Weekdays,
)
from schemas.automation.ha_tables import OPEN_CONDITIONS
from schemas.automation.node_models import ConditionModel, aliased_field, kind_pattern, lift_options, require_one_of
from schemas.automation.one_or_list import as_list
from schemas.automation.purpose_specific import PurposeCondition, UnknownCondition, purpose_conditions
from schemas.automation.release import release_from_info
from schemas.automation.templates import is_template
from schemas.automation.validators import EnsuredList, ValidatedBy, value_error
from schemas.automation.value_validators import one_of

_INPUT_ENTITY: Final = re.compile(r"^input_(?:select|text|number|boolean|datetime)\.(?!.+__)(?!_)[\da-z_]+(?<!_)$")


def _state(given: Any, info: ValidationInfo) -> None:
    """Texts on purpose: `state: on` without quotes is a boolean, and no state is. Attributes may be anything."""
    is_text = given is not None and all(isinstance(state, str) for state in as_list(given))
    if info.data.get("attribute") is None and not is_text:
        raise value_error("a state must be a text; write it in quotes")


StateValue = Annotated[Any, ValidatedBy(_state, {"examples": ["on", ["home", "not_home"]]})]


class StateCondition(ConditionModel):
    condition: Literal["state"]
    entity_id: EntityIds
    attribute: StrictText = None
    state: StateValue
    match: Annotated[Any, ValidatedBy(one_of("all", "any", ignore_case=True), {"enum": ["all", "any"]})] = None
    for_: Duration = aliased_field("for")
    from_: Annotated[StrictText, Until2026] = aliased_field("from")

    @model_validator(mode="after")
    def _check_for(self, info: ValidationInfo) -> Self:
        """`for` counts from the last change of the entity itself, so it cannot follow anything else (since 2026)."""
        if "for_" not in self.model_fields_set or release_from_info(info).old_rules:
            return self
        if "attribute" in self.model_fields_set:
            raise value_error("'for' cannot be used with an attribute")
        if any(_INPUT_ENTITY.match(state) for state in as_list(self.state)):
            raise value_error("'for' cannot be used with a state that another entity holds")
        return self


class NumericStateCondition(ConditionModel):
    condition: Literal["numeric_state"]
    entity_id: EntityIds
    above: Threshold = None
    below: Threshold = None
    attribute: StrictText = None
    value_template: Template = None

    @model_validator(mode="after")
    def _require_bound(self) -> Self:
        require_one_of(self, "above", "below")
        return self


class TimeCondition(ConditionModel):
    condition: Literal["time"]
    after: TimeOrEntity = None
    before: TimeOrEntity = None
    weekday: Weekdays = None

    @model_validator(mode="after")
    def _require_one(self) -> Self:
        require_one_of(self, "after", "before", "weekday")
        return self


class ConditionWithOptions(ConditionModel):
    @model_validator(mode="before")
    @classmethod
    def _lift_options(cls, given: Any, info: ValidationInfo) -> Any:
        return lift_options(cls, given, info)


class SunCondition(ConditionWithOptions):
    condition: Literal["sun"]
    after: SunEvent = None
    after_offset: Offset = None
    before: SunEvent = None
    before_offset: Offset = None

    @model_validator(mode="after")
    def _require_one(self) -> Self:
        require_one_of(self, "after", "before")
        return self


class ZoneCondition(ConditionWithOptions):
    condition: Literal["zone"]
    entity_id: PlainEntityIds
    zone: PlainEntityIds
    event: Annotated[Any, ValidatedBy(one_of("enter", "leave"), {"enum": ["enter", "leave"]}), Until2026] = None


class TemplateCondition(ConditionModel):
    condition: Literal["template"]
    value_template: Template


class TriggerCondition(ConditionModel):
    condition: Literal["trigger"]
    id: Texts


class DeviceCondition(ConditionModel):
    """What a device offers; its integration decides about the other keys."""

    model_config = ConfigDict(extra="allow")

    condition: Literal["device"]
    device_id: StrictText
    domain: StrictText
    type: StrictText
    enabled: Boolean = None
    note: Any = None


class LogicCondition(ConditionModel):
    """All, any or none of some conditions."""

    condition: Literal["and", "or", "not"]
    conditions: EnsuredList[Condition]


class AndShorthand(ConditionModel):
    and_: EnsuredList[Condition] = aliased_field("and")


class OrShorthand(ConditionModel):
    or_: EnsuredList[Condition] = aliased_field("or")


class NotShorthand(ConditionModel):
    not_: EnsuredList[Condition] = aliased_field("not")


class ListShorthand(ConditionModel):
    """`condition:` with a list: all of them."""

    condition: EnsuredList[Condition]


class TemplateShorthand(ConditionModel):
    """`condition:` with a template, as an action."""

    condition: DynamicTemplate


class OpenCondition(ConditionModel):
    """A condition of one integration that is not described here."""

    model_config = ConfigDict(extra="allow")

    condition: Annotated[str, Field(pattern=kind_pattern(OPEN_CONDITIONS))]


KINDS: Final[dict[str, type[ConditionModel]]] = {
    "state": StateCondition,
    "numeric_state": NumericStateCondition,
    "time": TimeCondition,
    "sun": SunCondition,
    "zone": ZoneCondition,
    "template": TemplateCondition,
    "trigger": TriggerCondition,
    "device": DeviceCondition,
    "and": LogicCondition,
    "or": LogicCondition,
    "not": LogicCondition,
}


def _tag_of(given: Any) -> str:
    return "~text" if not isinstance(given, dict) else _tag_of_mapping(given, as_action=False)


def _tag_in_action(given: Any) -> str:
    return _tag_of_mapping(given, as_action=True) if isinstance(given, dict) else "~unknown"


def _tag_of_mapping(given: dict[Any, Any], *, as_action: bool) -> str:
    for shorthand in ("and", "or", "not"):
        if shorthand in given and "conditions" not in given:
            return f"~{shorthand}:"
    kind = given.get("condition")
    if isinstance(kind, list) and "conditions" not in given:
        return "~list"
    if not isinstance(kind, str):
        return "~unknown"
    if kind in KINDS:
        return "~logic" if kind in ("and", "or", "not") else f"~{kind}"
    if kind in purpose_conditions():
        return "~purpose"
    if as_action and is_template(kind):
        return "~template:"
    return "~open" if kind.split(".")[0] in OPEN_CONDITIONS else "~unknown"


_Mappings = (
    Annotated[StateCondition, Tag("~state")]
    | Annotated[NumericStateCondition, Tag("~numeric_state")]
    | Annotated[TimeCondition, Tag("~time")]
    | Annotated[SunCondition, Tag("~sun")]
    | Annotated[ZoneCondition, Tag("~zone")]
    | Annotated[TemplateCondition, Tag("~template")]
    | Annotated[TriggerCondition, Tag("~trigger")]
    | Annotated[DeviceCondition, Tag("~device")]
    | Annotated[LogicCondition, Tag("~logic")]
    | Annotated[AndShorthand, Tag("~and:")]
    | Annotated[OrShorthand, Tag("~or:")]
    | Annotated[NotShorthand, Tag("~not:")]
    | Annotated[ListShorthand, Tag("~list")]
    | Annotated[PurposeCondition, Tag("~purpose")]
    | Annotated[OpenCondition, Tag("~open")]
    | Annotated[UnknownCondition, Tag("~unknown")]
)

Condition = Annotated[_Mappings | Annotated[DynamicTemplate, Tag("~text")], Discriminator(_tag_of)]
"""A condition where only conditions may stand: also a bare template."""

ActionCondition = Annotated[_Mappings | Annotated[TemplateShorthand, Tag("~template:")], Discriminator(_tag_in_action)]
"""A condition among actions: also `condition: "{{ ... }}"`."""

for _model in (LogicCondition, AndShorthand, OrShorthand, NotShorthand, ListShorthand):
    _model.model_rebuild()
