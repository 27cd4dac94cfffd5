"""The service of a test: the real application with real parts in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI
from sse_starlette.sse import AppStatus

from automations.open.settings import load_settings
from reviewer_api.api.services import Services
from reviewer_api.app import create_app
from reviewer_api.auth.sessions import Auth, UserLookup
from reviewer_api.build import services_from_settings
from reviewer_api.night.generator_process import ProcessLimits
from reviewer_api.night.runner import NightlyRunner
from schemas.runs import REPORTS_FOLDER
from schemas.settings import Settings

ROOT = Path(__file__).parents[2]
TOKEN = "a-local-token-for-tests"
QUICK = (sys.executable, "-c", "raise SystemExit(1)")
"""A generator that ends at once: most tests are not about it."""


@dataclass(frozen=True)
class Service:
    client: httpx.AsyncClient
    parts: Services
    app: FastAPI

    async def sign_in(self) -> dict[str, Any]:
        """Sign the client in as the resident would, by the local token, and send the CSRF token from now on."""
        answer = await self.client.post("/api/session", json={"secret": TOKEN})
        session: dict[str, Any] = answer.raise_for_status().json()
        self.client.headers["X-CSRF-Token"] = session["csrf"]
        return session


def settings_in(folder: Path, **more: str) -> Settings:
    names = {"DATA_DIR": str(folder / "data"), "AUTOMATIONS_REPO": str(folder / "automations.git")}
    return load_settings({**names, "LOCAL_TOKEN": TOKEN, **more}, env_file=None)


@asynccontextmanager
async def running(
    folder: Path,
    command: Sequence[str] = QUICK,
    limits: ProcessLimits | None = None,
    who_is: UserLookup | None = None,
    **more: str,
) -> AsyncIterator[Service]:
    """The application with its clock and notices started, and a client that speaks to it."""
    settings = settings_in(folder, **more)
    # sse-starlette before 3 keeps one event for the process's life; here each test has a loop of its own.
    AppStatus.should_exit_event = None
    async with services_from_settings(settings) as made:
        reports = settings.DATA_DIR / REPORTS_FOLDER
        night = NightlyRunner(
            made.diary.runs, settings.ANALYSIS_SCHEDULE, lambda: ZoneInfo("UTC"), command, limits, reports=reports
        )
        auth = Auth(TOKEN, settings.REVIEWER_NAME, made.diary.sessions, made.diary.one_time_tokens, who_is)
        parts = replace(made, nightly_runner=night, auth=auth)
        app = create_app(parts)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://ns") as client,
        ):
            yield Service(client, parts, app)


@contextmanager
def served(folder: Path, **more: str) -> Iterator[tuple[str, str]]:
    """`python -m reviewer_api` as a process of its own: its address, and the code of the link that it printed."""
    names = {"DATA_DIR": str(folder / "data"), "AUTOMATIONS_REPO": str(folder / "automations.git")}
    environment = {**os.environ, **names, "LOCAL_TOKEN": TOKEN, **more}
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "reviewer_api", "--port", "0"]
    with (folder / "service.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    try:
        link = process.stdout.readline().strip().rpartition(" ")[2]
        address, _, code = link.partition("/#code=")
        assert code, (folder / "service.log").read_text()
        yield address, code
    finally:
        process.terminate()
        process.wait(15)
        process.stdout.close()


def run_command(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`python -m reviewer_api` with these arguments, to its end."""
    names = {"DATA_DIR": str(folder / "data"), "AUTOMATIONS_REPO": str(folder / "automations.git")}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **names, **more}
    command = [sys.executable, "-m", "reviewer_api", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
