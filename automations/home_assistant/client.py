"""A real Home Assistant: its automations over REST, its registries over WebSocket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from automations.checks import validate_in_home
from automations.config.normalize import equivalent
from automations.home_assistant.home_api import LiveAutomation
from automations.home_assistant.live_automations import LiveAutomationReader
from automations.home_assistant.responses import (
    config_from_response,
    config_path,
    last_updated_by_id,
    list_from_response,
    not_ready_reason,
    object_from_response,
    raise_if_refused,
)
from automations.home_assistant.run_history import RunHistory, run_history_from_logbook
from automations.home_assistant.traces import describe_trace, newest_run_id
from automations.home_assistant.websocket import TokenRefused, WebSocketSession, open_session
from automations.http.client import HttpClient, HttpResponse
from schemas.errors import InputError, Refused, Unreachable
from schemas.home import AutomationConfig
from schemas.problems import Problem
from schemas.secrets import REDACTED, Secrets

LABEL = "Nightshift"
"""The label of the automations that we wrote."""
REFUSAL_WAIT_SECONDS = 1.5
"""A service call that was not refused by then was accepted."""


@dataclass(frozen=True)
class Timeouts:
    """How long the client waits for Home Assistant, in seconds."""

    start_seconds: float = 30.0
    """For RUNNING, after its port answers."""
    load_seconds: float = 10.0
    """For a written automation to be live, once before and once after a reload."""
    poll_interval_seconds: float = 0.05


class HomeAssistant:
    """AutomationStore and AutomationInsight over HTTP.

    Writes go one at a time; a 400 to a write is a refusal, any other failure proves nothing.
    """

    def __init__(self, url: str, token: str, timeouts: Timeouts | None = None, secrets: Secrets | None = None) -> None:
        self._http = HttpClient("Home Assistant", "HA_URL", url, token, secrets=secrets)
        self._token = token
        self._timeouts = timeouts or Timeouts()
        self._write_lock = asyncio.Lock()
        self._live_reader = LiveAutomationReader(self._http, self.send_command)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    @property
    def name(self) -> str:
        return self._http.display_url

    # Reading the home

    async def read_core_config(self) -> dict[str, Any]:
        """`GET /api/config`: version, state, components, time zone, coordinates."""
        return object_from_response(await self._http.request("GET", "/api/config"))

    async def read_states(self) -> list[dict[str, Any]]:
        """`GET /api/states`: every entity's state now."""
        return list_from_response(await self._http.request("GET", "/api/states"))

    async def read_services(self) -> list[dict[str, Any]]:
        """`GET /api/services`: by domain. Unreachable on the 500 that a missing package of the home can cause."""
        return list_from_response(await self._http.request("GET", "/api/services"))

    async def call_service(self, domain: str, service: str, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Call a service and return the states that it changed; Refused on 400."""
        response = await self._http.request("POST", f"/api/services/{domain}/{service}", json=dict(data))
        return list_from_response(raise_if_refused(response))

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> HttpResponse:
        """Any other GET request over REST; `path` percent-encoded."""
        return await self._http.request("GET", path, params)

    async def send_command(self, kind: str, **fields: Any) -> Any:
        """One WebSocket command's result, on a connection of its own."""
        async with self.open_websocket() as session:
            return await session.send_command(kind, **fields)

    @asynccontextmanager
    async def open_websocket(self) -> AsyncIterator[WebSocketSession]:
        """A connection for many WebSocket commands; a token that was refused once is not sent here either."""
        if self._http.auth_error:
            raise self._http.auth_error
        try:
            async with open_session(self._http.url, self._token, self._http.secrets) as session:
                yield session
        except TokenRefused as error:
            self._http.auth_error = error
            raise

    # AutomationStore and AutomationInsight

    async def wait_until_ready(self) -> None:
        reason = ""

        async def running() -> bool:
            nonlocal reason
            reason = not_ready_reason(await self.read_core_config())
            return not reason

        if not await self._poll_until(self._timeouts.start_seconds, running):
            raise Unreachable(f"{self.name} is not ready for changes: {reason}; try again when it is.")

    async def list_automations(self) -> dict[str, LiveAutomation]:
        await self._require_ready()
        states = [state for state in await self.read_states() if state["entity_id"].startswith("automation.")]
        automations = await self._live_reader.read(states)
        await self._require_ready()  # restarted meanwhile, it listed only some of them, or none
        self._live_reader.skip_not_addressable(automations)
        return automations

    async def read(self, automation_id: str) -> AutomationConfig | None:
        return config_from_response(await self._http.request("GET", config_path(automation_id)))

    async def write(self, automation_id: str, config: AutomationConfig) -> None:
        # A body with another id than the address is stored under the body's and never loaded.
        if str(config.get("id", automation_id)) != automation_id:
            raise InputError(f"The automation {automation_id} carries the id {config['id']}; remove its `id` line.")
        body = {key: value for key, value in config.items() if key != "id"}
        if REDACTED in json.dumps(body, ensure_ascii=False, default=str):
            raise Refused(
                f"The automation {automation_id} says {REDACTED} where a secret of ours stood, so it is not written; "
                "put the value into the home's secrets.yaml and name it by !secret."
            )
        async with self._write_lock:
            await self.wait_until_ready()
            before = last_updated_by_id(await self.read_states())
            await self._post(automation_id, body)
            await self._wait_until_live(automation_id, before.get(automation_id))

    async def ensure_loaded(self, automation_id: str) -> None:
        async with self._write_lock:
            await self.wait_until_ready()
            await self._wait_until_live(automation_id, None)

    async def delete(self, automation_id: str) -> None:
        async with self._write_lock:
            await self.wait_until_ready()
            await self._delete(automation_id)
            if not await self._poll_until(self._timeouts.load_seconds, lambda: self._is_gone(automation_id)):
                raise Unreachable(
                    f"{self.name} removed {automation_id} from its automations file and still shows it; "
                    "it is also defined elsewhere (a package or another YAML file): remove it there."
                )

    async def run(self, automation_id: str) -> None:
        state = await self._find_state(automation_id)
        if state is None:
            raise Refused(f"{self.name} has no automation {automation_id} to run.")
        # The service responds when the actions have ended, delays included: that it was accepted is enough.
        with suppress(TimeoutError):
            wanted = {"entity_id": state["entity_id"], "skip_condition": True}
            await asyncio.wait_for(self.call_service("automation", "trigger", wanted), REFUSAL_WAIT_SECONDS)

    async def describe_last_run(self, automation_id: str, since: datetime) -> list[str]:
        target = {"domain": "automation", "item_id": automation_id}
        async with self.open_websocket() as session:
            run_id = newest_run_id(await session.send_command("trace/list", **target), since)
            return describe_trace(await session.send_command("trace/get", **target, run_id=run_id)) if run_id else []

    async def validate(self, config: AutomationConfig) -> list[Problem] | None:
        return await validate_in_home(config, self.send_command)

    async def read_run_history(self, automation_id: str, since: datetime) -> RunHistory | None:
        state = await self._find_state(automation_id)
        if state is None:
            return None
        query = {"start_time": since.isoformat(), "entity_ids": [state["entity_id"]]}
        async with self.open_websocket() as session:
            logbook = await session.send_command("logbook/get_events", **query)
            traces = await session.send_command("trace/list", domain="automation", item_id=automation_id)
        return run_history_from_logbook(logbook, traces, state["state"] != "off", since, datetime.now(UTC))

    async def add_label(self, automation_id: str) -> None:
        state = await self._find_state(automation_id)
        if state is None:
            return
        async with self.open_websocket() as session:
            labels = {
                label["name"]: label["label_id"] for label in await session.send_command("config/label_registry/list")
            }
            label_id = (
                labels.get(LABEL)
                or (await session.send_command("config/label_registry/create", name=LABEL))["label_id"]
            )
            entity = await session.send_command("config/entity_registry/get", entity_id=state["entity_id"])
            if label_id not in entity["labels"]:
                update = {"entity_id": state["entity_id"], "labels": [*entity["labels"], label_id]}
                await session.send_command("config/entity_registry/update", **update)

    async def first_write_warning(self) -> str:
        automations = await self._automation_states()
        without_id = sum(1 for state in automations if "id" not in state["attributes"])
        lost = "At the first change Home Assistant writes its automations.yaml anew: comments, quoting and blank lines"
        given = f" {without_id} of {len(automations)} automations have no id; those in that file get a random one."
        return f"{lost} in it are lost, and a symbolic link becomes a plain file.{given if without_id else ''}"

    # Helpers

    async def _require_ready(self) -> None:
        if why := not_ready_reason(await self.read_core_config()):
            raise Unreachable(f"{self.name} does not show its automations now: {why}; try again when it does.")

    async def _automation_states(self) -> list[dict[str, Any]]:
        """The states of its automations; an entity that was only restored from the registry is none."""
        states = [state for state in await self.read_states() if state["entity_id"].startswith("automation.")]
        return [state for state in states if not state["attributes"].get("restored")]

    async def _find_state(self, automation_id: str) -> dict[str, Any] | None:
        matches = (s for s in await self._automation_states() if str(s["attributes"].get("id")) == automation_id)
        return next(matches, None)

    async def _post(self, automation_id: str, body: AutomationConfig) -> None:
        try:
            response = await self._http.request("POST", config_path(automation_id), json=body)
        except Unreachable:
            # A broken connection proves nothing: what is stored decides.
            stored = await self.read(automation_id)
            if stored is None or not equivalent(stored, body):
                raise
        else:
            object_from_response(raise_if_refused(response))

    async def _delete(self, automation_id: str) -> None:
        try:
            response = await self._http.request("DELETE", config_path(automation_id))
        except Unreachable:
            if await self.read(automation_id) is not None:
                raise
            return
        # 400 "Resource not found" means that the automation is gone already.
        if response.status == 400 and await self.read(automation_id) is None:
            return
        object_from_response(response)

    async def _wait_until_live(self, automation_id: str, before: str | None) -> None:
        """The response precedes the reload: wait until the entity is there with a `last_updated` other than `before`.

        Where that stays the same, even after a reload, Home Assistant found no change to load.
        """

        async def renewed() -> bool:
            return (await self._last_updated(automation_id)) not in (None, before)

        if await self._poll_until(self._timeouts.load_seconds, renewed):
            return
        await self._reload()
        if await self._poll_until(self._timeouts.load_seconds, renewed) or await self._last_updated(automation_id):
            return
        raise Unreachable(
            f"{self.name} stored {automation_id} and does not show it as a working automation; look in its log, "
            "and for `automation: !include automations.yaml` in its configuration.yaml."
        )

    async def _reload(self) -> None:
        try:
            await self.call_service("automation", "reload", {})
        except Refused as error:
            # A refused reload concerns all of the home's files, so it is no refusal of this automation.
            raise Unreachable(f"{self.name} cannot load its automations now. {error}") from error

    async def _last_updated(self, automation_id: str) -> str | None:
        return last_updated_by_id(await self.read_states()).get(automation_id)

    async def _is_gone(self, automation_id: str) -> bool:
        return await self._last_updated(automation_id) is None

    async def _poll_until(self, seconds: float, condition: Callable[[], Any]) -> bool:
        end = time.monotonic() + seconds
        while not await condition():
            if time.monotonic() >= end:
                return False
            await asyncio.sleep(self._timeouts.poll_interval_seconds)
        return True
