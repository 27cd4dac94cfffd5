"""Check 2, for text and JSON alike: small enough, shallow enough, and without hidden characters.

What only YAML can do (tags, exploding aliases, duplicate keys) is refused while it is parsed: `config/safe_yaml.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from automations.checks.context import CheckContext
from automations.config.safe_yaml import BIDI_CONTROL, MAX_DEPTH, MAX_NODES
from schemas.automation.templates import code_length
from schemas.home import AutomationConfig
from schemas.problems import Problem

MAX_TEMPLATE_CHARS: Final = 10_000
"""Characters of template code in one automation; a person's has some hundred. jinja2 needs 5 microseconds for each."""


def check_input_limits(config: AutomationConfig, _context: CheckContext) -> Iterator[Problem]:
    """Nothing in it can overload or deceive its reader. Later checks rely on these limits."""
    nodes = code = 0
    for value, depth in _values(config):
        nodes += 1
        if depth > MAX_DEPTH:
            yield _problem(f"This is nested deeper than {MAX_DEPTH} levels.", "Divide it into several automations.")
            return
        if nodes > MAX_NODES:
            yield _problem(f"This holds more than {MAX_NODES} values.", "Divide it into several automations.")
            return
        if not isinstance(value, str):
            continue
        code += code_length(value)
        if match := BIDI_CONTROL.search(value):
            yield _problem(
                f"A text holds the character U+{ord(match.group()):04X}, which cannot be seen.", "Remove it."
            )
            return
    if code > MAX_TEMPLATE_CHARS:
        yield _problem(
            f"This holds more than {MAX_TEMPLATE_CHARS} characters of template code.",
            "Move some into a template sensor.",
        )


def _values(config: AutomationConfig) -> Iterator[tuple[Any, int]]:
    """Every key and value with its depth, without recursion."""
    waiting: list[tuple[Any, int]] = [(config, 0)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if depth > MAX_DEPTH:
            continue
        if isinstance(value, dict):
            waiting += [(item, depth + 1) for pair in value.items() for item in pair]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]


def _problem(message: str, fix: str) -> Problem:
    return Problem("untrusted", "yaml", "", message, fix)
