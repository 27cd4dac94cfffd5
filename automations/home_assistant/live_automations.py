"""What Home Assistant shows of its automations: each with its stored config, or why that cannot be read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from automations.home_assistant.home_api import LiveAutomation, Obstacle
from automations.home_assistant.responses import config_from, config_path, ids_ignored, is_no_route
from automations.home_assistant.traces import moment_of
from automations.http.client import Site
from schemas.errors import NightshiftError
from schemas.home import AutomationConfig

AT_ONCE: Final = 8
"""Configs asked for side by side; Home Assistant answers each from one file."""
LOG_SECONDS: Final = 5.0
"""For the home's log, which is only asked for a hint."""

Stored = tuple[AutomationConfig | None, Obstacle | None, str]
"""A config, else what keeps it from being read, and the same in words."""
NAMELESS: Final[Stored] = (None, Obstacle.NO_ID, "it has no id")
OUTSIDE: Final[Stored] = (None, Obstacle.OUTSIDE, "it is kept in YAML that Home Assistant's editor does not own")
UNASKABLE: Final[Stored] = (None, Obstacle.OUTSIDE, "Home Assistant's editor cannot be asked for an id like its own")


class Showing:
    """Reads over `site`; `ask` is one WebSocket command."""

    def __init__(self, site: Site, ask: Callable[[str], Awaitable[Any]]) -> None:
        self._site, self._ask = site, ask
        self._unaskable: set[str] = set()

    async def read(self, states: Sequence[Mapping[str, Any]]) -> dict[str, LiveAutomation]:
        """The automations of these states, by id; those without one by entity id."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def seen(state: Mapping[str, Any]) -> LiveAutomation | None:
            async with gate:
                return await self._seen(state)

        twice = asyncio.create_task(self._twice())
        try:
            found = await asyncio.gather(*map(seen, states))
            known = {automation.automation_id: automation for automation in found if automation}
            return {**known, **{key: _duplicate(known[key]) for key in await twice & known.keys()}}
        finally:
            twice.cancel()

    def ask_no_more(self, found: Mapping[str, LiveAutomation]) -> None:
        """Leave out what cannot be asked, a line in the home's log each time; `found` in a home that ran throughout."""
        self._unaskable |= {key for key, live in found.items() if live.why_unreadable == UNASKABLE[2]}

    async def _seen(self, state: Mapping[str, Any]) -> LiveAutomation | None:
        """None for an entry that only the registry remembers."""
        entity_id, attributes = state["entity_id"], state["attributes"]
        given = attributes.get("id")
        config, obstacle, why = await self._stored(str(given)) if given is not None else NAMELESS
        if config is None and attributes.get("restored"):
            return None
        return LiveAutomation(
            automation_id=entity_id if given is None else str(given),
            config=config,
            entity_id=entity_id,
            enabled={"on": True, "off": False}.get(state["state"]),
            alias=str(attributes.get("friendly_name", "")),
            why_unreadable=why,
            obstacle=obstacle,
            last_fired=moment_of(attributes.get("last_triggered")),
        )

    async def _stored(self, automation_id: str) -> Stored:
        if automation_id in self._unaskable:
            return UNASKABLE
        answer = await self._site.ask("GET", config_path(automation_id))
        if is_no_route(answer):
            return UNASKABLE
        config = config_from(answer)
        return OUTSIDE if config is None else (config, None, "")

    async def _twice(self) -> frozenset[str]:
        """Ids that stand in the home's file more than once. Only its log tells; a home without one tells nothing."""
        try:
            async with asyncio.timeout(LOG_SECONDS):
                return ids_ignored(await self._ask("system_log/list"))
        except (NightshiftError, TimeoutError):
            return frozenset()


def _duplicate(automation: LiveAutomation) -> LiveAutomation:
    """The home runs the first of them only; a write would replace all, and a removal bring the next to life."""
    why = (
        f"its id {automation.automation_id} is in the home more than once and only the first counts; "
        "give each its own, and restart Home Assistant"
    )
    return replace(automation, config=None, why_unreadable=why, obstacle=Obstacle.DUPLICATE_ID)
