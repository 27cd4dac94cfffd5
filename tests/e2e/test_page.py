"""A person at the page, in real Chromium, with the real service and a real Home Assistant."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from automations.home.catalog import read_registries
from automations.home.client import HomeAssistant
from automations.home.registries import home_from
from schemas.home import home_document
from tests.e2e.home_assistant import RealHome
from tests.e2e.test_road import evenings, generator

pytestmark = pytest.mark.e2e

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
SCREENSHOTS = Path("build/screenshots")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}


@dataclass(frozen=True)
class Running:
    """A service that a person started; `link` signs in once."""

    link: str

    @property
    def address(self) -> str:
        return self.link.split("#")[0]


@pytest.fixture
async def night(tmp_path: Path, door: HomeAssistant) -> Path:
    """A folder in which a night has found the evenings of the real home."""
    home = home_from(await read_registries(door), None)
    home_file = tmp_path / "home.json"
    home_file.write_text(json.dumps(home_document(home)), encoding="utf-8")
    await asyncio.to_thread(generator, tmp_path, evenings(tmp_path), home_file)
    return tmp_path


@pytest.fixture
def service(night: Path, real_home: RealHome) -> Iterator[Running]:
    """`python -m reviewer_api`, as its user starts it."""
    settings = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(night / "data"),
        "AUTOMATIONS_REPO": str(night / "automations.git"),
        "HA_URL": real_home.url,
        "HA_TOKEN": real_home.token,
        "PORT": "0",
    }
    command = [sys.executable, "-m", "reviewer_api"]
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        line = child.stdout.readline() if child.stdout else ""
        assert line.startswith("Nightshift: "), line
        yield Running(line.split()[1])
        child.terminate()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield found
        await found.close()


async def signed_in(browser: Browser, service: Running) -> tuple[Page, list[str]]:
    """A page behind the sign-in link, and what its console complains of."""
    page = await browser.new_page(viewport=DESKTOP)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(service.link)
    await expect(page.get_by_role("heading", name="Suggestions")).to_be_visible()
    return page, complaints


async def show(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


async def test_a_person_approves_a_suggestion_and_sees_it_deployed_and_rolled_back(
    service: Running, browser: Browser, door: HomeAssistant
) -> None:
    page, complaints = await signed_in(browser, service)
    await page.get_by_role("link", name="Turn on Bedroom Lamp").first.click()
    await expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    await show(page, "suggestion-desktop")
    await page.set_viewport_size(PHONE)
    await show(page, "suggestion-phone")
    await page.set_viewport_size(DESKTOP)
    key = f"nightshift_{page.url.rsplit('/', 1)[-1]}"

    await page.get_by_role("button", name="Approve", exact=True).first.click()
    await page.get_by_role("dialog").get_by_role("button", name="Approve", exact=True).click()
    await expect(page.get_by_text("It waits for a second yes").first).to_be_visible()
    await page.goto(f"{service.address}plan")
    await show(page, "plan-desktop")
    await page.get_by_role("button", name="Yes, do exactly this").click()
    await expect(page.get_by_text("Deployed.").first).to_be_visible(timeout=20_000)

    assert await door.read(key) is not None
    await page.goto(f"{service.address}automations/{key}")
    await expect(page.get_by_role("heading", name="Turn on Bedroom Lamp").first).to_be_visible()
    await show(page, "automation-desktop")
    assert complaints == []


async def test_a_hostile_name_is_shown_as_text(service: Running, browser: Browser, night: Path) -> None:
    from automations.git.proposals import propose
    from automations.git.repository import Repository
    from tests.integration.git.conftest import NIGHT, proposal
    from tests.integration.test_deploy import ID, YAML

    evil = "<img src=x onerror=alert(1)>\u202e" + "A" * 2000
    draft = proposal(title=evil, yaml=YAML.format(id=ID, alias=json.dumps(evil)))
    await asyncio.to_thread(propose, Repository(night / "automations.git"), draft, None, "", NIGHT)
    page, complaints = await signed_in(browser, service)
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    await page.set_viewport_size(PHONE)

    await page.goto(f"{service.address}suggestions/a1b2c3d4e5f6")
    await expect(page.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()

    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    assert alerts == []
    assert complaints == []
