"""Rung 7: what the home itself says, where one is connected; a dry run that writes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from automations.config.yaml import modern
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity

Ask = Callable[..., Awaitable[Any]]
"""Asks the home over its WebSocket: `await ask("validate_config", triggers=[...])` returns the result."""

PARTS: Final = ("triggers", "conditions", "actions")


async def home_opinion(config: AutomationConfig, ask: Ask) -> list[Problem]:
    """The home's complaints in its own words; raises what `ask` raises where the home does not answer."""
    renamed = modern(config)
    given = {
        part: renamed[part] if isinstance(renamed[part], list) else [renamed[part]]
        for part in PARTS
        if renamed.get(part)
    }
    if not given:
        return []
    answer = await ask("validate_config", **given)
    found = []
    for part in given:
        verdict = answer.get(part) if isinstance(answer, dict) else None
        if isinstance(verdict, dict) and verdict.get("valid") is False:
            message = f"Home Assistant refuses the {part}: {verdict.get('error')}"
            found.append(Problem("home_opinion", "home", part, message, "Mend what it names."))
    return found


def settled_by_home(problems: list[Problem], opinion: list[Problem]) -> list[Problem]:
    """Our findings beside the home's: what we do not know and the home accepts is no longer a problem."""
    refused = {problem.path for problem in opinion}
    kept = [
        replace(problem, severity=Severity.WARN)
        if problem.rung in PARTS and problem.severity is Severity.BLOCK and problem.rung not in refused
        else problem
        for problem in problems
    ]
    return [*kept, *opinion]
