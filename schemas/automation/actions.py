"""Actions, one model a kind; the keys of a mapping decide its kind, as in HA's `determine_script_action`."""

from __future__ import annotations

from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, ValidationInfo, model_validator

from schemas.automation.conditions import ActionCondition, Condition
from schemas.automation.field_types import (
    ActionEntityIds,
    Boolean,
    Data,
    Duration,
    DynamicTemplate,
    Mapping,
    Note,
    Service,
    Since2026,
    StrictText,
    StrictTexts,
    Template,
    TemplateMapping,
    Text,
    Variables,
)
from schemas.automation.node_models import (
    ActionModel,
    NodeModel,
    UnknownKind,
    aliased_field,
    require_at_most_one_of,
    require_one_of,
)
from schemas.automation.purpose_specific import check_exclude_has_target
from schemas.automation.release import release_from_info
from schemas.automation.triggers import Trigger
from schemas.automation.validators import EnsuredList, ValidatedBy, any_of, each, value_error
from schemas.automation.value_validators import (
    all_or_none,
    dynamic_template,
    entity_ids,
    entity_in,
    mapping,
    optional_template,
    strict_entity_id,
    template,
    templates_inside,
    text,
    whole_number,
)


def _list_of_anything(given: Any, info: ValidationInfo) -> None:
    if not isinstance(given, list):
        raise value_error("this must be an entity id or a list of them")
    templates_inside(given, info)


_TEXTS: Final = {"type": ["string", "array"]}
_target_ids = any_of(entity_ids(registry_ids=True), all_or_none, dynamic_template, _list_of_anything)


class ExcludedByAction(NodeModel):
    entity_id: Annotated[
        Any, ValidatedBy(any_of(each(strict_entity_id), dynamic_template, _list_of_anything), _TEXTS)
    ] = None
    device_id: StrictTexts = None
    area_id: StrictTexts = None
    floor_id: StrictTexts = None
    label_id: StrictTexts = None


class ActionTarget(NodeModel):
    """What an action acts on; entity ids may be registry ids or templates."""

    entity_id: Annotated[Any, ValidatedBy(_target_ids, _TEXTS)] = None
    device_id: StrictTexts = None
    area_id: StrictTexts = None
    floor_id: StrictTexts = None
    label_id: StrictTexts = None
    exclude: Annotated[ExcludedByAction | None, Since2026] = None

    @model_validator(mode="before")
    @classmethod
    def _check_exclude(cls, given: Any) -> Any:
        return check_exclude_has_target(given)


def _mapping_or_text(given: Any) -> str:
    return "~mapping" if isinstance(given, dict) else "~text"


AnyTarget = Annotated[
    Annotated[ActionTarget, Tag("~mapping")] | Annotated[DynamicTemplate, Tag("~text")], Discriminator(_mapping_or_text)
]


class CallAction(ActionModel):
    """Calls a service, which Home Assistant calls an action."""

    action: Service
    target: AnyTarget = None
    data: Data = None
    data_template: Data = None
    entity_id: ActionEntityIds = None
    response_variable: StrictText = None
    metadata: Mapping = None


class DelayAction(ActionModel):
    delay: Duration


class WaitTemplateAction(ActionModel):
    wait_template: Template
    timeout: Duration = None
    continue_on_timeout: Boolean = None


class WaitForTriggerAction(ActionModel):
    wait_for_trigger: EnsuredList[Trigger]
    timeout: Duration = None
    continue_on_timeout: Boolean = None


class EventAction(ActionModel):
    event: Text
    event_data: TemplateMapping = None
    event_data_template: TemplateMapping = None


class DeviceAction(ActionModel):
    """What a device offers; its integration decides about the other keys."""

    model_config = ConfigDict(extra="allow")

    device_id: Text
    domain: StrictText
    type: StrictText
    enabled: Boolean = None
    note: Any = None


class SceneAction(ActionModel):
    scene: Annotated[Any, ValidatedBy(entity_in("scene"), {"type": "string"})]


def _items(given: Any, info: ValidationInfo) -> None:
    if not isinstance(given, list):
        dynamic_template(given, info)
    templates_inside(given, info)


class Loop(NodeModel):
    """What stands under `repeat`."""

    count: Annotated[Any, ValidatedBy(any_of(whole_number(), template), {"type": ["integer", "string"]})] = None
    for_each: Annotated[Any, ValidatedBy(_items, {"type": ["array", "string"]})] = None
    while_: EnsuredList[Condition] = aliased_field("while")
    until: EnsuredList[Condition] = Field(default_factory=list)
    sequence: EnsuredList[Action]

    @model_validator(mode="after")
    def _check_one_loop_kind(self) -> Self:
        ways = ("count", "for_each", "while_", "until")
        require_one_of(self, *ways)
        require_at_most_one_of(self, *ways)
        return self


