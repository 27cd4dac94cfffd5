"""A person before the page and a real Home Assistant: understands, decides, changes their mind."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from automations.git.author import BOT
from automations.git.ledger import commit_entry, read_latest_entry
from automations.git.proposals import propose
from automations.git.repository import MAIN_REF, Repository
from schemas.suggestion_files import PATTERN, PATTERN_FILE, RECEIPTS, RECEIPTS_FILE, Exchange, Receipts
from tests.builders.suggestions import HABIT, YAML, proposal
from tests.e2e.page.browsing import accessible, go, open_suggestion, sign_in
from tests.e2e.page.served import Served

pytestmark = pytest.mark.e2e


def dialog_button(page: Page, name: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()


def write(page: Page, text: str) -> None:
    """As a person does: all of it selected and written over."""
    page.get_by_label("The automation as YAML").press("Control+a")
    page.keyboard.insert_text(text)


def draft(page: Page) -> str:
    """What stands in the editor."""
    editor = page.get_by_label("The automation as YAML")
    expect(editor).to_contain_text("mode: ")
    return "\n".join(editor.locator(".cm-line").all_inner_texts()).rstrip("\n") + "\n"


def deployed(page: Page, site: Served, words: str, how: str = "Use it") -> str:
    """Approve the suggestion with these words, also where the home asks for a yes first; its automation's id."""
    habit_id = open_suggestion(page, words)
    page.get_by_role("button", name="Approve", exact=True).click()
    page.get_by_role("radio", name=re.compile(how)).check()
    dialog_button(page, "Approve")
    confirmed_if_asked(page)
    expect(page.get_by_text("Deployed. Your home has it").first).to_be_visible()
    key = f"nightshift_{habit_id}"
    assert site.at_home(key) is not None
    return key


def confirmed_if_asked(page: Page) -> None:
    """The first change of a home waits for a second yes: it says what it will do to the file of automations."""
    ended = page.get_by_text(re.compile("Deployed. Your home has it|It waits for a second yes"))
    ended.first.wait_for()
    if page.get_by_text("It waits for a second yes").count():
        page.get_by_role("link", name="Look at the plan").first.click()
        expect(page.get_by_text("comments, quoting and blank lines").first).to_be_visible()
        page.get_by_role("button", name="Yes, do exactly this").click()


def test_an_approved_suggestion_is_deployed_run_rolled_back_and_restored(page: Page, site: Served) -> None:
    key = deployed(page, site, "Turn on Kitchen Ceiling")
    go(page, f"{site.url}automations/{key}")
    expect(page.get_by_text("In step", exact=True)).to_be_visible()

    page.get_by_role("button", name="Run once now").click()
    dialog_button(page, "Run once")
    expect(page.get_by_text("light.turn_on light.kitchen_ceiling")).to_be_visible()
    expect(page.get_by_text("It ran to its end.")).to_be_visible()

    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_role("dialog").get_by_text("- action: light.turn_on")).to_be_visible()
    dialog_button(page, "Roll back")
    expect(page.get_by_text(re.compile("^Rolled back"))).to_be_visible()
    assert site.at_home(key) is None

    page.get_by_role("button", name="Restore").click()
    dialog_button(page, "Restore")
    expect(page.get_by_text("Deployed. Your home has it").first).to_be_visible()
    assert site.at_home(key) is not None


def test_what_the_home_changed_is_shown_and_adopted_or_put_back_or_let_go_of(page: Page, site: Served) -> None:
    key = deployed(page, site, "Turn on Bedroom Lamp")
    site.edit_at_home(key, description="Dimmed by hand")
    site.ask("GET", "plan")  # looks at the home now, not within the minute

    go(page, f"{site.url}automations")
    row = page.get_by_role("listitem").filter(has_text="Bedroom Lamp").filter(has_text="Edited in the home")
    row.get_by_role("link").click()
    expect(page.get_by_role("group", name="Changed lines").get_by_text("Dimmed by hand")).to_be_visible()
    page.get_by_role("button", name="Adopt").click()
    expect(page.get_by_role("dialog")).to_contain_text("The home is not changed.")
    dialog_button(page, "Adopt")

    expect(page.get_by_text("In step", exact=True)).to_be_visible()
    newest = Repository(site.repository).git("show", "--format=%an", MAIN_REF).decode()
    assert newest.startswith("Resident\n")
    assert "Dimmed by hand" in newest

    drifted(page, site, key, "Not meant so")
    page.get_by_role("button", name="Put main's back").click()
    expect(page.get_by_role("dialog")).to_contain_text("The edit made in the home is lost there.")
    dialog_button(page, "Put main's back")
    expect(page.get_by_text("In step", exact=True)).to_be_visible()
    assert (site.at_home(key) or {})["description"] == "Dimmed by hand"

    drifted(page, site, key, "Ours alone now")
    page.get_by_role("button", name="Unmanage").click()
    expect(page.get_by_role("dialog")).to_contain_text("Nightshift never changes or removes it any more.")
    dialog_button(page, "Unmanage")
    expect(page.get_by_text("Made elsewhere")).to_be_visible()
    assert (site.at_home(key) or {})["description"] == "Ours alone now"
    go(page, f"{site.url}suggestions/{key.removeprefix('nightshift_')}")
    expect(page.get_by_text("Unmanaged", exact=True)).to_be_visible()


