"""How a value is judged: by accepting it silently, or by a fault that says what is wrong. Values are never changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

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
