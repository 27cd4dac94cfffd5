"""The page in real Chromium, signed in, before the real service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from reviewer_api.web.static_files import STATIC
from tests.builders.real_home import RealHome
from tests.e2e.page.browsing import DESK, PHONE, Opener, signed_in
from tests.e2e.page.served import Served, one_night, served

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
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