def drifted(page: Page, site: Served, key: str, description: str) -> None:
    """Somebody edits it in the home; its page shows what."""
    site.edit_at_home(key, description=description)
    site.ask("GET", "plan")
    go(page, f"{site.url}automations/{key}")
    expect(page.get_by_role("group", name="Changed lines").get_by_text(description)).to_be_visible()
    accessible(page)


def test_on_trial_it_is_in_the_home_turned_off(page: Page, site: Served) -> None:
    habit_id = open_suggestion(page, "Turn off Porch Light")

    page.keyboard.press("a")
    page.get_by_role("radio", name=re.compile("Deploy it turned off")).check()
    dialog_button(page, "Approve")
    confirmed_if_asked(page)

    expect(page.get_by_text("Deployed. Your home has it").first).to_be_visible()
    assert site.state_at_home(f"nightshift_{habit_id}") == "off"


def test_pushes_that_add_or_remove_many_wait_until_a_person_has_seen_what_they_do(
    page: Page, site: Served, tmp_path: Path
) -> None:
    """By a person's own git: six are added at once, and then removed."""
    clone, keys = tmp_path / "clone", [f"nightshift_c0ffee{number}" for number in range(6)]
    subprocess.run(("git", "clone", "-q", str(site.repository), str(clone)), check=True)
    (clone / "hallway").mkdir(exist_ok=True)
    for number, key in enumerate(keys):
        text = YAML.format(id=key, alias=f"Night light {number}").replace("light.kitchen", "light.hallway_light")
        (clone / "hallway" / f"{key}.yaml").write_text(text.replace("06:42", f"0{number}:15"))

    pushed(site, clone, "Six at once")
    assert not any(site.at_home(key) for key in keys)
    confirmed(page, site, "Adds")
    assert all(site.at_home(key) for key in keys)

    for key in keys:
        (clone / "hallway" / f"{key}.yaml").unlink()
    pushed(site, clone, "Away with them")
    assert all(site.at_home(key) for key in keys)
    confirmed(page, site, "Removes")
    assert not any(site.at_home(key) for key in keys)
    go(page, site.url)
    expect(page.get_by_role("link", name="Look at the plan")).to_have_count(0)


def pushed(site: Served, clone: Path, subject: str) -> None:
    git = ("git", "-C", str(clone), "-c", "user.name=Anna", "-c", "user.email=anna@example.org")
    for command in (("add", "-A"), ("commit", "-qm", subject), ("push", "-q")):
        subprocess.run((*git, *command), check=True)
    site.until(lambda: site.ask("GET", "status")["held_plan"])


def confirmed(page: Page, site: Served, verb: str) -> None:
    page.goto(site.url)
    page.get_by_role("link", name="Look at the plan").click()
    expect(page.get_by_text(verb, exact=True)).to_have_count(6)
    accessible(page)
    page.get_by_role("button", name="Yes, do exactly this").click()
    expect(page.get_by_text("Nothing to do")).to_be_visible()


def test_an_approval_of_what_was_changed_meanwhile_is_explained(page: Page, site: Served) -> None:
    habit_id = open_suggestion(page, "Bathroom Fan")
    shown = site.ask("GET", f"suggestions/{habit_id}")
    edit = {"yaml": shown["yaml"].replace("mode: single", "mode: restart"), "base_blob": shown["seen"]["proposed_blob"]}

    page.get_by_role("button", name="Approve", exact=True).click()
    site.ask("POST", f"suggestions/{habit_id}/edit", edit)
    dialog_button(page, "Approve")

    expect(page.get_by_text("the proposed automation was changed")).to_be_visible()
    expect(page.get_by_text("mode: restart").first).to_be_visible()
    assert site.at_home(f"nightshift_{habit_id}") is None


def test_declining_with_a_reason_takes_it_off_the_board(page: Page) -> None:
    habit_id = open_suggestion(page, "Turn off Bedroom Lamp")

    page.keyboard.press("d")
    page.get_by_role("textbox", name=re.compile("^Why")).fill("We like it as it is.")
    dialog_button(page, "Decline")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(page.get_by_text("We like it as it is.").first).to_be_visible()
    page.keyboard.press("u")

    expect(page.locator("a[data-row]").first).to_be_visible()
    expect(page.locator(f"a[data-row][href$='{habit_id}']")).to_have_count(0)


