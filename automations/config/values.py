"""Plain values of an automation: one or a list, names with commas between them, templates."""

from __future__ import annotations

from typing import Any

from schemas.automation.home_tags import HomeTag
from schemas.automation.one_or_list import TARGET_KEYS, as_list, split_names
from schemas.automation.templates import is_template
from schemas.automation.value_validators import TRUE_WORDS

__all__ = [
    "TARGET_KEYS",
    "TRUE_WORDS",
    "HomeTag",
    "as_list",
    "as_texts",
    "entity_names",
    "is_template",
    "is_unknown_here",
    "strings",
]


def as_texts(value: Any) -> list[str]:
    return [str(item) for item in as_list(value)]


def strings(value: Any) -> list[str]:
    """The texts among one value or a list; what is no text is left out."""
    return [item for item in as_list(value) if isinstance(item, str)]


def is_unknown_here(value: Any) -> bool:
    """Whether only the home knows what stands here: a template, or one of its tags."""
    return isinstance(value, HomeTag) or is_template(value)


def entity_names(value: Any) -> list[str]:
    """The names under `entity_id`: one, several with commas between them, or a list of these."""
    return [name for text in as_texts(value) for name in split_names(text)]
