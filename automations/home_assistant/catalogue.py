"""What is known of the home: read from Home Assistant, cached in a file with its age for when it is unreachable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from automations.files.atomic_write import atomic_write
from automations.home_assistant.client import HomeAssistant
from automations.home_assistant.home_file import home_from_document
from automations.home_assistant.registries import Registries, home_from_registries
from automations.home_assistant.responses import not_running_reason
from automations.home_assistant.websocket import WebSocketSession
from schemas.errors import InputError, Refused, Unauthorized, Unreachable
from schemas.home import AutomationConfig, Home, document_from_home

CACHE_FILE = "home.json"


@dataclass(frozen=True)
class HomeSnapshot:
    """A home as read at `read_at` (UTC; None: never); `notes` are sentences for the run report."""

    home: Home
    read_at: datetime | None
    notes: tuple[str, ...] = ()

    def describe_age(self, now: datetime) -> str:
        """How old this knowledge is, in a sentence."""
        if self.read_at is None:
            return "Nothing is known of the home: set HA_URL and HA_TOKEN, or HOME_FILE."
        then = self.read_at.astimezone(self.home.tzinfo)
        return (
            f"The home was taken as it was known on {then:%Y-%m-%d %H:%M %Z}, {_describe_elapsed(now - self.read_at)}."
        )


async def read_home_or_cache(client: HomeAssistant, cache: Path, now: datetime) -> HomeSnapshot:
    """Read the home and keep it in `cache`; where it cannot be reached, the cached one with a note."""
    cached = read_cached_home(cache)
    try:
        registries = await read_registries(client)
    except Unreachable as error:
        if cached is None:
            raise
        return replace(cached, notes=(str(error),))
    snapshot = HomeSnapshot(home_from_registries(registries, cached.home if cached else None), now, registries.notes)
    _write_cache(cache, snapshot)
    return snapshot


def read_cached_home(cache: Path) -> HomeSnapshot | None:
    """The home as last read; None where it never was, or the file is damaged."""
    try:
        document = json.loads(cache.read_text(encoding="utf-8"))
        return HomeSnapshot(home_from_document(document["home"], cache), datetime.fromisoformat(document["read_at"]))
    except (OSError, ValueError, KeyError, TypeError, InputError):
        return None


async def read_registries(client: HomeAssistant) -> Registries:
    """Everything the catalogue needs, on one connection. Unreachable, Unauthorized as the client raises them."""
    config, states = await client.read_core_config(), await client.read_states()
    if why := not_running_reason(config):
        raise Unreachable(f"{client.name} does not show all that it has: {why}.")
    services, notes = await _read_services(client)
    async with client.open_websocket() as session:
        automations, automation_notes = await _read_automation_configs(session, states)
        return Registries(
            config=config,
            states=states,
            entities=await session.send_command("config/entity_registry/list"),
            devices=await session.send_command("config/device_registry/list"),
            areas=await session.send_command("config/area_registry/list"),
            floors=await _list_registry_if_supported(session, "config/floor_registry/list"),
            labels=await _list_registry_if_supported(session, "config/label_registry/list"),
            services=services,
            automations=automations,
            users=await _read_users(session),
            our_user=str((await session.send_command("auth/current_user"))["id"]),
            notes=(*notes, *automation_notes),
        )


async def _list_registry_if_supported(session: WebSocketSession, kind: str) -> list[dict[str, Any]]:
    """A registry that Home Assistant has since 2024.4 only; nothing from an older one."""
    try:
        rows: list[dict[str, Any]] = await session.send_command(kind)
    except Refused:
        return []
    return rows


async def _read_services(client: HomeAssistant) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    try:
        return await client.read_services(), ()
    except Unreachable as error:
        return [], (f"{error} Without its list of services, actions are not checked against it.",)


async def _read_automation_configs(
    session: WebSocketSession, states: Sequence[dict[str, Any]]
) -> tuple[list[AutomationConfig], tuple[str, ...]]:
    """The configs of all automations that are loaded, also of those that are only in YAML."""
    configs: list[AutomationConfig] = []
    for state in states:
        if not state["entity_id"].startswith("automation."):
            continue
        try:
            configs.append((await session.send_command("automation/config", entity_id=state["entity_id"]))["config"])
        except Unauthorized as error:
            return [], (f"{error} Conflicts with existing automations are not seen.",)
        except Refused:
            continue  # unavailable: there is an entity and no working automation
    return [config for config in configs if config], ()


async def _read_users(session: WebSocketSession) -> list[dict[str, Any]]:
    try:
        users: list[dict[str, Any]] = await session.send_command("config/auth/list")
    except (Refused, Unauthorized):
        return []
    return users


def _write_cache(cache: Path, snapshot: HomeSnapshot) -> None:
    document = {
        "read_at": snapshot.read_at.isoformat() if snapshot.read_at else None,
        "home": document_from_home(snapshot.home),
    }
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(cache) as file:
            file.write(json.dumps(document).encode())
    except OSError as error:
        raise InputError(f"{cache} cannot be written ({error.strerror}); set DATA_DIR.") from error


def modified_at(path: Path) -> datetime:
    """When the file was last written, UTC."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _describe_elapsed(age: timedelta) -> str:
    minutes = age / timedelta(minutes=1)
    if minutes < 2:
        return "just now"
    hours = minutes / 60
    return (
        f"{minutes:.0f} minutes ago"
        if hours < 2
        else f"{hours:.0f} hours ago"
        if hours < 48
        else f"{hours / 24:.0f} days ago"
    )
