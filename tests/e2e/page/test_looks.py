"""How every page looks and weighs: readable to all, as wide as the screen, quick, and pictured."""

from __future__ import annotations

import gzip
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.e2e.page.browsing import DESK, PHONE, SCREENSHOTS, Opener, accessible, go, signed_in
from tests.e2e.page.served import Served

pytestmark = pytest.mark.e2e
SHIFT = """() => new Promise((told) => {
    let sum = 0;
    const add = (list) => list.getEntries().forEach((entry) => { sum += entry.value; });
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => told(sum), 200);
})"""
"""How far what was there moved while the page loaded: the cumulative layout shift, 0 and up; 0.1 is still good."""
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""All that may differ between day and night."""
FIRST_LOAD_BYTES = 250_000
"""Of script, gzipped, until the board stands."""


def _places(site: Served) -> dict[str, str]:
    """Every page by the name of its picture, with one suggestion, night and automation among them."""
    suggestion = site.ask("GET", "suggestions?state=open&state=edited")["items"][0]["habit_id"]
    found = {"board": "", "board-empty": "?shelf=faded", "suggestion": f"suggestions/{suggestion}"}
    found |= {"edit": f"suggestions/{suggestion}/edit", "automations": "automations", "patterns": "patterns"}
    found |= {"runs": "runs", "run": f"runs/{site.ask('GET', 'runs')['items'][0]['run_id']}"}
    for automation in site.ask("GET", "automations")["items"][:1]:
        found["automation"] = f"automations/{automation['automation_id']}"
    return found | {"plan": "plan", "status": "status", "lost": "no/such/page"}


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_every_page_is_accessible_fits_and_stands_still(screen: str, opened: Opener, site: Served) -> None:
    """By day on a desk, at night on a phone, and as readable the other way round. Pictures are left of it."""
    look = {**(DESK if screen == "desk" else PHONE), "reduced_motion": "reduce"}
    other: Literal["dark", "light"] = "dark" if screen == "desk" else "light"
    page = signed_in(opened(look), site.url)
    for name, place in _places(site).items():
        go(page, site.url + place)

        shift = page.evaluate(SHIFT)
        fits = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

        page.screenshot(path=SCREENSHOTS / f"{screen}-{name}.png", full_page=screen == "desk")
        accessible(page)
        assert fits, f"{name} is wider than the screen"
        assert shift < 0.1, f"{name} jumps while it loads"
        page.emulate_media(color_scheme=other)
        accessible(page, COLOURS)
        page.emulate_media(color_scheme=look["color_scheme"])


def test_the_first_load_is_small(page: Page, site: Served) -> None:
    scripts: list[bytes] = []
    page.on("response", lambda answer: scripts.append(answer.body()) if answer.url.endswith(".js") else None)

    page.goto(site.url)
    page.locator("a[data-row]").first.wait_for()

    assert 0 < sum(len(gzip.compress(script)) for script in scripts) < FIRST_LOAD_BYTES
