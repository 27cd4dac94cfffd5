"""The page in real Chromium before the real service: real git, a sample home kept in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from reviewer_api.page import STATIC
from tests.conftest import free_port

TOKEN = "a-local-token-for-the-browser"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
SCREENSHOTS = Path("build/screenshots")


@pytest.fixture(scope="session")
def page_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is served, after one night on the sample home; with a closing slash."""
    assert (STATIC / "index.html").is_file(), "the page is not built; run `make page`"
    folder = tmp_path_factory.mktemp("page")
    port = free_port()
    environment = {**os.environ, **_settings(folder), "PORT": str(port)}
    for arguments in (["generator", "sample", "--out", str(folder)], ["generator", "run"]):
        subprocess.run([sys.executable, "-m", *arguments], env=environment, check=True, capture_output=True)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "reviewer_api"], env=environment, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}/"
        _wait_until_ready(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _settings(folder: Path) -> dict[str, str]:
    nothing = dict.fromkeys(("HA_URL", "HA_TOKEN", "MQTT_BROKER", "OPENAI_API_KEY", "OPENAI_BASE_URL"), "")
    return nothing | {
        "DATA_DIR": str(folder),
        "AUTOMATIONS_REPO": str(folder / "automations.git"),
        "HOME_FILE": str(folder / "home.json"),
        "HISTORY_SOURCE": "file",
        "HISTORY_FILE": str(folder / "history.csv.gz"),
        "LOCAL_TOKEN": TOKEN,
        "NIGHTLY_CAP": "50",
        "OPEN_CAP": "50",
        "RATE_LIMIT": "100000/minute",
        "SIGN_IN_RATE_LIMIT": "1000/minute",
    }


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], within_seconds: float = 60) -> None:
    end = time.monotonic() + within_seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{url}health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the service does not answer at {url}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Only as long as this module: Playwright keeps an event loop running, which asynchronous tests cannot bear."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about: errors of the script, and what the policy refused."""
    return []


@pytest.fixture
def page(chromium: Browser, page_url: str, complaints: list[str]) -> Iterator[Page]:
    """The board at desktop width, signed in; the browser must have nothing to complain of."""
    context = chromium.new_context(viewport={"width": 1280, "height": 860}, color_scheme="light")
    yield signed_in(context, page_url, complaints)
    context.close()
    assert not complaints


@pytest.fixture
def phone(chromium: Browser, page_url: str, complaints: list[str]) -> Iterator[Page]:
    """The same on a phone at night."""
    viewport = {"width": 360, "height": 740}
    context = chromium.new_context(viewport=viewport, color_scheme="dark", is_mobile=True, has_touch=True)  # type: ignore[arg-type]
    yield signed_in(context, page_url, complaints)
    context.close()
    assert not complaints


def signed_in(context: BrowserContext, url: str, complaints: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(url)
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Turn", exact=False).first.wait_for()
    return page


def open_suggestion(page: Page, words: str = "") -> str:
    """Open the first on the board whose title has these words; gives its title."""
    link = page.locator("a[data-row]").filter(has_text=words).first
    title = link.inner_text()
    link.click()
    page.get_by_role("heading", name="What happened so far").wait_for()
    return title
