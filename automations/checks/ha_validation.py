"""Check 7: Home Assistant's own validation, where a home is connected; a dry run that writes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from automations.config.normalize import modernize
from automations.config.values import as_list
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity

AskHome = Callable[..., Awaitable[Any]]
"""Calls the home's WebSocket API: `await ask("validate_config", triggers=[...])` returns the result."""

PARTS: Final = ("triggers", "conditions", "actions")


async def validate_in_home(config: AutomationConfig, ask: AskHome) -> list[Problem]:
    """The home's errors in its own words; raises what `ask` raises where the home does not answer."""
    renamed = modernize(config)
    parts = {part: as_list(renamed[part]) for part in PARTS if renamed.get(part)}
    if not parts:
        return []
    answer = await ask("validate_config", **parts)
    problems = []
    for part in parts:
        result = answer.get(part) if isinstance(answer, dict) else None
        if isinstance(result, dict) and result.get("valid") is False:
            message = f"Home Assistant refuses the {part}: {result.get('error')}"
            problems.append(Problem("home_opinion", "home", part, message, "Mend what it names."))
    return problems


def merge_home_problems(problems: list[Problem], home_problems: list[Problem]) -> list[Problem]:
    """Our problems and the home's: what blocks here but is accepted by the home becomes a warning."""
    refused = {problem.path for problem in home_problems}
    kept = [
        replace(problem, severity=Severity.WARN)
        if problem.stage in PARTS and problem.severity is Severity.BLOCK and problem.stage not in refused
        else problem
        for problem in problems
    ]
    return [*kept, *home_problems]
