"""Who gets in, and who may change anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import time_machine

from reviewer_api.auth.sessions import RENEW_AFTER, HomeUser
from reviewer_api.auth.sign_in_link import LINK_LIFETIME
from reviewer_api.diary.one_time_tokens import SIGN_IN
from reviewer_api.web.limiter import Limiter, Rates
from reviewer_api.web.openapi import PUBLIC_OPERATIONS, openapi_document
from schemas.errors import Unauthorized, Unreachable
from tests.builders.service import TOKEN, Service, running

ADMIN, GUEST, LOST = "token-of-an-admin", "token-of-a-guest", "token-while-home-is-away"


async def who_is(token: str) -> HomeUser | None:
    if token == LOST:
        raise Unreachable("The home does not answer.")
    if token not in (ADMIN, GUEST):
        raise Unauthorized("no")
    return HomeUser("Ada" if token == ADMIN else "Guest", is_admin=token == ADMIN)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with running(tmp_path, who_is=who_is) as running_service:
        yield running_service


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_nothing_but_health_and_the_page_answers_a_stranger(service: Service) -> None:
    paths = openapi_document(service.app)["paths"]

    answers = {
        (path, method): (
            await service.client.request(method.upper(), path.replace("{", "").replace("}", ""))
        ).status_code
        for path, methods in paths.items()
        for method in methods
    }

    assert {where for where, status in answers.items() if status != 401} == set(PUBLIC_OPERATIONS)
    assert (await service.client.get("/api/no/such/route")).status_code == 401
    assert (await service.client.get("/")).status_code == 200


async def test_a_link_signs_in_once(service: Service) -> None:
    parts = service.parts
    code = await parts.diary.one_time_tokens.issue(SIGN_IN, "", "", parts.clock(), LINK_LIFETIME)

    first = await service.client.post("/api/session", json={"secret": code})
    second = await service.client.post("/api/session", json={"secret": code})

    assert (first.status_code, first.json()["role"]) == (200, "approver")
    assert second.status_code == 401


async def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(service: Service) -> None:
    answer = await service.client.post("/api/session", json={"secret": TOKEN})

    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))


async def test_the_cookie_is_secure_where_the_page_came_over_https(service: Service) -> None:
    answer = await service.client.post("https://ns/api/session", json={"secret": TOKEN})

    assert "Secure" in answer.headers["set-cookie"].split("; ")


async def test_a_session_ends_when_its_person_signs_out(service: Service) -> None:
    await service.sign_in()
    cookie = service.client.cookies["nightshift_session"]

    await service.client.delete("/api/session")
    service.client.cookies.set("nightshift_session", cookie)

    assert (await service.client.get("/api/session")).status_code == 401


async def test_a_session_outlives_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as before:
        await before.sign_in()
        cookie = before.client.cookies["nightshift_session"]

    async with running(tmp_path) as after:
        after.client.cookies.set("nightshift_session", cookie)

        assert (await after.client.get("/api/session")).status_code == 200


async def test_a_renewed_session_goes_to_its_own_person_only(service: Service) -> None:
    """The list is made once for all who ask; the new cookie of the first must not reach the second."""
    with time_machine.travel(datetime.now(UTC), tick=True) as travel:
        await service.sign_in()
        travel.shift(RENEW_AFTER + timedelta(minutes=1))

        assert "set-cookie" in (await service.client.get("/api/suggestions")).headers

        guest = {"Origin": "http://localhost:3002", **bearer(GUEST)}
        others = [await service.client.get("/api/suggestions", headers=guest) for _ in range(3)]
        assert [other.status_code for other in others] == [200, 200, 200]
        assert not any("set-cookie" in other.headers for other in others)
        assert {other.headers["vary"] for other in others} == {"Origin"}


async def test_a_change_without_the_pages_own_token_is_refused(service: Service) -> None:
    await service.sign_in()
    del service.client.headers["X-CSRF-Token"]

    assert (await service.client.post("/api/runs")).status_code == 403


async def test_a_change_from_another_origin_is_refused(service: Service) -> None:
    await service.sign_in()

    foreign = await service.client.post("/api/runs", headers={"Origin": "https://evil.example"})
    cross = await service.client.post("/api/runs", headers={"Sec-Fetch-Site": "same-site"})
    ours = await service.client.post("/api/runs", headers={"Origin": "http://ns"})

    assert (foreign.status_code, cross.status_code, ours.status_code) == (403, 403, 202)


async def test_a_configured_origin_may_change(tmp_path: Path) -> None:
    async with running(tmp_path, CORS_ORIGINS="http://localhost:5173") as service:
        await service.sign_in()

        answer = await service.client.post("/api/runs", headers={"Origin": "http://localhost:5173"})

    assert answer.status_code == 202
    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"


async def test_without_a_setting_only_the_page_on_localhost_may_call(service: Service) -> None:
    asked = {"Access-Control-Request-Method": "GET"}

    ours = await service.client.options("/api/runs", headers={"Origin": "http://localhost:3002", **asked})
    foreign = await service.client.options("/api/runs", headers={"Origin": "https://evil.example", **asked})

    assert ours.headers["access-control-allow-origin"] == "http://localhost:3002"
    assert "access-control-allow-origin" not in foreign.headers


async def test_the_local_token_is_a_bearer_token_too(service: Service) -> None:
    answer = await service.client.get("/api/session", headers=bearer(TOKEN))

    assert (answer.json()["name"], answer.json()["role"]) == ("Resident", "approver")


async def test_an_administrator_of_the_home_may_change_and_others_may_look(service: Service) -> None:
    admin = await service.client.post("/api/runs", headers=bearer(ADMIN))
    guest_looks = await service.client.get("/api/runs", headers=bearer(GUEST))
    guest_acts = await service.client.post("/api/runs", headers=bearer(GUEST))

    assert (admin.status_code, guest_looks.status_code, guest_acts.status_code) == (202, 200, 403)


async def test_a_wrong_bearer_token_is_not_covered_by_a_good_cookie(service: Service) -> None:
    await service.sign_in()

    assert (await service.client.get("/api/runs", headers=bearer("no-such-token-here"))).status_code == 401


async def test_a_token_that_the_home_cannot_be_asked_about_is_neither_taken_nor_refused(service: Service) -> None:
    answer = await service.client.get("/api/runs", headers=bearer(LOST))

    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


async def test_guessing_tokens_soon_has_to_wait(tmp_path: Path) -> None:
    async with running(tmp_path, who_is=who_is, SIGN_IN_RATE_LIMIT="3/hour") as service:
        guesses = [
            await service.client.get("/api/runs", headers=bearer(f"a-guess-at-a-token-{number}")) for number in range(4)
        ]
        by_form = await service.client.post("/api/session", json={"secret": "another-guess-at-it"})

    assert [answer.status_code for answer in guesses] == [401, 401, 401, 429]
    assert by_form.status_code == 429
    assert int(by_form.headers["Retry-After"]) > 0


async def test_wrong_tries_lock_out_no_right_token_from_the_same_address(tmp_path: Path) -> None:
    async with running(tmp_path, who_is=who_is, SIGN_IN_RATE_LIMIT="2/hour") as service:
        seen_before = await service.client.get("/api/runs", headers=bearer(ADMIN))
        guesses = [
            await service.client.post("/api/session", json={"secret": f"a-guess-at-a-token-{n}"}) for n in range(3)
        ]
        ours, theirs = [await service.client.get("/api/runs", headers=bearer(token)) for token in (TOKEN, ADMIN)]
        by_form = await service.client.post("/api/session", json={"secret": TOKEN})

    assert [answer.status_code for answer in guesses] == [401, 401, 429]
    assert [answer.status_code for answer in (seen_before, ours, theirs, by_form)] == [200, 200, 200, 200]


async def test_another_address_in_a_header_is_no_fresh_counter(tmp_path: Path) -> None:
    async with running(tmp_path, who_is=who_is, SIGN_IN_RATE_LIMIT="2/hour") as service:
        guesses = [
            await service.client.post(
                "/api/session", json={"secret": f"a-guess-at-a-token-{n}"}, headers={"X-Forwarded-For": f"192.0.2.{n}"}
            )
            for n in range(3)
        ]

    assert [answer.status_code for answer in guesses] == [401, 401, 429]


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_tries_from_another_site_are_refused_and_do_not_count(tmp_path: Path, headers: dict[str, str]) -> None:
    async with running(tmp_path, who_is=who_is, SIGN_IN_RATE_LIMIT="1/hour") as service:
        foreign = [
            await service.client.post("/api/session", json={"secret": "a-guess-at-a-token"}, headers=headers)
            for _ in range(3)
        ]
        own = await service.client.post("/api/session", json={"secret": ADMIN})

    assert [answer.status_code for answer in foreign] == [403, 403, 403]
    assert own.status_code == 200


async def test_the_supervisor_is_no_header(tmp_path: Path) -> None:
    headers = {"X-Remote-User-Id": "abc", "X-Remote-User-Name": "Ada", "X-Forwarded-For": "172.30.32.2"}

    async with running(tmp_path, INGRESS_ADDRESS="172.30.32.2") as service:
        answer = await service.client.get("/api/session", headers=headers)

    assert answer.status_code == 401


async def test_who_asks_too_much_is_told_when_to_come_back(tmp_path: Path) -> None:
    async with running(tmp_path, RATE_LIMIT="2/hour") as service:
        answers = [await service.client.get("/api/runs", headers=bearer(TOKEN)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 3600


async def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    seconds = count(100)
    limiter = Limiter(Rates(requests="1/second"), lambda: float(next(seconds)))

    before = await limiter.count_request("ada")
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=1)):
        after = [await limiter.count_request("ada") for _ in range(2)]

    assert (before, after) == (0, [0, 0])


async def test_ingress_is_believed_only_from_the_supervisor(tmp_path: Path) -> None:
    headers = {"X-Remote-User-Id": "abc", "X-Remote-User-Name": "Ada", "X-Ingress-Path": "/api/hassio_ingress/t0ken"}

    async with running(tmp_path / "addon", INGRESS_ADDRESS="127.0.0.1") as service:
        supervised = await service.client.get("/api/session", headers=headers)
        page = await service.client.get("/", headers=headers)
    async with running(tmp_path / "other", INGRESS_ADDRESS="172.30.32.2") as service:
        pretended = await service.client.get("/api/session", headers=headers)

    assert (supervised.status_code, supervised.json()["role"]) == (200, "reader")
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
    assert pretended.status_code == 401


async def test_what_was_sent_is_not_repeated_when_it_is_not_understood(service: Service) -> None:
    answer = await service.client.post("/api/session", json={"secret": "short", "password": "a-canary-secret"})

    assert answer.status_code == 422
    assert "a-canary-secret" not in answer.text
    assert "secret" in answer.json()["detail"]