def test_several_are_put_off_at_once_and_sleep_until_their_day(page: Page) -> None:
    rows = page.locator("a[data-row]")
    for name in ("Coffee Maker", "Turn on Porch Light"):
        page.get_by_role("checkbox", name=re.compile(name)).check()
    before = rows.count()

    page.get_by_role("button", name="Snooze", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="In a week").click()
    dialog_button(page, "Snooze")
    expect(page.get_by_text("2 of 2 done.")).to_be_visible()
    expect(rows).to_have_count(before - 2)
    page.get_by_role("button", name=re.compile("^Snoozed")).click()

    expect(rows).to_have_count(2)
    expect(page.get_by_text(re.compile(r"^Until \w{3} \d"))).to_have_count(2)


def test_a_mistake_shows_while_typing_and_goes_when_it_is_mended(page: Page) -> None:
    open_suggestion(page)
    page.keyboard.press("e")
    right = draft(page)

    write(page, re.sub(r"mode: \w+", "mode: sometimes", right))
    expect(page.get_by_text("Blocks", exact=True).first).to_be_visible()
    expect(page.get_by_text(f"line {right[: right.index('mode:')].count(chr(10)) + 1}", exact=False)).to_be_visible()
    write(page, re.sub(r"mode: \w+", "mode: parallel", right))
    expect(page.get_by_text("Blocks", exact=True)).to_have_count(0)
    expect(page.get_by_role("group", name="Changed lines").get_by_text("mode: parallel")).to_be_visible()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved as a commit in your name.")).to_be_visible()
    expect(page.get_by_text("Edited by you").first).to_be_visible()


