"""The page in real Chromium, signed in, before the real service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from reviewer_api.web.static_files import STATIC
from tests.e2e.home_assistant import RealHome
from tests.e2e.page.served import TOKEN, Served, one_night, served

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
SCREENSHOTS = Path("build/screenshots")
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "color_scheme": "dark",
    "is_mobile": True,
    "has_touch": True,
}
"""On a phone, and at night."""
PAINTED = """async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    const ending = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
    await Promise.all(ending.map((one) => one.finished.catch(() => null)));
}"""
"""Until nothing fades any more: half-way the colours are nobody's."""
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, real_home: RealHome) -> Iterator[Served]:
    """The service before the real home, after one night; the home is left as it was."""
    assert (STATIC / "index.html").is_file(), "the page is not built; run `make page`"
    folder = tmp_path_factory.mktemp("page")
    one_night(folder, real_home)
    with served(folder, real_home, INGRESS_ADDRESS="127.0.0.1") as running:
        yield running
        running.clean_home()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Only as long as this module: Playwright keeps an event loop running, which asynchronous tests cannot bear."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


Opener = Callable[[dict[str, Any]], BrowserContext]


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Opener]:
    """Opens browsers like DESK and PHONE; at the end none of them may have complained or asked anything."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(look: dict[str, Any]) -> BrowserContext:
        context = chromium.new_context(**look)
        context.set_default_timeout(20_000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        context.on("console", lambda said: complaints.append(said.text) if _is_bad(said.text) else None)
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints


def _is_bad(said: str) -> bool:
    return "Content Security Policy" in said or "Uncaught" in said


@pytest.fixture
def page(opened: Opener, site: Served) -> Page:
    return signed_in(opened(DESK), site.url)


@pytest.fixture
def phone(opened: Opener, site: Served) -> Page:
    return signed_in(opened(PHONE), site.url)


def signed_in(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    sign_in(page)
    page.get_by_role("heading", name="Suggestions").wait_for()
    return page


def sign_in(page: Page) -> None:
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in", exact=True).click()


def go(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_load_state("networkidle")


def accessible(page: Page, options: dict[str, Any] | None = None) -> None:
    """What stands there now violates none of axe's rules (or of those in `options`)."""
    page.evaluate(PAINTED)
    found = Axe().run(page, options=options)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"


def open_suggestion(page: Page, words: str = "") -> str:
    """Open the first on the board whose title has these words; gives its habit id."""
    page.locator("a[data-row]").filter(has_text=words).first.click()
    page.get_by_role("heading", name="What happened so far").wait_for()
    return page.url.rsplit("/", 1)[-1]
