"""The commands beside serving; each prints for a person and returns its exit code."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from automations.open.home import HomeSettings, load_home
from automations.open.repository import open_repository
from reviewer_api.app import create_api
from reviewer_api.auth.page_address import PageAddress
from reviewer_api.auth.sign_in_link import create_sign_in_link
from reviewer_api.build import diary_from_settings
from reviewer_api.diary.times import utc_now
from reviewer_api.health.doctor import diagnose
from reviewer_api.maintenance.backup import back_up
from reviewer_api.maintenance.backup import restore as restore_backup
from reviewer_api.maintenance.reindex import reindex as rebuild_board
from reviewer_api.web.openapi import openapi_document
from schemas.errors import NightshiftError
from schemas.home import Home
from schemas.settings import Settings


async def link(settings: Settings) -> int:
    async with diary_from_settings(settings) as diary:
        print(await create_sign_in_link(PageAddress.from_settings(settings), diary.one_time_tokens, settings.PORT))
    return 0


async def sign_out(settings: Settings) -> int:
    """A running service checks every two seconds whether another process wrote to the diary."""
    async with diary_from_settings(settings) as diary:
        await diary.sessions.drop_all()
    print("Every session has ended; a service that runs knows it within seconds.")
    return 0


async def reindex(settings: Settings) -> int:
    try:
        home = await load_home(HomeSettings.from_settings(settings))
    except NightshiftError as error:
        print(f"Areas are shown by their ids: {error}", file=sys.stderr)
        home = Home("UTC")
    async with diary_from_settings(settings) as diary:
        count = await rebuild_board(open_repository(settings.AUTOMATIONS_REPO), diary.board, home)
    print(f"The board has {count} suggestions, as git tells them.")
    return 0


async def doctor(settings: Settings) -> int:
    """Exit code 1 where anything is not well."""
    healthy = True
    async for result in diagnose(settings, utc_now()):
        print(result, flush=True)
        healthy = healthy and result.ok is not False
    return 0 if healthy else 1


def backup(settings: Settings, file: Path) -> int:
    back_up(settings, file)
    print(f"{file} holds the repository with all its history, and the settings without their secrets.")
    return 0


def restore(settings: Settings, file: Path) -> int:
    """The settings go to standard output, to be put into .env; what was done to standard error."""
    print(restore_backup(settings, file), end="")
    print(f"{settings.AUTOMATIONS_REPO} is as it was; put the lines above into .env and start.", file=sys.stderr)
    return 0


def openapi() -> int:
    print(json.dumps(openapi_document(create_api()), indent=2))
    return 0
