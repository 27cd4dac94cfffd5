"""Whether Home Assistant could compile a template: jinja2 with Home Assistant's filters and tests. Nothing is run."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic_core import PydanticCustomError

from schemas.automation import vocabulary
from schemas.automation.release import Release

MAX_TEMPLATE = 32_000
"""Characters; a longer one would keep jinja2 busy and is no template of a person."""


def is_template(text: str) -> bool:
    """Whether the text holds a template at all, as Home Assistant decides it."""
    return "{" in text and ("{%" in text or "{{" in text or "{#" in text)


def check_template(text: str, release: Release) -> None:
    """Raises PydanticCustomError where Home Assistant would not compile it."""
    if is_template(text) and (fault := _fault(text.strip(), release.old, release.new)):
        raise PydanticCustomError("template", "this template cannot be compiled: {fault}", {"fault": fault})


@lru_cache(maxsize=4096)
def _fault(text: str, old: bool, new: bool) -> str:
    if len(text) > MAX_TEMPLATE:
        return f"it is longer than {MAX_TEMPLATE} characters"
    try:
        _environment(old, new).compile(text, raw=True)
    except TemplateError as error:
        return str(error)
    except (RecursionError, MemoryError, ValueError, OverflowError) as error:
        return f"it is nested too deeply or holds an impossible number ({type(error).__name__})"
    return ""


@cache
def _environment(old: bool, new: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do"])
    for name in (
        vocabulary.FILTERS | (vocabulary.FILTERS_NEW if new else set()) | (vocabulary.FILTERS_OLD if old else set())
    ):
        environment.filters[name] = _never_called
    for name in vocabulary.TESTS | (vocabulary.TESTS_NEW if new else set()):
        environment.tests[name] = _never_called
    return environment


def _never_called(*_: Any) -> None:
    """Stands for a filter or test: only its name matters when compiling."""
