"""A real Home Assistant as a door: its automations over REST, its registries over WebSocket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from automations.checks import validate_in_home
from automations.config.normalize import equivalent
from automations.home_assistant.home_api import LiveAutomation
from automations.home_assistant.live_automations import Showing
from automations.home_assistant.responses import (
    as_list,
    as_object,
    config_from,
    config_path,
    shown,
    unless_refused,
    why_not_ready,
)
from automations.home_assistant.run_history import Record, record_from
from automations.home_assistant.traces import newest, trace_words
from automations.home_assistant.websocket import Conversation, TokenRefused, conversation
from automations.http.client import Answer, Site
from schemas.errors import InputError, Refused, Unreachable
from schemas.home import AutomationConfig
from schemas.problems import Problem

LABEL = "Nightshift"
"""Marks in the home what came from here."""
TAKEN_SECONDS = 1.5
"""A service that was not refused by then was taken."""


@dataclass(frozen=True)
class Patience:
    """How long the client waits for Home Assistant, in seconds."""

    start: float = 30.0
    """For RUNNING, after its port answers."""
    show: float = 10.0
    """For a written automation to be live, once before and once after a reload."""
    pause: float = 0.05


class HomeAssistant:
    """HomeDoor over HTTP. Writes go one at a time; a 400 to a write is the home's no, all else proves nothing."""

    def __init__(self, url: str, token: str, patience: Patience | None = None) -> None:
        self._site = Site("Home Assistant", "HA_URL", url, token)
        self._token = token
        self._patience = patience or Patience()
        self._writing = asyncio.Lock()
        self._showing = Showing(self._site, self.ask)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._site.close()

    @property
    def name(self) -> str:
        return self._site.shown

    # What the home is and shows

    async def config(self) -> dict[str, Any]:
        """`GET /api/config`: version, state, components, time zone, coordinates."""
        return as_object(await self._site.ask("GET", "/api/config"))

    async def states(self) -> list[dict[str, Any]]:
        """`GET /api/states`: every entity's state now."""
        return as_list(await self._site.ask("GET", "/api/states"))

    async def services(self) -> list[dict[str, Any]]:
        """`GET /api/services`: by domain. Unreachable on the 500 that a missing package of the home can cause."""
        return as_list(await self._site.ask("GET", "/api/services"))

    async def call(self, domain: str, service: str, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Call a service and give the states that it changed; Refused on 400."""
        answer = await self._site.ask("POST", f"/api/services/{domain}/{service}", json=dict(data))
        return as_list(unless_refused(answer))

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """Any other question over REST; `path` percent-encoded."""
        return await self._site.ask("GET", path, params)

    async def ask(self, kind: str, **fields: Any) -> Any:
        """One WebSocket command's result, on a connection of its own."""
        async with self.conversation() as talk:
            return await talk.ask(kind, **fields)

    @asynccontextmanager
    async def conversation(self) -> AsyncIterator[Conversation]:
        """A connection for many WebSocket commands; a token that was refused once is not sent here either."""
        if self._site.refused:
            raise self._site.refused
        try:
            async with conversation(self._site.url, self._token) as talk:
                yield talk
        except TokenRefused as error:
            self._site.refused = error
            raise

    # The door

    async def ready(self) -> None:
        reason = ""

        async def running() -> bool:
            nonlocal reason
            reason = why_not_ready(await self.config())
            return not reason

        if not await self._within(self._patience.start, running):
            raise Unreachable(f"{self.name} is not ready for changes: {reason}; try again when it is.")

    async def live(self) -> dict[str, LiveAutomation]:
        await self._shows_all()
        states = [state for state in await self.states() if state["entity_id"].startswith("automation.")]
        found = await self._showing.read(states)
        await self._shows_all()  # stopped and started meanwhile, it showed a part of them, or none
        self._showing.ask_no_more(found)
        return found

    async def read(self, automation_id: str) -> AutomationConfig | None:
        return config_from(await self._site.ask("GET", config_path(automation_id)))

    async def write(self, automation_id: str, config: AutomationConfig) -> None:
        # A body with another id than the address is stored under the body's and never loaded.
        if str(config.get("id", automation_id)) != automation_id:
            raise InputError(f"The automation {automation_id} carries the id {config['id']}; remove its `id` line.")
        body = {key: value for key, value in config.items() if key != "id"}
        async with self._writing:
            await self.ready()
            before = shown(await self.states())
            await self._post(automation_id, body)
            await self._wait_until_live(automation_id, before.get(automation_id))

    async def show(self, automation_id: str) -> None:
        async with self._writing:
            await self.ready()
            await self._wait_until_live(automation_id, None)

    async def delete(self, automation_id: str) -> None:
        async with self._writing:
            await self.ready()
            await self._delete(automation_id)
            if not await self._within(self._patience.show, lambda: self._is_gone(automation_id)):
                raise Unreachable(
                    f"{self.name} removed {automation_id} from its automations file and still shows it; "
                    "it is also defined elsewhere (a package or another YAML file): remove it there."
                )

    async def run(self, automation_id: str) -> None:
        state = await self._state_of(automation_id)
        if state is None:
            raise Refused(f"{self.name} has no automation {automation_id} to run.")
        # The service answers when the actions have ended, delays included: that it was taken is enough.
        with suppress(TimeoutError):
            wanted = {"entity_id": state["entity_id"], "skip_condition": True}
            await asyncio.wait_for(self.call("automation", "trigger", wanted), TAKEN_SECONDS)

    async def trace(self, automation_id: str, since: datetime) -> list[str]:
        asked = {"domain": "automation", "item_id": automation_id}
        async with self.conversation() as talk:
            run = newest(await talk.ask("trace/list", **asked), since)
            return trace_words(await talk.ask("trace/get", **asked, run_id=run)) if run else []

    async def opinion(self, config: AutomationConfig) -> list[Problem] | None:
        return await validate_in_home(config, self.ask)

    async def record(self, automation_id: str, since: datetime) -> Record | None:
        state = await self._state_of(automation_id)
        if state is None:
            return None
        question = {"start_time": since.isoformat(), "entity_ids": [state["entity_id"]]}
        async with self.conversation() as talk:
            logbook = await talk.ask("logbook/get_events", **question)
            traces = await talk.ask("trace/list", domain="automation", item_id=automation_id)
        return record_from(logbook, traces, state["state"] != "off", since, datetime.now(UTC))

    async def mark(self, automation_id: str) -> None:
        state = await self._state_of(automation_id)
        if state is None:
            return
        async with self.conversation() as talk:
            labels = {label["name"]: label["label_id"] for label in await talk.ask("config/label_registry/list")}
            ours = labels.get(LABEL) or (await talk.ask("config/label_registry/create", name=LABEL))["label_id"]
            entity = await talk.ask("config/entity_registry/get", entity_id=state["entity_id"])
            if ours not in entity["labels"]:
                named = {"entity_id": state["entity_id"], "labels": [*entity["labels"], ours]}
                await talk.ask("config/entity_registry/update", **named)

    async def first_write_warning(self) -> str:
        automations = await self._automations()
        without_id = sum(1 for state in automations if "id" not in state["attributes"])
        lost = "At the first change Home Assistant writes its automations.yaml anew: comments, quoting and blank lines"
        given = f" {without_id} of {len(automations)} automations have no id; those in that file get a random one."
        return f"{lost} in it are lost, and a symbolic link becomes a plain file.{given if without_id else ''}"

    # How it is done

    async def _shows_all(self) -> None:
        if why := why_not_ready(await self.config()):
            raise Unreachable(f"{self.name} does not show its automations now: {why}; try again when it does.")

    async def _automations(self) -> list[dict[str, Any]]:
        """The states of its automations; what only the registry remembers is none."""
        states = [state for state in await self.states() if state["entity_id"].startswith("automation.")]
        return [state for state in states if not state["attributes"].get("restored")]

    async def _state_of(self, automation_id: str) -> dict[str, Any] | None:
        found = (s for s in await self._automations() if str(s["attributes"].get("id")) == automation_id)
        return next(found, None)

    async def _post(self, automation_id: str, body: AutomationConfig) -> None:
        try:
            answer = await self._site.ask("POST", config_path(automation_id), json=body)
        except Unreachable:
            # A broken connection proves nothing: what is stored decides.
            stored = await self.read(automation_id)
            if stored is None or not equivalent(stored, body):
                raise
        else:
            as_object(unless_refused(answer))

    async def _delete(self, automation_id: str) -> None:
        try:
            answer = await self._site.ask("DELETE", config_path(automation_id))
        except Unreachable:
            if await self.read(automation_id) is not None:
                raise
            return
        # 400 "Resource not found" is how it says that the automation is gone already.
        if answer.status == 400 and await self.read(automation_id) is None:
            return
        as_object(answer)

    async def _wait_until_live(self, automation_id: str, before: str | None) -> None:
        """The answer precedes the reload: wait until the entity is there, and is not the one from before.

        Where it stays the one from before, even after a reload, Home Assistant saw no change to load.
        """

        async def renewed() -> bool:
            return (await self._shown_at(automation_id)) not in (None, before)

        if await self._within(self._patience.show, renewed):
            return
        await self._reload()
        if await self._within(self._patience.show, renewed) or await self._shown_at(automation_id):
            return
        raise Unreachable(
            f"{self.name} stored {automation_id} and does not show it as a working automation; look in its log, "
            "and for `automation: !include automations.yaml` in its configuration.yaml."
        )

    async def _reload(self) -> None:
        try:
            await self.call("automation", "reload", {})
        except Refused as error:
            # The home is asked to read its files, not what we think of an automation: this is no word about ours.
            raise Unreachable(f"{self.name} cannot load its automations now. {error}") from error

    async def _shown_at(self, automation_id: str) -> str | None:
        return shown(await self.states()).get(automation_id)

    async def _is_gone(self, automation_id: str) -> bool:
        return await self._shown_at(automation_id) is None

    async def _within(self, seconds: float, is_so: Callable[[], Any]) -> bool:
        end = time.monotonic() + seconds
        while not await is_so():
            if time.monotonic() >= end:
                return False
            await asyncio.sleep(self._patience.pause)
        return True
