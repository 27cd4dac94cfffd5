"""How a value is validated: accepted silently, or refused by an error that says why. Values are never changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from schemas.automation.home_tags import HomeTag
from schemas.automation.one_or_list import as_list

Validator = Callable[[Any, ValidationInfo], None]

MAX_QUOTED: Final = 200
"""Characters of a wrong value that a message repeats."""


def value_error(message: str, **context: object) -> PydanticCustomError:
    """The error that says what is wrong with a value; the caller raises it."""
    return PydanticCustomError("value", message, {name: shorten(item) for name, item in context.items()})


def shorten(item: object) -> str:
    text = str(item)
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}..."


@dataclass(frozen=True)
class ValidatedBy:
    """Annotates a field whose values `validator` accepts by returning and refuses by raising a `value_error`."""

    validator: Validator
    json_schema: JsonSchemaValue = field(default_factory=dict, hash=False)

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        def validate(given: Any, info: ValidationInfo) -> Any:
            self.validator(given, info)
            return given

        return core_schema.with_info_plain_validator_function(validate)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return dict(self.json_schema)


T = TypeVar("T")


class EnsureList:
    """Annotates a list that may also be written as a single value, or as nothing for an empty list."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(as_list, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        several = handler(schema)
        return {"anyOf": [several["items"], several, {"type": "null"}]} if "items" in several else several


EnsuredList = Annotated[list[T], EnsureList()]


def each(validator: Validator) -> Validator:
    """A list of what `validator` accepts, or a single one."""

    def validate_each(given: Any, info: ValidationInfo) -> None:
        for item in as_list(given):
            if not isinstance(item, HomeTag):
                validator(item, info)

    return validate_each


def any_of(*validators: Validator) -> Validator:
    """What at least one accepts; if none does, the first one's error."""

    def validate_any(given: Any, info: ValidationInfo) -> None:
        first: PydanticCustomError | None = None
        for validator in validators:
            try:
                return validator(given, info)
            except PydanticCustomError as error:
                first = first or error
        raise first or value_error("this cannot stand here")

    return validate_any
