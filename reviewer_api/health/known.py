"""What the running service knows of what it needs, without asking anybody outside."""

from __future__ import annotations

import asyncio
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from automations.git.integrity import LEFT_OUT_FIX, notes_on_refs, require_readable
from automations.git.repository import Repository
from automations.history.store import DayStore
from reviewer_api.deployments.live_state import LiveState
from reviewer_api.deployments.remote_sync import RemoteSync
from reviewer_api.health.check_result import CheckResult
from reviewer_api.health.model_server import NO_MODEL, ModelServer
from reviewer_api.night.runner import NightlyRunner
from reviewer_api.notify.broker import Broker

MIN_FREE_BYTES: Final = 200 * 1024**2
STALE_AFTER: Final = timedelta(days=3)
REMOTE_FIX: Final = "Nothing here waits for it; look at AUTOMATIONS_REMOTE."


async def known_home(live_state: LiveState, home_name: str, embedded: bool) -> CheckResult:
    """From the last read of the home's state, which the reconciler takes every minute."""
    if live_state.problem:
        fix = "It is asked again by itself; look at HA_URL and HA_TOKEN if it stays so."
        return CheckResult("home", False, live_state.problem, fix)
    if embedded:
        return CheckResult("home", None, f"No Home Assistant is set up; the home is the folder {home_name}.")
    if live_state.read_at is None:
        return CheckResult("home", None, f"{home_name} has not been asked yet.")
    return CheckResult("home", True, f"{home_name} answers.")


async def known_broker(broker: Broker | None) -> CheckResult:
    if broker is None:
        return CheckResult("broker", None, "No broker is set up; notices go to the log.")
    place = f"{broker.address.host}:{broker.address.port}"
    if broker.connected:
        return CheckResult("broker", True, f"Connected to {place}.")
    fix = "Look at MQTT_BROKER, MQTT_USERNAME and MQTT_PASSWORD; notices wait meanwhile."
    return CheckResult("broker", False, f"{place} does not take us: {broker.disconnect_reason}", fix)


async def known_repository(repository: Repository, remote_sync: RemoteSync) -> CheckResult:
    main, notes = await asyncio.to_thread(_look_at, repository)
    words = " ".join([f"Main is at {main[:8]}.", *notes, remote_sync.problem]).strip()
    fixes = [fix for needed, fix in ((notes, LEFT_OUT_FIX), (remote_sync.problem, REMOTE_FIX)) if needed]
    return CheckResult("repository", None if fixes else True, words, " ".join(fixes))


def _look_at(repository: Repository) -> tuple[str, list[str]]:
    return require_readable(repository), notes_on_refs(repository)


async def known_schedule(nightly_runner: NightlyRunner) -> CheckResult:
    due = nightly_runner.next_run
    words = f"The next night is due at {due:%Y-%m-%d %H:%M %Z}." if due else "Paused; no night is due."
    return CheckResult("schedule", True if due else None, words)


async def known_model(server: ModelServer | None) -> CheckResult:
    """By the settings only: a request to a model costs money, and each run reports how its own went."""
    if server is None:
        return NO_MODEL
    return CheckResult("model", True, f"{server.model} is set up; the night asks it.")


async def known_disk(folder: Path) -> CheckResult:
    free = shutil.disk_usage(folder).free
    words = f"{free / 1024**3:.1f} GB are free."
    if free >= MIN_FREE_BYTES:
        return CheckResult("disk", True, words)
    fix = f"Make room beside {folder}, or set DATA_DIR to another disk; HISTORY_KEEP_DAYS saves some."
    return CheckResult("disk", False, words, fix)


async def known_history(store: DayStore, now: datetime) -> CheckResult:
    """What the store holds; how far back the home's recorder reaches is another question."""
    days = await asyncio.to_thread(store.days)
    if not days:
        return CheckResult("store", None, "No history is stored yet; the first night reads it.")
    words = f"{len(days)} days are stored, the newest of {days[-1]}."
    if now.date() - days[-1] <= STALE_AFTER:
        return CheckResult("store", True, words)
    return CheckResult("store", False, words, "Look at the last run: its source gave nothing new.")