def test_what_the_home_has_is_offered_while_typing(page: Page) -> None:
    open_suggestion(page)
    page.keyboard.press("e")
    draft(page)
    page.get_by_label("The automation as YAML").press("Control+End")

    page.keyboard.type("- action: light.turn_o")
    expect(page.get_by_role("option", name="light.turn_on")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.keyboard.type("entity_id: porch")

    expect(page.get_by_role("option", name="light.porch_light")).to_contain_text("Porch Light, Outside")


def test_a_session_that_was_lost_goes_on_where_the_person_was_with_what_they_typed(page: Page) -> None:
    open_suggestion(page)
    page.keyboard.press("e")
    write(page, re.sub(r"mode: \w+", "mode: queued", draft(page)))
    address = page.url
    page.context.clear_cookies()

    expect(page.get_by_role("dialog")).to_contain_text("Your session has ended")
    sign_in(page)

    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url == address
    expect(page.get_by_label("The automation as YAML")).to_contain_text("mode: queued")


def test_who_signs_in_at_a_deep_address_stays_there(page: Page) -> None:
    open_suggestion(page)
    address, title = page.url, page.get_by_role("heading", level=1).inner_text()
    page.context.clear_cookies()

    page.goto(address)
    sign_in(page)

    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert page.url == address


def test_who_signs_in_at_home_assistant_comes_back_to_where_they_were(page: Page) -> None:
    open_suggestion(page)
    address = page.url
    page.context.clear_cookies()
    page.goto(address)

    page.get_by_role("button", name="Sign in with Home Assistant").click()
    page.get_by_label("Username").fill("admin")
    page.locator("input[type=password]").fill("ha-up-admin")
    page.keyboard.press("Enter")

    page.wait_for_url(address)
    page.get_by_role("heading", name="What will happen").wait_for()


def test_hostile_text_is_only_text(page: Page, phone: Page, site: Served) -> None:
    """A title as markup, in a script from right to left, of ten thousand characters; also typed in the editor."""
    evil = "<img src=x onerror=alert(1)> \u202e" + "ש" * 5_000 + "A" * 5_000
    config = YAML.format(id="nightshift_a1b2c3d4e5f6", alias=json.dumps(evil)).replace("light.kitchen", "light.none")
    hostile = proposal(title=evil, yaml=config, strength=0.01)
    propose(Repository(site.repository), hostile, None, "", datetime.now(UTC))
    site.until(lambda: site.ask("GET", "suggestions?q=onerror")["total"] == 1)

    for screen in (page, phone):
        go(screen, f"{site.url}?q=onerror")
        screen.locator("a[data-row]").filter(has_text="<img src=x").click()
        expect(screen.get_by_role("heading", level=1)).to_contain_text("<img src=x onerror=alert(1)>")
        screen.wait_for_load_state("networkidle")

        assert screen.locator("img[src='x']").count() == 0
        assert screen.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.keyboard.press("e")
    editor = page.get_by_label("The automation as YAML")
    expect(editor).to_contain_text("onerror")
    write(page, "alias: <img src=y onerror=alert(2)>\n" + "ש" * 3_000)
    expect(page.get_by_text("Blocks", exact=True).first).to_be_visible()
    assert page.locator("img[src='y']").count() == 0


def test_what_left_the_house_and_when_it_would_argue_with_another(page: Page, site: Served) -> None:
    """It turns off what the automation of the first test turns on, and a model had a part in it."""
    said = Exchange(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "a-model", "light_1 in room_1", "Off again", 900, 80)
    seen = {PATTERN_FILE: PATTERN.dump_json(HABIT), RECEIPTS_FILE: RECEIPTS.dump_json(Receipts((said,)))}
    config = YAML.format(id="nightshift_b1b2c3d4e5f6", alias="Dark kitchen").replace("turn_on", "turn_off")
    config = config.replace("light.kitchen", "light.kitchen_ceiling")
    told = proposal(
        "b1b2c3d4e5f6", title="Dark kitchen", yaml=config, strength=0.02, ledger_files=seen, drafted_by="model"
    )
    propose(Repository(site.repository), told, None, "", datetime.now(UTC))
    site.until(lambda: site.ask("GET", "suggestions?q=dark%20kitchen")["total"] == 1)

    page.reload()
    open_suggestion(page, "Dark kitchen")

    expect(page.get_by_text("does the opposite to `light.kitchen_ceiling`")).to_be_visible()
    page.get_by_text(re.compile(r"^It would have shown \d+ times$")).click()
    expect(page.get_by_text(re.compile(r"^\w{3}, \w{3} \d+, 06:42$")).first).to_be_visible()
    page.get_by_text("What was sent").click()
    expect(page.get_by_text("light_1 in room_1")).to_be_visible()
    accessible(page)
    page.get_by_text("What came back").click()
    expect(page.get_by_text("Off again")).to_be_visible()


def test_a_night_shows_its_progress_and_asks_again_about_what_was_on_trial(page: Page, site: Served) -> None:
    key = deployed(page, site, "Turn off Kitchen Ceiling", "Try it for seven days")
    go(page, f"{site.url}automations/{key}")
    expect(page.get_by_text("On trial", exact=True)).to_be_visible()
    over(site, key.removeprefix("nightshift_"))

    page.get_by_role("link", name="Nights", exact=True).first.click()
    expect(page.get_by_text("Done", exact=True)).to_have_count(1)
    page.get_by_role("button", name="Analyse now").click()
    expect(page.get_by_role("progressbar", name="Progress of the run")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=120_000)
    expect(page.get_by_text("Done", exact=True)).to_have_count(2)

    page.goto(f"{site.url}?shelf=trouble")
    open_suggestion(page, "Turn off Kitchen Ceiling")
    expect(page.get_by_text("Its seven days of trial are over.").first).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Keep it as it is").click()
    expect(page.get_by_text("It stays as it is.")).to_be_visible()
    go(page, f"{site.url}automations/{key}")
    expect(page.get_by_text("Healthy", exact=True)).to_be_visible()
    assert site.at_home(key) is not None


def over(site: Served, habit_id: str) -> None:
    """The days of its trial are past: what the ledger keeps of them is set back."""
    repository = Repository(site.repository)
    tip = read_latest_entry(repository, habit_id)
    assert tip is not None
    assert tip.trial_until is not None
    ended = replace(tip, trial_until=tip.trial_until - timedelta(days=8))
    repository.update_refs([commit_entry(repository, ended, BOT)])


def test_the_keyboard_alone_finds_opens_and_decides(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next and previous suggestion")
    page.keyboard.press("Escape")
    for key in "jjk":
        page.keyboard.press(key)
    title = page.evaluate("document.activeElement.innerText")

    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.keyboard.press("a")
    expect(page.get_by_role("dialog")).to_contain_text("Approve?")
    accessible(page)
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.get_by_role("dialog")).to_contain_text("How far this no reaches")
    accessible(page)
    page.keyboard.press("Escape")
    page.keyboard.press("e")

    expect(page.get_by_role("heading", level=1)).to_have_text("Edit")


def test_pausing_is_seen_on_every_page_until_it_ends(page: Page, site: Served) -> None:
    page.get_by_role("button", name="Pause everything").click()
    dialog_button(page, "Pause")
    for place in ("", "automations", "patterns", "runs", "status"):
        page.goto(site.url + place)
        expect(page.get_by_text("Everything is paused")).to_be_visible()

    page.get_by_role("button", name="Resume").click()

    expect(page.get_by_text("Everything is paused")).to_have_count(0)
