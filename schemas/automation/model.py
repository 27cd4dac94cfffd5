"""The outermost level of an automation."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, ValidationInfo

from schemas.automation.actions import Action
from schemas.automation.conditions import Condition
from schemas.automation.field_types import Boolean, StrictText, Text, Variables
from schemas.automation.node_models import NodeModel
from schemas.automation.triggers import Trigger
from schemas.automation.validators import EnsuredList, ValidatedBy, value_error
from schemas.automation.value_validators import mapping, one_of, strict_text, whole_number

MODES: Final = ("parallel", "queued", "restart", "single")
_EXCEEDED: Final = ("critical", "fatal", "error", "warning", "warn", "info", "debug", "notset", "silent")


class Traces(NodeModel):
    stored_traces: Annotated[Any, ValidatedBy(whole_number(0), {"type": "integer"})] = None


class Automation(NodeModel):
    """Triggers, conditions and actions, and how runs that overlap are treated."""

    id: StrictText = None
    alias: Text = None
    description: Text = None
    triggers: EnsuredList[Trigger]
    conditions: EnsuredList[Condition] = Field(default_factory=list)
    actions: EnsuredList[Action]
    mode: Annotated[Any, ValidatedBy(one_of(*MODES), {"enum": [*MODES]})] = None
    max: Annotated[Any, ValidatedBy(whole_number(2), {"type": "integer", "minimum": 2})] = None
    max_exceeded: Annotated[Any, ValidatedBy(one_of(*_EXCEEDED, ignore_case=True), {"enum": [*_EXCEEDED]})] = None
    variables: Variables = None
    trigger_variables: Variables = None
    initial_state: Boolean = None
    hide_entity: Boolean = None
    trace: Traces = Field(default_factory=Traces)


def _blueprint_path(given: Any, info: ValidationInfo) -> None:
    strict_text(given, info)
    if not given.endswith(".yaml"):
        raise value_error("the path of a blueprint ends in .yaml")


class UsedBlueprint(NodeModel):
    path: Annotated[Any, ValidatedBy(_blueprint_path, {"type": "string", "pattern": r"\.yaml$"})]
    input: Annotated[Any, ValidatedBy(mapping, {"type": "object"})] = None


class BlueprintAutomation(NodeModel):
    """An automation made from a blueprint: the blueprint decides about the rest."""

    model_config = ConfigDict(extra="allow")

    id: StrictText = None
    alias: Text = None
    description: Text = None
    use_blueprint: UsedBlueprint
