"""The state of each dependency of the service, in words for a person."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from automations.git.repository import Repository
from automations.history.store import DayStore
from reviewer_api.deployments.live_state import LiveState
from reviewer_api.deployments.remote_sync import RemoteSync
from reviewer_api.health.readiness import Probe
from reviewer_api.models.status import Dependency
from reviewer_api.night.runner import NightlyRunner
from reviewer_api.notify.broker import Broker
from schemas.settings import Settings

MIN_FREE_BYTES: Final = 200 * 1024**2
STALE_AFTER: Final = timedelta(days=3)


def home_probe(live_state: LiveState, home_name: str, embedded: bool) -> Probe:
    """From the last read of the home's state, which the reconciler takes every minute."""

    async def probe() -> Dependency:
        if live_state.problem:
            fix = "It is asked again by itself; look at HA_URL and HA_TOKEN if it stays so."
            return Dependency(name="home", ok=False, words=live_state.problem, mend=fix)
        if embedded:
            return Dependency(
                name="home", ok=None, words=f"No Home Assistant is set up; the home is the folder {home_name}."
            )
        if live_state.read_at is None:
            return Dependency(name="home", ok=None, words=f"{home_name} has not been asked yet.")
        return Dependency(name="home", ok=True, words=f"{home_name} answers.")

    return probe


def repository_probe(repository: Repository, remote_sync: RemoteSync) -> Probe:
    async def probe() -> Dependency:
        main = await asyncio.to_thread(repository.main_commit)
        if remote_sync.problem:
            fix = "Nothing here waits for it; look at AUTOMATIONS_REMOTE."
            return Dependency(
                name="repository", ok=None, words=f"Main is at {main[:8]}. {remote_sync.problem}", mend=fix
            )
        return Dependency(name="repository", ok=True, words=f"Main is at {main[:8]}.")

    return probe


def model_probe(settings: Settings) -> Probe:
    """Reads the settings only: a request to a model costs money, and each run reports how its own went."""
    uses_model = settings.LLM == "on" or (
        settings.LLM == "auto" and (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL)
    )

    async def probe() -> Dependency:
        if not uses_model:
            return Dependency(name="model", ok=None, words="No model is used; drafts come from the patterns alone.")
        return Dependency(name="model", ok=True, words=f"{settings.OPENAI_MODEL} is set up; the night asks it.")

    return probe


def history_probe(store: DayStore, clock: Callable[[], datetime]) -> Probe:
    async def probe() -> Dependency:
        days = await asyncio.to_thread(store.days)
        if not days:
            return Dependency(name="history", ok=None, words="No history is stored yet; the first night reads it.")
        words = f"{len(days)} days are stored, the newest of {days[-1]}."
        if clock().date() - days[-1] <= STALE_AFTER:
            return Dependency(name="history", ok=True, words=words)
        return Dependency(
            name="history", ok=False, words=words, mend="Look at the last run: its source gave nothing new."
        )

    return probe


def schedule_probe(nightly_runner: NightlyRunner) -> Probe:
    async def probe() -> Dependency:
        due = nightly_runner.next_run
        words = f"The next night is due at {due:%Y-%m-%d %H:%M %Z}." if due else "Paused; no night is due."
        return Dependency(name="schedule", ok=True if due else None, words=words)

    return probe


def broker_probe(broker: Broker | None) -> Probe:
    async def probe() -> Dependency:
        if broker is None:
            return Dependency(name="broker", ok=None, words="No broker is set up; notices go to the log.")
        place = f"{broker.address.host}:{broker.address.port}"
        if broker.connected:
            return Dependency(name="broker", ok=True, words=f"Connected to {place}.")
        return Dependency(
            name="broker",
            ok=False,
            words=f"{place} does not take us: {broker.disconnect_reason}",
            mend="Look at MQTT_BROKER, MQTT_USERNAME and MQTT_PASSWORD; notices wait meanwhile.",
        )

    return probe


def disk_probe(folder: Path) -> Probe:
    async def probe() -> Dependency:
        free = shutil.disk_usage(folder).free
        words = f"{free / 1024**3:.1f} GB are free."
        if free >= MIN_FREE_BYTES:
            return Dependency(name="disk", ok=True, words=words)
        return Dependency(name="disk", ok=False, words=words, mend=f"Make room beside {folder}.")

    return probe
