"""The doctor's checks of Home Assistant: version, token rights, length of its history, what a first write would do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from automations.home_assistant.client import HomeAssistant
from automations.open.home import HomeSettings, home_assistant_client
from reviewer_api.health.check_result import CheckResult
from schemas.errors import NightshiftError

TESTED_RELEASES = ("2025.4", "2026.11")
"""Oldest and newest release that our tests ran on."""
RECORDER_DAYS = (30, 21, 14, 10, 7, 4, 2, 1)
REFERENCE_ENTITY = "sun.sun"
"""Changes several times a day in every home."""


async def ask_home(settings: HomeSettings, history_days: int, now: datetime) -> list[CheckResult]:
    """A home that stops answering in the middle is one more result."""
    if settings.url is None:
        return [CheckResult("home", None, f"HA_URL is empty; the home is the folder {settings.folder}.")]
    found: list[CheckResult] = []
    try:
        async with home_assistant_client(settings) as home:
            config = await home.read_core_config()
            found += [_version(config), _state(config)]
            user = await home.send_command("auth/current_user")
            found.append(_token_rights(bool(user["is_admin"]), str(user["name"])))
            found.append(await _history(home, history_days, now))
            found.append(CheckResult("first write", None, await home.first_write_warning()))
    except NightshiftError as error:
        found.append(CheckResult("home", False, str(error)))
    return found


def _version(config: dict[str, Any]) -> CheckResult:
    version = str(config.get("version", "unknown"))
    words = f"Home Assistant {version}; tested from {TESTED_RELEASES[0]} to {TESTED_RELEASES[1]}."
    if _release_numbers(TESTED_RELEASES[0]) <= _release_numbers(version) <= _release_numbers(TESTED_RELEASES[1]):
        return CheckResult("version", True, words)
    return CheckResult("version", None, words, "It will most likely work; try approve and roll back on one lamp first.")


def _state(config: dict[str, Any]) -> CheckResult:
    if config.get("recovery_mode") or config.get("safe_mode"):
        fix = "Mend what Home Assistant's log names and restart it; nothing is deployed meanwhile."
        return CheckResult("home", False, "Home Assistant runs in recovery or safe mode.", fix)
    return CheckResult("home", config.get("state") == "RUNNING", f"It is {config.get('state', 'unknown')}.")


def _token_rights(admin: bool, name: str) -> CheckResult:
    if admin:
        return CheckResult("rights", True, f"HA_TOKEN is {name}'s, an administrator.")
    fix = "Make the token as an administrator; only they may write automations."
    return CheckResult("rights", False, f"HA_TOKEN is {name}'s, who is no administrator.", fix)


async def _history(home: HomeAssistant, wanted_days: int, now: datetime) -> CheckResult:
    """How many days the recorder goes back, measured at an entity that every home has."""
    for days in RECORDER_DAYS:
        start = now - timedelta(days=days)
        response = await home.get(
            f"/api/history/period/{start:%Y-%m-%dT%H:%M:%SZ}",
            {
                "end_time": f"{start + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
                "filter_entity_id": REFERENCE_ENTITY,
                "minimal_response": "",
                "no_attributes": "",
            },
        )
        if response.status == 200 and response.json():
            break
    else:
        days = 0
    words = f"The recorder reaches back about {days} days; a night looks at {wanted_days}."
    if days >= min(wanted_days, RECORDER_DAYS[0]):
        return CheckResult("history", True, words)
    fix = f"In configuration.yaml: `recorder: purge_keep_days: {wanted_days}`; our own store grows meanwhile."
    return CheckResult("history", None, words, fix)


def _release_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
