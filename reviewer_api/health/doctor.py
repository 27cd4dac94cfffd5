"""`doctor`: looks at everything that Nightshift needs and says how to mend what is not well."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx

from automations.git.repository import Repository
from reviewer_api.health.doctor_home import home_findings
from reviewer_api.health.findings import Finding
from reviewer_api.health.probes import LEAST_FREE_BYTES
from reviewer_api.night.schedule import next_after, trigger_from
from reviewer_api.notify.broker import Broker, BrokerAddress
from schemas.errors import NightshiftError
from schemas.settings import Settings

BROKER_SECONDS = 5.0
MODEL_SECONDS = 10.0


async def findings(settings: Settings, address: BrokerAddress | None, now: datetime) -> AsyncIterator[Finding]:
    """One after the other, as they are made; each look that fails is a finding too."""
    yield Finding("programs", True, await _programs())
    for name, look in (
        ("repository", lambda: _repository(settings)),
        ("schedule", lambda: _schedule(settings, now)),
        ("disk", lambda: _disk(settings)),
        ("broker", lambda: _broker(address)),
        ("model", lambda: _model(settings)),
    ):
        yield await _safely(name, look)
    try:
        async for finding in home_findings(settings, now):
            yield finding
    except NightshiftError as error:
        yield Finding("home", False, str(error))


async def _safely(name: str, look: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        return await look()
    except NightshiftError as error:
        return Finding(name, False, str(error))


async def _programs() -> str:
    git = await asyncio.create_subprocess_exec("git", "--version", stdout=asyncio.subprocess.PIPE)
    out, _ = await git.communicate()
    return f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {out.decode().strip()}."


async def _repository(settings: Settings) -> Finding:
    if not settings.AUTOMATIONS_REPO.exists():
        words = f"{settings.AUTOMATIONS_REPO} is not there yet; the first start makes it."
        return Finding("repository", None, words)
    repository = await asyncio.to_thread(Repository, settings.AUTOMATIONS_REPO)
    status, _, complaint = await asyncio.to_thread(repository.try_git, "fsck", "--no-dangling", "--connectivity-only")
    if status:
        mend = "Restore a backup, or clone it from AUTOMATIONS_REMOTE, into an empty place."
        return Finding("repository", False, f"git fsck: {complaint.decode(errors='replace').strip()[:200]}", mend)
    main = await asyncio.to_thread(repository.main_commit)
    files = await asyncio.to_thread(repository.list_files, main)
    return Finding("repository", True, f"{settings.AUTOMATIONS_REPO} is whole; main has {len(files)} files.")


async def _schedule(settings: Settings, now: datetime) -> Finding:
    due = next_after(trigger_from(settings.ANALYSIS_SCHEDULE, ZoneInfo("UTC")), now)
    if due is None:
        mend = "Choose a date that comes, or `0 3 * * *` for every night at three."
        return Finding("schedule", False, f"`{settings.ANALYSIS_SCHEDULE}` never comes.", mend)
    return Finding("schedule", True, f"`{settings.ANALYSIS_SCHEDULE}`, in the home's time zone.")


async def _disk(settings: Settings) -> Finding:
    folder = settings.DATA_DIR if settings.DATA_DIR.exists() else settings.DATA_DIR.absolute().parent
    if not folder.exists():
        return Finding("disk", None, f"{settings.DATA_DIR} is not there yet; the first start makes it.")
    free = shutil.disk_usage(folder).free
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    words = f"{used / 1e6:.0f} MB in {folder}, {free / 1e6:.0f} MB free."
    if free < LEAST_FREE_BYTES:
        return Finding(
            "disk", False, words, "Make room, or set DATA_DIR to another disk; HISTORY_KEEP_DAYS saves some."
        )
    return Finding("disk", True, words)


async def _broker(address: BrokerAddress | None) -> Finding:
    if address is None:
        return Finding("broker", None, "MQTT_BROKER is empty; notices go to the log.")
    # Under another name than the service's: a broker throws out the first of two that share one.
    said = await Broker(address, "nightshift-doctor", ()).try_once(BROKER_SECONDS)
    place = f"{address.host}:{address.port}"
    if said == "Success":
        return Finding("broker", True, f"{place} lets us in.")
    mend = "Look at MQTT_BROKER, MQTT_PORT, MQTT_USERNAME, MQTT_PASSWORD and MQTT_TLS_CA."
    return Finding("broker", False, f"{place}: {said}.", mend)


async def _model(settings: Settings) -> Finding:
    """Asks for the list of models, which costs nothing."""
    if settings.LLM == "off" or not (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL):
        return Finding("model", None, "No model is used; drafts come from the patterns alone.")
    base = (settings.OPENAI_BASE_URL or "https://api.openai.com/v1").rstrip("/")
    key = settings.OPENAI_API_KEY.get_secret_value() if settings.OPENAI_API_KEY else "none"
    mend = "Look at OPENAI_BASE_URL and OPENAI_API_KEY; without a model the night still works."
    try:
        async with httpx.AsyncClient(timeout=MODEL_SECONDS) as client:
            answer = await client.get(f"{base}/models", headers={"Authorization": f"Bearer {key}"})
    except httpx.HTTPError as error:
        return Finding("model", False, f"{base} does not answer ({type(error).__name__}).", mend)
    if answer.status_code != 200:
        return Finding("model", False, f"{base} answered {answer.status_code}.", mend)
    if settings.OPENAI_MODEL not in answer.text:
        return Finding("model", None, f"{base} answers, and does not list {settings.OPENAI_MODEL}.")
    return Finding("model", True, f"{base} has {settings.OPENAI_MODEL}.")
