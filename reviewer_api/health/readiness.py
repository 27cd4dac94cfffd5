"""Probes the dependencies of the service concurrently, each with a timeout."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal

from reviewer_api.models.status import Dependency
from schemas.errors import NightshiftError

Probe = Callable[[], Awaitable[Dependency]]
"""Raises NightshiftError where it is not well."""

DependencyName = Literal["home", "broker", "model", "repository", "disk", "schedule", "history"]
TIMEOUT_SECONDS: Final = 3.0


async def probe_dependencies(probes: Sequence[tuple[DependencyName, Probe]]) -> list[Dependency]:
    """In the order of the probes."""
    return list(await asyncio.gather(*(_run_probe(name, probe) for name, probe in probes)))


async def count_problems(probes: Sequence[tuple[DependencyName, Probe]]) -> int:
    """How many are not well; the broker is left out, since the count is published through it."""
    return sum(
        dependency.ok is False for dependency in await probe_dependencies([one for one in probes if one[0] != "broker"])
    )


async def _run_probe(name: DependencyName, probe: Probe) -> Dependency:
    try:
        return await asyncio.wait_for(probe(), TIMEOUT_SECONDS)
    except TimeoutError:
        return Dependency(name=name, ok=False, words=f"It did not answer within {TIMEOUT_SECONDS:.0f} seconds.")
    except NightshiftError as error:
        return Dependency(name=name, ok=False, words=str(error))
