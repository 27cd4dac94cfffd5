"""What a test does in the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.e2e.page.served import TOKEN

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
Opener = Callable[[dict[str, Any]], BrowserContext]


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
