"""The checks of the running service, as dependencies: all at once, each within its time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from reviewer_api.health.checks import HealthCheck
from reviewer_api.models.status import Dependency

TIMEOUT_SECONDS: Final = 3.0


async def read_dependencies(checks: Sequence[HealthCheck]) -> list[Dependency]:
    """In the order of the checks."""
    return list(await asyncio.gather(*(_dependency(check) for check in checks)))


async def count_problems(checks: Sequence[HealthCheck]) -> int:
    """How many are not well; the broker is left out, since the count is published through it."""
    dependencies = await read_dependencies([check for check in checks if check.name != "broker"])
    return sum(dependency.ok is False for dependency in dependencies)


async def _dependency(check: HealthCheck) -> Dependency:
    result, *_ = await check.run(TIMEOUT_SECONDS)
    return Dependency(name=check.name, ok=result.ok, words=result.message, mend=result.fix)
