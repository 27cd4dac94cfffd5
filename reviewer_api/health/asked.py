"""What Nightshift needs, asked anew for `doctor`: this may take its time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import httpx

from automations.git.integrity import LEFT_OUT_FIX, notes_on_refs
from automations.git.repository import Repository
from reviewer_api.health.check_result import CheckResult
from reviewer_api.health.known import known_disk
from reviewer_api.health.model_server import NO_MODEL, ModelServer
from reviewer_api.night.schedule import next_fire_time, trigger_from
from reviewer_api.notify.broker import Broker, BrokerAddress

BROKER_SECONDS: Final = 5.0
MODEL_SECONDS: Final = 10.0


async def ask_repository(path: Path) -> CheckResult:
    if not path.exists():
        words = f"{path} is not there yet; the first start makes it."
        return CheckResult("repository", None, words)
    repository = await asyncio.to_thread(Repository, path)
    status, _, error_output = await asyncio.to_thread(
        repository.try_git, "fsck", "--no-dangling", "--connectivity-only"
    )
    if status:
        fix = "Restore a backup, or clone it from AUTOMATIONS_REMOTE, into an empty place."
        return CheckResult("repository", False, f"git fsck: {error_output.decode(errors='replace').strip()[:200]}", fix)
    main = await asyncio.to_thread(repository.main_commit)
    files = await asyncio.to_thread(repository.list_files, main)
    notes = await asyncio.to_thread(notes_on_refs, repository)
    words = " ".join([f"{path} is whole; main has {len(files)} files.", *notes])
    return CheckResult("repository", None if notes else True, words, LEFT_OUT_FIX if notes else "")


async def ask_schedule(schedule: str, now: datetime) -> CheckResult:
    due = next_fire_time(trigger_from(schedule, ZoneInfo("UTC")), now)
    if due is None:
        fix = "Choose a date that comes, or `0 3 * * *` for every night at three."
        return CheckResult("schedule", False, f"`{schedule}` never comes.", fix)
    return CheckResult("schedule", True, f"`{schedule}`, in the home's time zone.")


async def ask_broker(address: BrokerAddress | None) -> CheckResult:
    if address is None:
        return CheckResult("broker", None, "MQTT_BROKER is empty; notices go to the log.")
    # Under another name than the service's: a broker disconnects the first of two clients that share one.
    reply = await Broker(address, "nightshift-doctor", ()).try_connecting(BROKER_SECONDS)
    place = f"{address.host}:{address.port}"
    if reply == "Success":
        return CheckResult("broker", True, f"{place} lets us in.")
    fix = "Look at MQTT_BROKER, MQTT_PORT, MQTT_USERNAME, MQTT_PASSWORD and MQTT_TLS_CA."
    return CheckResult("broker", False, f"{place}: {reply}.", fix)


async def ask_model(server: ModelServer | None) -> CheckResult:
    """Asks for the list of models, which costs nothing."""
    if server is None:
        return NO_MODEL
    fix = "Look at OPENAI_BASE_URL and OPENAI_API_KEY; without a model the night still works."
    try:
        async with httpx.AsyncClient(timeout=MODEL_SECONDS) as client:
            response = await client.get(
                f"{server.url}/models", headers={"Authorization": f"Bearer {server.key or 'none'}"}
            )
    except httpx.HTTPError as error:
        return CheckResult("model", False, f"{server.url} does not answer ({type(error).__name__}).", fix)
    if response.status_code != 200:
        return CheckResult("model", False, f"{server.url} answered {response.status_code}.", fix)
    if server.model not in response.text:
        return CheckResult("model", None, f"{server.url} answers, and does not list {server.model}.")
    return CheckResult("model", True, f"{server.url} has {server.model}.")


async def ask_disk(folder: Path) -> CheckResult:
    """With what we hold there."""
    present = folder if folder.exists() else folder.absolute().parent
    if not present.exists():
        return CheckResult("disk", None, f"{folder} is not there yet; the first start makes it.")
    result = await known_disk(present)
    used = sum(path.stat().st_size for path in present.rglob("*") if path.is_file())
    return replace(result, message=f"{used / 1e6:.0f} MB in {present}; {result.message}")
