"""What is known of the home: asked of Home Assistant, kept in a file with its age for when it does not answer."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from automations.home_assistant.client import HomeAssistant
from automations.home_assistant.home_file import home_from_document
from automations.home_assistant.registries import Registries, home_from
from automations.home_assistant.responses import why_not_running
from automations.home_assistant.websocket import Conversation
from schemas.errors import InputError, Refused, Unauthorized, Unreachable
from schemas.home import AutomationConfig, Home, document_from_home

CACHE_FILE = "home.json"


@dataclass(frozen=True)
class KnownHome:
    """A home as told at `read_at` (UTC; None: never); `notes` are sentences for the run report."""

    home: Home
    read_at: datetime | None
    notes: tuple[str, ...] = ()

    def age(self, now: datetime) -> str:
        """How old this knowledge is, in a sentence."""
        if self.read_at is None:
            return "Nothing is known of the home: set HA_URL and HA_TOKEN, or HOME_FILE."
        then = self.read_at.astimezone(self.home.tzinfo)
        return f"The home was taken as it was known on {then:%Y-%m-%d %H:%M %Z}, {_ago(now - self.read_at)}."


async def read_or_cached(door: HomeAssistant, cache: Path, now: datetime) -> KnownHome:
    """Ask the home and keep its answer in `cache`; where it cannot be reached, the cache serves with a note."""
    before = cached_home(cache)
    try:
        told = await read_registries(door)
    except Unreachable as error:
        if before is None:
            raise
        return replace(before, notes=(str(error),))
    known = KnownHome(home_from(told, before.home if before else None), now, told.notes)
    _keep(cache, known)
    return known


def cached_home(cache: Path) -> KnownHome | None:
    """The home as it was last told; None where it was never, or the file is damaged."""
    try:
        document = json.loads(cache.read_text(encoding="utf-8"))
        return KnownHome(home_from_document(document["home"], cache), datetime.fromisoformat(document["read_at"]))
    except (OSError, ValueError, KeyError, TypeError, InputError):
        return None


async def read_registries(door: HomeAssistant) -> Registries:
    """Everything the catalogue needs, on one connection. Unreachable, Unauthorized as the client raises them."""
    config, states = await door.config(), await door.states()
    if why := why_not_running(config):
        raise Unreachable(f"{door.name} does not show all that it has: {why}.")
    services, notes = await _services(door)
    async with door.conversation() as talk:
        automations, automation_notes = await _automations(talk, states)
        return Registries(
            config=config,
            states=states,
            entities=await talk.ask("config/entity_registry/list"),
            devices=await talk.ask("config/device_registry/list"),
            areas=await talk.ask("config/area_registry/list"),
            floors=await _list_if_known(talk, "config/floor_registry/list"),
            labels=await _list_if_known(talk, "config/label_registry/list"),
            services=services,
            automations=automations,
            users=await _users(talk),
            our_user=str((await talk.ask("auth/current_user"))["id"]),
            notes=(*notes, *automation_notes),
        )


async def _list_if_known(talk: Conversation, kind: str) -> list[dict[str, Any]]:
    """A registry that Home Assistant has since 2024.4 only; nothing from an older one."""
    try:
        rows: list[dict[str, Any]] = await talk.ask(kind)
    except Refused:
        return []
    return rows


async def _services(door: HomeAssistant) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    try:
        return await door.services(), ()
    except Unreachable as error:
        return [], (f"{error} Without its list of services, actions are not checked against it.",)


async def _automations(
    talk: Conversation, states: Sequence[dict[str, Any]]
) -> tuple[list[AutomationConfig], tuple[str, ...]]:
    """The configs of all automations that are loaded, also of those that only YAML knows."""
    found: list[AutomationConfig] = []
    for state in states:
        if not state["entity_id"].startswith("automation."):
            continue
        try:
            found.append((await talk.ask("automation/config", entity_id=state["entity_id"]))["config"])
        except Unauthorized as error:
            return [], (f"{error} Conflicts with existing automations are not seen.",)
        except Refused:
            continue  # unavailable: there is an entity and no working automation
    return [config for config in found if config], ()


async def _users(talk: Conversation) -> list[dict[str, Any]]:
    try:
        users: list[dict[str, Any]] = await talk.ask("config/auth/list")
    except (Refused, Unauthorized):
        return []
    return users


def _keep(cache: Path, known: KnownHome) -> None:
    part = cache.with_suffix(f".{os.getpid()}.part")
    document = {"read_at": known.read_at.isoformat() if known.read_at else None, "home": document_from_home(known.home)}
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(document), encoding="utf-8")
        part.replace(cache)
    except OSError as error:
        raise InputError(f"{cache} cannot be written ({error.strerror}); set DATA_DIR.") from error


def written_at(path: Path) -> datetime:
    """When the file was last written, UTC."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _ago(age: timedelta) -> str:
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
