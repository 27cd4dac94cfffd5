"""`doctor`: checks everything that Nightshift needs and says how to fix what is not well."""

from __future__ import annotations

import asyncio
import platform
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from automations.open.history import HistorySettings, history_store
from automations.open.home import HomeSettings
from reviewer_api.health.asked import ask_broker, ask_disk, ask_model, ask_repository, ask_schedule
from reviewer_api.health.asked_home import ask_home
from reviewer_api.health.check_result import CheckResult
from reviewer_api.health.checks import Checks, health_checks
from reviewer_api.health.known import known_history
from reviewer_api.health.model_server import ModelServer
from reviewer_api.notify.broker import BrokerAddress
from schemas.secrets import Secrets
from schemas.settings import Settings


async def diagnose(settings: Settings, now: datetime) -> AsyncIterator[CheckResult]:
    """The results one by one, as the checks run, without our secrets; a check that fails is a result too."""
    secrets, history = Secrets.of(settings), HistorySettings.from_settings(settings)
    checks = Checks(
        home=lambda: ask_home(HomeSettings.from_settings(settings), history.days, now),
        broker=lambda: ask_broker(BrokerAddress.from_settings(settings)),
        model=lambda: ask_model(ModelServer.from_settings(settings)),
        repository=lambda: ask_repository(settings.AUTOMATIONS_REPO),
        disk=lambda: ask_disk(settings.DATA_DIR),
        schedule=lambda: ask_schedule(settings.ANALYSIS_SCHEDULE, now),
        history=lambda: known_history(history_store(history), now),
    )
    yield CheckResult("programs", True, await _program_versions())
    for check in health_checks(checks):
        for result in await check.run():
            yield replace(result, message=secrets.strike(result.message))


async def _program_versions() -> str:
    git = await asyncio.create_subprocess_exec("git", "--version", stdout=asyncio.subprocess.PIPE)
    out, _ = await git.communicate()
    return f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {out.decode().strip()}."
