"""Fixtures of the tests against a real Home Assistant."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest

from automations.home_assistant.client import HomeAssistant
from tests.builders.real_home import CannotStart, RealHome, started_home


@pytest.fixture(scope="session")
def real_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHome]:
    """One real Home Assistant for the session; a test that cannot have it fails, it is never skipped."""
    folder = tmp_path_factory.mktemp("home-assistant").resolve()
    try:
        home = started_home(folder)
    except CannotStart as error:
        pytest.fail(str(error))
    yield home
    home.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def door(real_home: RealHome) -> AsyncIterator[HomeAssistant]:
    """Our client of the real Home Assistant."""
    async with HomeAssistant(real_home.url, real_home.token) as client:
        yield client
        # A habit that is automated already is not proposed again, so what a test deployed must not stay.
        for automation_id in await client.list_automations():
            if automation_id.startswith("nightshift_"):
                await client.delete(automation_id)
