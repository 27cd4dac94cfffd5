"""What the doctor asks of Home Assistant: version, rights, how far its history reaches, what a first write would do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from automations.home_assistant.client import HomeAssistant
from reviewer_api.health.findings import Finding
from schemas.settings import Settings

TESTED = ("2025.4", "2026.11")
"""Oldest and newest release that our tests ran on."""
DAYS_BACK = (30, 21, 14, 10, 7, 4, 2, 1)
ALWAYS_THERE = "sun.sun"
"""Changes several times a day in every home."""


async def home_findings(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Raises Unreachable or Unauthorized where there is no asking."""
    if settings.HA_URL is None:
        folder = settings.HOME_FOLDER or settings.DATA_DIR / "home"
        yield Finding("home", None, f"HA_URL is empty; the home is the folder {folder}.")
        return
    token = settings.HA_TOKEN.get_secret_value() if settings.HA_TOKEN else ""
    async with HomeAssistant(settings.HA_URL, token) as home:
        config = await home.read_config()
        yield _version(config)
        yield _state(config)
        user = await home.send_command("auth/current_user")
        yield _rights(bool(user["is_admin"]), str(user["name"]))
        yield await _history(home, settings.HISTORY_DAYS, now)
        yield Finding("first write", None, await home.first_write_warning())


def _version(config: dict[str, Any]) -> Finding:
    version = str(config.get("version", "unknown"))
    words = f"Home Assistant {version}; tested from {TESTED[0]} to {TESTED[1]}."
    if _numbers(TESTED[0]) <= _numbers(version) <= _numbers(TESTED[1]):
        return Finding("version", True, words)
    return Finding("version", None, words, "It will most likely work; try approve and roll back on one lamp first.")


def _state(config: dict[str, Any]) -> Finding:
    if config.get("recovery_mode") or config.get("safe_mode"):
        mend = "Mend what Home Assistant's log names and restart it; nothing is deployed meanwhile."
        return Finding("home", False, "Home Assistant runs in recovery or safe mode.", mend)
    return Finding("home", config.get("state") == "RUNNING", f"It is {config.get('state', 'unknown')}.")


def _rights(admin: bool, name: str) -> Finding:
    if admin:
        return Finding("rights", True, f"HA_TOKEN is {name}'s, an administrator.")
    mend = "Make the token as an administrator; only they may write automations."
    return Finding("rights", False, f"HA_TOKEN is {name}'s, who is no administrator.", mend)


async def _history(home: HomeAssistant, wanted_days: int, now: datetime) -> Finding:
    """How far back the recorder reaches, told by an entity that every home has."""
    for days in DAYS_BACK:
        start = now - timedelta(days=days)
        answer = await home.get(
            f"/api/history/period/{start:%Y-%m-%dT%H:%M:%SZ}",
            {
                "end_time": f"{start + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
                "filter_entity_id": ALWAYS_THERE,
                "minimal_response": "",
                "no_attributes": "",
            },
        )
        if answer.status == 200 and answer.json():
            break
    else:
        days = 0
    words = f"The recorder reaches back about {days} days; a night looks at {wanted_days}."
    if days >= min(wanted_days, DAYS_BACK[0]):
        return Finding("history", True, words)
    mend = f"In configuration.yaml: `recorder: purge_keep_days: {wanted_days}`; our own store grows meanwhile."
    return Finding("history", None, words, mend)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