class RepeatAction(ActionModel):
    repeat: Loop


class Option(NodeModel):
    """One of the ways of a `choose`."""

    alias: Text = None
    note: Note = None
    conditions: EnsuredList[Condition]
    sequence: EnsuredList[Action]


class ChooseAction(ActionModel):
    choose: EnsuredList[Option]
    default: EnsuredList[Action] = Field(default_factory=list)


class IfAction(ActionModel):
    if_: EnsuredList[Condition] = aliased_field("if")
    then: EnsuredList[Action]
    else_: EnsuredList[Action] = aliased_field("else")


class ParallelAction(ActionModel):
    parallel: EnsuredList[EnsuredList[Action]]


class SequenceAction(ActionModel):
    sequence: EnsuredList[Action]
    metadata: Annotated[Any, ValidatedBy(mapping, {"type": "object"}), Since2026] = None


class VariablesAction(ActionModel):
    variables: Variables


def _stop_reason(given: Any, info: ValidationInfo) -> None:
    if given is not None:
        text(given, info)


class StopAction(ActionModel):
    stop: Annotated[Any, ValidatedBy(_stop_reason, {"type": ["string", "null"]})]
    error: Boolean = None
    response_variable: StrictText = None

    @model_validator(mode="before")
    @classmethod
    def _check_no_response_with_error(cls, given: Any, info: ValidationInfo) -> Any:
        both = isinstance(given, dict) and "error" in given and "response_variable" in given
        if both and (given["error"] or not release_from_info(info).new_rules):
            raise value_error("a stop with an error has no response")
        return given


class ConversationResponseAction(ActionModel):
    set_conversation_response: Annotated[Any, ValidatedBy(optional_template, {"type": ["string", "null"]})]


class UnknownAction(ActionModel, UnknownKind):
    """None of the keys that say what an action does."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _refuse(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            raise value_error("an action is a mapping, such as {example}", example="{action: light.turn_on}")
        raise value_error("no key says what this action does: one of {keys} is needed", keys=", ".join(TAG_BY_KEY))


TAG_BY_KEY: Final[dict[str, str]] = {
    "delay": "~delay",
    "wait_template": "~wait_template",
    "condition": "~condition",
    "and": "~condition",
    "or": "~condition",
    "not": "~condition",
    "event": "~event",
    "device_id": "~device",
    "scene": "~scene",
    "repeat": "~repeat",
    "choose": "~choose",
    "wait_for_trigger": "~wait_for_trigger",
    "variables": "~variables",
    "if": "~if",
    "action": "~call",
    "stop": "~stop",
    "parallel": "~parallel",
    "sequence": "~sequence",
    "set_conversation_response": "~set_conversation_response",
}
"""Where several stand in one action, the first here decides, as in Home Assistant."""


KINDS: Final[dict[str, type[ActionModel]]] = {
    "call": CallAction,
    "delay": DelayAction,
    "wait_template": WaitTemplateAction,
    "wait_for_trigger": WaitForTriggerAction,
    "event": EventAction,
    "device": DeviceAction,
    "scene": SceneAction,
    "repeat": RepeatAction,
    "choose": ChooseAction,
    "if": IfAction,
    "parallel": ParallelAction,
    "sequence": SequenceAction,
    "variables": VariablesAction,
    "stop": StopAction,
    "set_conversation_response": ConversationResponseAction,
}


def _tag_of(given: Any) -> str:
    keys = given if isinstance(given, dict) else {}
    return next((tag for key, tag in TAG_BY_KEY.items() if key in keys), "~unknown")


Action = Annotated[
    Annotated[CallAction, Tag("~call")]
    | Annotated[DelayAction, Tag("~delay")]
    | Annotated[WaitTemplateAction, Tag("~wait_template")]
    | Annotated[WaitForTriggerAction, Tag("~wait_for_trigger")]
    | Annotated[ActionCondition, Tag("~condition")]
    | Annotated[EventAction, Tag("~event")]
    | Annotated[DeviceAction, Tag("~device")]
    | Annotated[SceneAction, Tag("~scene")]
    | Annotated[RepeatAction, Tag("~repeat")]
    | Annotated[ChooseAction, Tag("~choose")]
    | Annotated[IfAction, Tag("~if")]
    | Annotated[ParallelAction, Tag("~parallel")]
    | Annotated[SequenceAction, Tag("~sequence")]
    | Annotated[VariablesAction, Tag("~variables")]
    | Annotated[StopAction, Tag("~stop")]
    | Annotated[ConversationResponseAction, Tag("~set_conversation_response")]
    | Annotated[UnknownAction, Tag("~unknown")],
    Discriminator(_tag_of),
]

for _model in (Loop, RepeatAction, Option, ChooseAction, IfAction, ParallelAction, SequenceAction):
    _model.model_rebuild()
