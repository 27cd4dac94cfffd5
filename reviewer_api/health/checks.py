"""The one list of what must be well; `doctor`, `/health/ready`, the page and the home's sensor all run it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal, cast

from reviewer_api.health.check_result import CheckResult
from reviewer_api.tasks.background import BackgroundTask
from schemas.errors import NightshiftError

CheckName = Literal["home", "broker", "model", "repository", "disk", "schedule", "history"]
Check = Callable[[], Awaitable[CheckResult | Sequence[CheckResult]]]
"""Raises NightshiftError where it is not well."""


@dataclass(frozen=True)
class Checks:
    """The list. The running service says what it knows (`known.py`), the doctor asks anew (`asked.py`)."""

    home: Check
    broker: Check
    model: Check
    repository: Check
    disk: Check
    schedule: Check
    history: Check


@dataclass(frozen=True)
class HealthCheck:
    """`tasks` run in the background for it: where one failed, it is not well."""

    name: CheckName
    check: Check
    tasks: Sequence[BackgroundTask] = ()

    async def run(self, within_seconds: float | None = None) -> list[CheckResult]:
        """At least one result; a check that fails or takes too long is one too."""
        found: CheckResult | Sequence[CheckResult]
        try:
            async with asyncio.timeout(within_seconds):
                found = await self.check()
        except TimeoutError:
            found = CheckResult(self.name, False, f"It did not answer within {within_seconds:.0f} seconds.")
        except NightshiftError as error:
            found = CheckResult(self.name, False, str(error))
        first, *rest = [found] if isinstance(found, CheckResult) else found
        return [_with_failed_tasks(first, self.tasks), *rest]


def health_checks(
    checks: Checks, tasks: Mapping[CheckName, Sequence[BackgroundTask]] | None = None
) -> tuple[HealthCheck, ...]:
    names = [cast(CheckName, field.name) for field in fields(checks)]
    return tuple(HealthCheck(name, getattr(checks, name), (tasks or {}).get(name, ())) for name in names)


def _with_failed_tasks(result: CheckResult, tasks: Sequence[BackgroundTask]) -> CheckResult:
    problems = [f"The task `{task.name}` failed ({task.problem})." for task in tasks if task.problem]
    if not problems:
        return result
    fix = result.fix or "It is tried again by itself; the log says more."
    return replace(result, ok=False, message=" ".join([result.message, *problems]), fix=fix)
