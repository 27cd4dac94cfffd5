"""A person before the page: understands, decides, changes their mind."""

from __future__ import annotations

import gzip
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.page.conftest import SCREENSHOTS, open_suggestion

pytestmark = pytest.mark.e2e
FIRST_LOAD_BYTES = 250_000
"""Of script, gzipped, until the board stands."""


def _places(page: Page) -> list[str]:
    """Addresses of every page, with one suggestion and one night among them."""
    suggestion = page.locator("a[data-row]").first.get_attribute("href") or ""
    return [".", suggestion, f"{suggestion}/edit", "automations", "runs", "plan", "status"]


def _write(page: Page, text: str) -> None:
    """As a person does: all of it selected and written over."""
    page.get_by_label("The automation as YAML").press("Control+a")
    page.keyboard.insert_text(text)


def _forgive_typing(complaints: list[str]) -> None:
    """Writing over styled text, the browser wants to keep the style inline; the policy refuses, and nothing is lost."""
    complaints[:] = [words for words in complaints if not words.startswith("Applying inline style")]


def _go(page: Page, url: str, place: str) -> None:
    page.goto(url + place.lstrip("/") if place != "." else url)
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_load_state("networkidle")


def test_an_approved_suggestion_is_deployed_rolled_back_and_restored(page: Page) -> None:
    """The first change of a home waits for a second yes: it says what it will do to the file of automations."""
    title = open_suggestion(page, "Turn on")

    page.get_by_role("button", name="Approve").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    page.get_by_role("link", name="Look at the plan").first.click()
    page.get_by_role("button", name="Yes, do exactly this").click()
    expect(page.get_by_text("Deployed. Your home has it").first).to_be_visible()
    page.get_by_role("link", name="Automations").first.click()
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    expect(page.get_by_text(re.compile("^Rolled back"))).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()

    expect(page.get_by_text("Deployed. Your home has it").first).to_be_visible()


def test_declining_with_a_reason_takes_it_off_the_board(page: Page) -> None:
    title = open_suggestion(page, "Turn off")

    page.keyboard.press("d")
    page.get_by_role("textbox", name=re.compile("^Why")).fill("We like it as it is.")
    page.get_by_role("dialog").get_by_role("button", name="Decline").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    page.keyboard.press("u")

    expect(page.locator("a[data-row]").first).to_be_visible()
    expect(page.get_by_role("link", name=title, exact=True)).to_have_count(0)


def test_a_mistake_shows_while_typing_and_goes_when_it_is_mended(page: Page, complaints: list[str]) -> None:
    open_suggestion(page)
    page.keyboard.press("e")
    editor = page.get_by_label("The automation as YAML")
    expect(editor).to_contain_text("mode: single")
    right = "\n".join(editor.locator(".cm-line").all_inner_texts())

    _write(page, right.replace("mode: single", "mode: sometimes"))
    expect(page.get_by_text("Blocks", exact=True).first).to_be_visible()
    _write(page, right.replace("mode: single", "mode: restart"))
    expect(page.get_by_text("All checks pass.")).to_be_visible()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved as a commit in your name.")).to_be_visible()
    expect(page.get_by_text("Edited by you").first).to_be_visible()
    _forgive_typing(complaints)


def test_hostile_text_is_only_text(page: Page, complaints: list[str]) -> None:
    open_suggestion(page)
    hostile = "<img src=x onerror=document.title='owned'> " + "ש" * 3_000
    page.keyboard.press("e")
    editor = page.get_by_label("The automation as YAML")
    expect(editor).to_contain_text("description")
    text = "\n".join(editor.locator(".cm-line").all_inner_texts())

    _write(page, re.sub(r"description: .*", f'description: "{hostile}"', text, count=1))
    page.wait_for_timeout(1_500)

    assert "owned" not in page.title()
    assert page.locator("img[src='x']").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    _forgive_typing(complaints)


def test_analyse_now_shows_its_progress_and_its_end(page: Page) -> None:
    page.get_by_role("link", name="Nights", exact=True).first.click()

    page.get_by_role("button", name="Analyse now").click()
    expect(page.get_by_role("progressbar", name="Progress of the run")).to_be_visible()

    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=120_000)
    expect(page.get_by_text("Done", exact=True).first).to_be_visible()


def test_the_keyboard_alone_reaches_and_opens_a_suggestion(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    title = page.evaluate("document.activeElement.innerText")

    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_pausing_is_seen_on_every_page_until_it_ends(page: Page) -> None:
    page.get_by_role("button", name="Pause everything").click()
    page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Everything is paused")).to_be_visible()

    page.get_by_role("button", name="Resume").click()

    expect(page.get_by_text("Everything is paused")).to_have_count(0)


def test_every_page_is_accessible_by_day(page: Page, page_url: str) -> None:
    for place in _places(page):
        _go(page, page_url, place)

        found = Axe().run(page)

        assert found.violations_count == 0, f"{place}: {found.generate_report()}"


def test_every_page_is_accessible_and_fits_a_phone_at_night(phone: Page, page_url: str) -> None:
    for place in _places(phone):
        _go(phone, page_url, place)

        found = Axe().run(phone)
        fits = phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

        assert found.violations_count == 0, f"{place}: {found.generate_report()}"
        assert fits, f"{place} is wider than the phone"


def test_the_first_load_is_small_and_does_not_jump(page: Page, page_url: str) -> None:
    scripts: list[bytes] = []
    page.on("response", lambda answer: scripts.append(answer.body()) if answer.url.endswith(".js") else None)

    page.goto(page_url)
    page.locator("a[data-row]").first.wait_for()
    shift = page.evaluate(
        """() => new Promise((told) => {
            new PerformanceObserver((list) => told(list.getEntries().reduce((sum, entry) => sum + entry.value, 0)))
                .observe({ type: "layout-shift", buffered: true });
            setTimeout(() => told(0), 500);
        })"""
    )

    assert 0 < sum(len(gzip.compress(script)) for script in scripts) < FIRST_LOAD_BYTES
    assert shift < 0.1


def test_screenshots_of_each_page_are_written(page: Page, phone: Page, page_url: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for place in _places(page):
        for name, screen in (("desk", page), ("phone", phone)):
            _go(screen, page_url, place)
            file = SCREENSHOTS / f"{name}-{place.strip('/').split('/')[-1].replace('.', 'board')}.png"

            screen.screenshot(path=file)

            assert file.stat().st_size > 0
