"""`doctor`: checks everything that Nightshift needs and says how to fix what is not well."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx

from automations.git.repository import Repository
from reviewer_api.health.check_result import CheckResult
from reviewer_api.health.doctor_home import diagnose_home
from reviewer_api.health.probes import MIN_FREE_BYTES
from reviewer_api.night.schedule import next_fire_time, trigger_from
from reviewer_api.notify.broker import Broker, BrokerAddress
from schemas.errors import NightshiftError
from schemas.secrets import Secrets
from schemas.settings import Settings

BROKER_SECONDS = 5.0
MODEL_SECONDS = 10.0


async def diagnose(
    settings: Settings, broker_address: BrokerAddress | None, now: datetime
) -> AsyncIterator[CheckResult]:
    """The results one by one, as the checks run, without our secrets; a check that fails is a result too."""
    secrets = Secrets.of(settings)
    async for result in _results(settings, broker_address, now):
        yield replace(result, message=secrets.strike(result.message))


async def _results(
    settings: Settings, broker_address: BrokerAddress | None, now: datetime
) -> AsyncIterator[CheckResult]:
    yield CheckResult("programs", True, await _program_versions())
    for name, check in (
        ("repository", lambda: _repository(settings)),
        ("schedule", lambda: _schedule(settings, now)),
        ("disk", lambda: _disk(settings)),
        ("broker", lambda: _broker(broker_address)),
        ("model", lambda: _model(settings)),
    ):
        yield await _run_check(name, check)
    try:
        async for result in diagnose_home(settings, now):
            yield result
    except NightshiftError as error:
        yield CheckResult("home", False, str(error))


async def _run_check(name: str, check: Callable[[], Awaitable[CheckResult]]) -> CheckResult:
    try:
        return await check()
    except NightshiftError as error:
        return CheckResult(name, False, str(error))


async def _program_versions() -> str:
    git = await asyncio.create_subprocess_exec("git", "--version", stdout=asyncio.subprocess.PIPE)
    out, _ = await git.communicate()
    return f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {out.decode().strip()}."


async def _repository(settings: Settings) -> CheckResult:
    if not settings.AUTOMATIONS_REPO.exists():
        words = f"{settings.AUTOMATIONS_REPO} is not there yet; the first start makes it."
        return CheckResult("repository", None, words)
    repository = await asyncio.to_thread(Repository, settings.AUTOMATIONS_REPO)
    status, _, error_output = await asyncio.to_thread(
        repository.try_git, "fsck", "--no-dangling", "--connectivity-only"
    )
    if status:
        fix = "Restore a backup, or clone it from AUTOMATIONS_REMOTE, into an empty place."
        return CheckResult("repository", False, f"git fsck: {error_output.decode(errors='replace').strip()[:200]}", fix)
    main = await asyncio.to_thread(repository.main_commit)
    files = await asyncio.to_thread(repository.list_files, main)
    return CheckResult("repository", True, f"{settings.AUTOMATIONS_REPO} is whole; main has {len(files)} files.")


async def _schedule(settings: Settings, now: datetime) -> CheckResult:
    due = next_fire_time(trigger_from(settings.ANALYSIS_SCHEDULE, ZoneInfo("UTC")), now)
    if due is None:
        fix = "Choose a date that comes, or `0 3 * * *` for every night at three."
        return CheckResult("schedule", False, f"`{settings.ANALYSIS_SCHEDULE}` never comes.", fix)
    return CheckResult("schedule", True, f"`{settings.ANALYSIS_SCHEDULE}`, in the home's time zone.")


async def _disk(settings: Settings) -> CheckResult:
    folder = settings.DATA_DIR if settings.DATA_DIR.exists() else settings.DATA_DIR.absolute().parent
    if not folder.exists():
        return CheckResult("disk", None, f"{settings.DATA_DIR} is not there yet; the first start makes it.")
    free = shutil.disk_usage(folder).free
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    words = f"{used / 1e6:.0f} MB in {folder}, {free / 1e6:.0f} MB free."
    if free < MIN_FREE_BYTES:
        return CheckResult(
            "disk", False, words, "Make room, or set DATA_DIR to another disk; HISTORY_KEEP_DAYS saves some."
        )
    return CheckResult("disk", True, words)


async def _broker(address: BrokerAddress | None) -> CheckResult:
    if address is None:
        return CheckResult("broker", None, "MQTT_BROKER is empty; notices go to the log.")
    # Under another name than the service's: a broker disconnects the first of two clients that share one.
    reply = await Broker(address, "nightshift-doctor", ()).try_connecting(BROKER_SECONDS)
    place = f"{address.host}:{address.port}"
    if reply == "Success":
        return CheckResult("broker", True, f"{place} lets us in.")
    fix = "Look at MQTT_BROKER, MQTT_PORT, MQTT_USERNAME, MQTT_PASSWORD and MQTT_TLS_CA."
    return CheckResult("broker", False, f"{place}: {reply}.", fix)


async def _model(settings: Settings) -> CheckResult:
    """Asks for the list of models, which costs nothing."""
    if settings.LLM == "off" or not (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL):
        return CheckResult("model", None, "No model is used; drafts come from the patterns alone.")
    base = (settings.OPENAI_BASE_URL or "https://api.openai.com/v1").rstrip("/")
    key = settings.OPENAI_API_KEY.get_secret_value() if settings.OPENAI_API_KEY else "none"
    fix = "Look at OPENAI_BASE_URL and OPENAI_API_KEY; without a model the night still works."
    try:
        async with httpx.AsyncClient(timeout=MODEL_SECONDS) as client:
            response = await client.get(f"{base}/models", headers={"Authorization": f"Bearer {key}"})
    except httpx.HTTPError as error:
        return CheckResult("model", False, f"{base} does not answer ({type(error).__name__}).", fix)
    if response.status_code != 200:
        return CheckResult("model", False, f"{base} answered {response.status_code}.", fix)
    if settings.OPENAI_MODEL not in response.text:
        return CheckResult("model", None, f"{base} answers, and does not list {settings.OPENAI_MODEL}.")
    return CheckResult("model", True, f"{base} has {settings.OPENAI_MODEL}.")
