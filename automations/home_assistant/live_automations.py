"""Reads Home Assistant's automations: each with its stored config, or why that cannot be read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from automations.home_assistant.home_api import LiveAutomation, Obstacle
from automations.home_assistant.responses import (
    config_from_response,
    config_path,
    duplicate_ids_from_log,
    is_missing_route,
)
from automations.home_assistant.traces import time_from_text
from automations.http.client import HttpClient
from schemas.errors import NightshiftError
from schemas.home import AutomationConfig

MAX_CONCURRENT_READS: Final = 8
"""Configs requested in parallel; Home Assistant reads its whole file for each."""
LOG_TIMEOUT_SECONDS: Final = 5.0
"""For the home's log, which is only needed to find duplicate ids."""

StoredConfig = tuple[AutomationConfig | None, Obstacle | None, str]
"""A config, else what keeps it from being read, and the same as a sentence."""
WITHOUT_ID: Final[StoredConfig] = (None, Obstacle.NO_ID, "it has no id")
OUTSIDE: Final[StoredConfig] = (None, Obstacle.OUTSIDE, "it is kept in YAML that Home Assistant's editor does not own")
NOT_ADDRESSABLE: Final[StoredConfig] = (
    None,
    Obstacle.OUTSIDE,
    "Home Assistant's editor cannot be asked for an id like its own",
)


class LiveAutomationReader:
    """Reads over `http`; `send_command` runs one WebSocket command."""

    def __init__(self, http: HttpClient, send_command: Callable[[str], Awaitable[Any]]) -> None:
        self._http, self._send_command = http, send_command
        self._not_addressable: set[str] = set()

    async def read(self, states: Sequence[Mapping[str, Any]]) -> dict[str, LiveAutomation]:
        """The automations of these states, by id; those without one by entity id."""
        semaphore = asyncio.Semaphore(MAX_CONCURRENT_READS)

        async def read_limited(state: Mapping[str, Any]) -> LiveAutomation | None:
            async with semaphore:
                return await self._read_one(state)

        duplicates = asyncio.create_task(self._duplicate_ids())
        try:
            automations = await asyncio.gather(*map(read_limited, states))
            by_id = {automation.automation_id: automation for automation in automations if automation}
            return {**by_id, **{key: _marked_duplicate(by_id[key]) for key in await duplicates & by_id.keys()}}
        finally:
            duplicates.cancel()

    def skip_not_addressable(self, automations: Mapping[str, LiveAutomation]) -> None:
        """Skip from now on the ids that the config API cannot address: each request adds a line to the home's log.

        `automations` must come from a home that ran throughout the read.
        """
        self._not_addressable |= {key for key, live in automations.items() if live.why_unreadable == NOT_ADDRESSABLE[2]}

    async def _read_one(self, state: Mapping[str, Any]) -> LiveAutomation | None:
        """None for an entity that was only restored from the registry."""
        entity_id, attributes = state["entity_id"], state["attributes"]
        given = attributes.get("id")
        config, obstacle, why = await self._read_config(str(given)) if given is not None else WITHOUT_ID
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
            last_triggered=time_from_text(attributes.get("last_triggered")),
        )

    async def _read_config(self, automation_id: str) -> StoredConfig:
        if automation_id in self._not_addressable:
            return NOT_ADDRESSABLE
        response = await self._http.request("GET", config_path(automation_id))
        if is_missing_route(response):
            return NOT_ADDRESSABLE
        config = config_from_response(response)
        return OUTSIDE if config is None else (config, None, "")

    async def _duplicate_ids(self) -> frozenset[str]:
        """Ids that are in the home's file more than once, from its log; empty where the log cannot be read."""
        try:
            async with asyncio.timeout(LOG_TIMEOUT_SECONDS):
                return duplicate_ids_from_log(await self._send_command("system_log/list"))
        except (NightshiftError, TimeoutError):
            return frozenset()


def _marked_duplicate(automation: LiveAutomation) -> LiveAutomation:
    """The home runs the first of them only; a write would replace all, and a removal activate the next."""
    why = (
        f"its id {automation.automation_id} is in the home more than once and only the first counts; "
        "give each its own, and restart Home Assistant"
    )
    return replace(automation, config=None, why_unreadable=why, obstacle=Obstacle.DUPLICATE_ID)
