"""Whether Home Assistant could compile a template: jinja2 with Home Assistant's filters and tests. Nothing is run."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from jinja2 import TemplateError, pass_context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic_core import PydanticCustomError

from schemas.automation import ha_tables
from schemas.automation.release import Release

_LEAVES_LOOP = re.compile(r"\b(break|continue)\b")
_CODE = re.compile(r"\{[{%].*?(?:[%}]\}|\Z)", re.DOTALL)


def is_template(value: object) -> bool:
    """Whether a text holds a template at all, as Home Assistant decides it; what is no text holds none."""
    return isinstance(value, str) and "{" in value and ("{%" in value or "{{" in value or "{#" in value)


def code_length(text: str) -> int:
    """Characters that jinja2 would have to compile."""
    return sum(len(code) for code in _CODE.findall(text)) if is_template(text) else 0


def check_template(text: str, release: Release) -> None:
    """Raises PydanticCustomError where Home Assistant would not compile it."""
    if is_template(text) and (reason := _compile_error(text.strip(), release.old_rules, release.new_rules)):
        raise PydanticCustomError("template", "this template cannot be compiled: {fault}", {"fault": reason})


@lru_cache(maxsize=4096)
def _compile_error(text: str, old: bool, new: bool) -> str:
    try:
        if _LEAVES_LOOP.search(text):  # only Python's own compiler sees that there is no loop to leave
            _environment(old, new).compile(text)
        else:
            _environment(old, new).compile(text, raw=True)
    except (TemplateError, SyntaxError) as error:
        return str(error)
    except (RecursionError, MemoryError, ValueError, OverflowError) as error:
        return f"it is nested too deeply or holds an impossible number ({type(error).__name__})"
    return ""


@cache
def _environment(old: bool, new: bool) -> ImmutableSandboxedEnvironment:
    """An environment in which no part of a template is evaluated, not even `9**9**9` or `'x' | center(9**9)`."""
    environment = ImmutableSandboxedEnvironment(
        extensions=["jinja2.ext.loopcontrols", *(["jinja2.ext.do"] if new else [])],
        optimized=False,
        finalize=_needs_context,
    )
    environment.intercepted_binops = frozenset(environment.default_binop_table)
    filters = ha_tables.FILTERS | (ha_tables.FILTERS_NEW if new else set()) | (ha_tables.FILTERS_OLD if old else set())
    tests = ha_tables.TESTS | (ha_tables.TESTS_NEW if new else set())
    environment.filters = dict.fromkeys([*environment.filters, *filters], _never_called)
    environment.tests = dict.fromkeys([*environment.tests, *tests], _never_called)
    return environment


@pass_context
def _needs_context(_context: Any, value: Any) -> Any:
    """Needing a context, it keeps jinja2 from computing constant parts when compiling."""
    return value


def _never_called(*_: Any) -> None:
    """Stands for a filter or test: only its name matters when compiling."""
