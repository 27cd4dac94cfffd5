"""Whether what the service needs is well: asked side by side, each with a limit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal

from reviewer_api.models.status import Dependency
from schemas.errors import NightshiftError

Probe = Callable[[], Awaitable[Dependency]]
"""Raises NightshiftError where it is not well."""

Name = Literal["home", "broker", "model", "repository", "disk", "schedule", "history"]
LIMIT_SECONDS: Final = 3.0


async def dependencies(probes: Sequence[tuple[Name, Probe]]) -> list[Dependency]:
    """In the order of the probes."""
    return list(await asyncio.gather(*(_asked(name, probe) for name, probe in probes)))


async def problems(probes: Sequence[tuple[Name, Probe]]) -> int:
    """How many are not well; the broker is left out, since whoever hears of it by the broker knows that it is."""
    return sum(found.ok is False for found in await dependencies([one for one in probes if one[0] != "broker"]))


async def _asked(name: Name, probe: Probe) -> Dependency:
    try:
        return await asyncio.wait_for(probe(), LIMIT_SECONDS)
    except TimeoutError:
        return Dependency(name=name, ok=False, words=f"It did not answer within {LIMIT_SECONDS:.0f} seconds.")
    except NightshiftError as error:
        return Dependency(name=name, ok=False, words=str(error))
