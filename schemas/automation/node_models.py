"""What all nodes of an automation have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from schemas.automation.field_types import Boolean, Enabled, Note, StrictText, Text, Variables
from schemas.automation.release import release_from_info
from schemas.automation.templates import is_template
from schemas.automation.validators import value_error

TAG: Final = "~"
"""Starts the tags of unions in a pydantic error's `loc`, so that they differ from the keys of the config."""


class NodeModel(BaseModel):
    """A mapping with known keys only: a misspelt `condtions:` must be an error and not a lost condition."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class TriggerModel(NodeModel):
    base_keys: ClassVar[frozenset[str]] = frozenset({"alias", "trigger", "id", "variables", "enabled", "note"})

    trigger: StrictText
    alias: StrictText = None
    id: StrictText = None
    variables: Variables = None
    enabled: Enabled = None
    note: Note = None


class OpenTriggerModel(TriggerModel):
    """A trigger whose integration decides about the keys that are not common to all."""

    model_config = ConfigDict(extra="allow")

    note: Any = None

    @model_validator(mode="before")
    @classmethod
    def _check_one_spelling(cls, given: Any) -> Any:
        if isinstance(given, dict) and "platform" in given and "trigger" in given:
            raise value_error("'platform' and 'trigger' cannot both stand here; keep 'trigger'")
        return given


class UnknownKind(BaseModel):
    """Stands for what no description fits: nothing, in the JSON Schema."""

    model_config = ConfigDict(extra="allow", frozen=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"not": {}}


class ConditionModel(NodeModel):
    base_keys: ClassVar[frozenset[str]] = frozenset({"alias", "condition", "enabled", "note"})

    alias: Text = None
    enabled: Enabled = None
    note: Note = None


class ActionModel(NodeModel):
    alias: Text = None
    enabled: Enabled = None
    continue_on_error: Boolean = None
    note: Note = None


def lift_options(cls: type[TriggerModel | ConditionModel], given: Any, info: ValidationInfo) -> Any:
    """`options:` of a kind that predates them (since 2026): read as if they stood beside `trigger:`.

    Like `move_options_fields_to_top_level`: only where nothing but the common keys stands beside them.
    """
    if (
        not isinstance(given, dict)
        or not isinstance(given.get("options"), dict)
        or not release_from_info(info).new_rules
    ):
        return given
    beside = {key: item for key, item in given.items() if key != "options"}
    if not set(beside) <= cls.base_keys:
        return given
    return {**beside, **given["options"]}


class TriggerWithOptions(TriggerModel):
    """A trigger kind without a dot in its name."""

    reads_common_keys_twice: ClassVar[bool] = True
    """Home Assistant validates them a second time, on the result of the first, and then refuses that result."""

    @model_validator(mode="before")
    @classmethod
    def _lift_options(cls, given: Any, info: ValidationInfo) -> Any:
        lifted = lift_options(cls, given, info)
        twice = cls.reads_common_keys_twice and lifted is not given
        if twice and ("variables" in given or is_template(str(given.get("enabled", "")))):
            raise value_error(
                "beside 'options' of this kind, 'variables' and a template for 'enabled' are not understood"
            )
        return lifted


def require_one_of(model: NodeModel, *fields: str) -> None:
    """At least one of these fields was given."""
    if not model.model_fields_set.intersection(fields):
        raise value_error("at least one of {keys} is needed", keys=_keys(fields))


def require_at_most_one_of(model: NodeModel, *fields: str) -> None:
    if len(given := [name for name in fields if name in model.model_fields_set]) > 1:
        raise value_error("only one of {keys} may stand here", keys=_keys(given))


def _keys(fields: Iterable[str]) -> str:
    return ", ".join(name.rstrip("_") for name in fields)


def kind_pattern(domains: Iterable[str]) -> str:
    """A regular expression for the kinds that these integrations offer: `knx.telegram`."""
    return rf"^({'|'.join(sorted(domains))})($|\.)"


def aliased_field(key: str) -> Any:
    """A field whose key is a Python keyword."""
    return Field(default=None, alias=key)
