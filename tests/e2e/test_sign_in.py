"""Sign-in with a real Home Assistant: its own page in a real browser, its tokens, and its people's rights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from automations.home_assistant.client import HomeAssistant
from reviewer_api.auth.home_users import HomeUsers
from reviewer_api.auth.sessions import Auth
from reviewer_api.diary import open_diary
from tests.builders.real_home import RealHome, guests_token
from tests.builders.service import served

pytestmark = pytest.mark.e2e
USER, PASSWORD = "admin", "ha-up-admin"
"""The first person of the Home Assistant that our tool starts."""


@pytest.fixture
def service(tmp_path: Path, real_home: RealHome) -> Iterator[str]:
    with served(tmp_path, HA_URL=real_home.url, HA_TOKEN=real_home.token) as (address, _):
        yield address


@pytest.fixture
def browser_page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        page = browser.new_page()
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def test_a_person_signs_in_on_home_assistants_own_page(service: str, browser_page: Page) -> None:
    browser_page.goto(f"{service}/api/sign-in/home-assistant")
    browser_page.get_by_label("Username").fill(USER)
    browser_page.locator("input[type=password]").fill(PASSWORD)
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_url(f"{service}/")

    session = browser_page.evaluate("() => fetch('/api/session').then(answer => answer.json())")
    assert session["role"] == "approver"
    assert session["name"]
    assert session["home_assistant_sign_in"] is True


def test_the_way_back_works_only_in_the_browser_that_asked(service: str) -> None:
    with httpx.Client(base_url=service) as asked, httpx.Client(base_url=service) as other:
        way = httpx.URL(asked.get("/api/sign-in/home-assistant").headers["location"])
        answer = {"code": "made-up", "state": way.params["state"]}

        stolen = other.get("/api/sign-in/home-assistant/back", params=answer)
        replayed = asked.get("/api/sign-in/home-assistant/back", params=answer)

    assert (stolen.status_code, replayed.status_code) == (401, 401)


async def test_tokens_of_the_homes_people_give_them_their_rights(service: str, real_home: RealHome) -> None:
    guest = await guests_token(real_home)
    async with httpx.AsyncClient(base_url=service) as client:
        admin = await client.get("/api/session", headers={"Authorization": f"Bearer {real_home.token}"})
        looks = await client.get("/api/runs", headers={"Authorization": f"Bearer {guest}"})
        acts = await client.post("/api/runs", headers={"Authorization": f"Bearer {guest}"})
        nobody = await client.get("/api/runs", headers={"Authorization": "Bearer not-a-token-of-the-home"})

    assert admin.json()["role"] == "approver"
    assert (looks.status_code, acts.status_code, nobody.status_code) == (200, 403, 401)


async def test_who_leaves_the_home_or_its_administrators_is_known_to_have(tmp_path: Path, real_home: RealHome) -> None:
    told: list[Mapping[str, bool]] = []

    class Told(Auth):
        async def apply_home_users(self, admins: Mapping[str, bool]) -> None:
            told.append(admins)
            await super().apply_home_users(admins)

    diary = await open_diary(tmp_path / "diary.sqlite")
    auth = Told("token", "Resident", diary.sessions, diary.one_time_tokens, None)
    people = HomeUsers(real_home.url, real_home.token, auth)
    async with HomeAssistant(real_home.url, real_home.token) as client, client.open_websocket() as talk:
        made = await talk.send_command("config/auth/create", name="Passing", group_ids=["system-admin"])
        person = made["user"]["id"]
        await people.refresh()
        was_admin = person in people
        await talk.send_command("config/auth/update", user_id=person, group_ids=["system-users"])
        await people.refresh()
        is_admin = person in people
        await talk.send_command("config/auth/delete", user_id=person)
        await people.refresh()
    await diary.close()

    assert (was_admin, is_admin) == (True, False)
    assert [answer.get(person) for answer in told] == [True, False, None]
