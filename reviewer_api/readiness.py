"""Whether what the service needs is well: asked side by side, each with a limit."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, Literal

from reviewer_api.answers import Dependency
from reviewer_api.broker import Broker
from schemas.errors import NightshiftError

Probe = Callable[[], Awaitable[Dependency]]
"""Raises NightshiftError where it is not well."""

Name = Literal["home", "broker", "model", "repository", "disk", "schedule", "history"]
LIMIT_SECONDS: Final = 3.0
LEAST_FREE_BYTES: Final = 200 * 1024**2


async def dependencies(probes: Sequence[tuple[Name, Probe]]) -> list[Dependency]:
    """In the order of the probes."""
    return list(await asyncio.gather(*(_asked(name, probe) for name, probe in probes)))


async def _asked(name: Name, probe: Probe) -> Dependency:
    try:
        return await asyncio.wait_for(probe(), LIMIT_SECONDS)
    except TimeoutError:
        return Dependency(name=name, ok=False, words=f"It did not answer within {LIMIT_SECONDS:.0f} seconds.")
    except NightshiftError as error:
        return Dependency(name=name, ok=False, words=str(error))


def broker_probe(broker: Broker | None) -> Probe:
    async def probe() -> Dependency:
        if broker is None:
            return Dependency(name="broker", ok=None, words="No broker is set up; notices go to the log.")
        place = f"{broker.address.host}:{broker.address.port}"
        if broker.connected:
            return Dependency(name="broker", ok=True, words=f"Connected to {place}.")
        return Dependency(
            name="broker",
            ok=False,
            words=f"{place} does not take us: {broker.why}",
            mend="Look at MQTT_BROKER, MQTT_USERNAME and MQTT_PASSWORD; notices wait meanwhile.",
        )

    return probe


def disk_probe(folder: Path) -> Probe:
    async def probe() -> Dependency:
        free = shutil.disk_usage(folder).free
        words = f"{free / 1024**2:.0f} MB are free."
        if free >= LEAST_FREE_BYTES:
            return Dependency(name="disk", ok=True, words=words)
        return Dependency(name="disk", ok=False, words=words, mend=f"Make room beside {folder}.")

    return probe
