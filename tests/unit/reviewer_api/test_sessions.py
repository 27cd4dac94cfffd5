"""Sessions are renewed, end, and are kept as digests only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reviewer_api.auth.local_token import local_token
from reviewer_api.auth.sessions import (
    OLD_TOKEN_LIFETIME,
    RENEW_AFTER,
    SESSION_LIFETIME,
    USER_CACHE_LIFETIME,
    Auth,
    HomeUser,
)
from reviewer_api.diary import Diary, open_diary
from schemas.errors import InputError

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
async def diary(tmp_path: Path) -> AsyncIterator[Diary]:
    opened = await open_diary(tmp_path / "diary.sqlite")
    yield opened
    await opened.close()


@pytest.fixture
def auth(diary: Diary) -> Auth:
    return Auth("the-local-token", "Resident", diary.sessions, diary.one_time_tokens, None)


async def test_a_session_token_is_renewed_and_the_old_one_soon_ends(auth: Auth) -> None:
    session, old = await auth.begin_session("Ada", "approver", NOW)
    later = NOW + RENEW_AFTER

    new = await auth.renew(session, later)

    assert new is not None
    assert auth.session(new, later) is not None
    assert auth.session(old, later) is not None
    assert auth.session(old, later + OLD_TOKEN_LIFETIME) is None


async def test_renewing_keeps_the_csrf_token_of_an_open_page(auth: Auth) -> None:
    session, _ = await auth.begin_session("Ada", "approver", NOW)

    new = await auth.renew(session, NOW + RENEW_AFTER)

    renewed = auth.session(str(new), NOW + RENEW_AFTER)
    assert renewed is not None
    assert renewed.csrf == session.csrf


async def test_a_token_is_renewed_once_though_many_requests_are_under_way(auth: Auth) -> None:
    session, old = await auth.begin_session("Ada", "approver", NOW)
    later = NOW + RENEW_AFTER
    await auth.renew(session, later)
    still = auth.session(old, later)

    assert still is not None
    assert await auth.renew(still, later) is None


async def test_a_session_that_nobody_uses_ends(auth: Auth) -> None:
    _, token = await auth.begin_session("Ada", "approver", NOW)

    assert auth.session(token, NOW + SESSION_LIFETIME) is None


async def test_a_session_keeps_to_what_its_person_is_in_the_home(auth: Auth, diary: Diary) -> None:
    people = {"ada": "approver", "bo": "approver", "cy": "reader", "": "approver"}
    tokens = {key: (await auth.begin_session(key or "Resident", role, NOW, key))[1] for key, role in people.items()}

    await auth.apply_home_users({"ada": True, "bo": False})

    found = {key: auth.session(token, NOW) for key, token in tokens.items()}
    assert {key: session and session.role for key, session in found.items()} == {
        "ada": "approver",
        "bo": "reader",
        "cy": None,
        "": "approver",
    }
    assert {kept.user_id: kept.role for kept in await diary.sessions.all()} == {
        "ada": "approver",
        "bo": "reader",
        "": "approver",
    }


async def test_the_diary_holds_no_token(auth: Auth, diary: Diary) -> None:
    _, token = await auth.begin_session("Ada", "approver", NOW)
    ticket = await diary.one_time_tokens.issue("phone", "", "", NOW, timedelta(hours=1))

    kept = b"".join(path.read_bytes() for path in diary.path.parent.glob("diary.sqlite*"))

    assert token.encode() not in kept
    assert ticket.encode() not in kept


async def test_the_home_is_asked_about_a_token_once_in_a_while(diary: Diary) -> None:
    asked: list[str] = []

    async def who_is(token: str) -> HomeUser | None:
        asked.append(token)
        return None

    auth = Auth("the-local-token", "Resident", diary.sessions, diary.one_time_tokens, who_is)
    for moment in (NOW, NOW + timedelta(seconds=1), NOW + USER_CACHE_LIFETIME + timedelta(seconds=1)):
        assert await auth.caller_from_home("a-wrong-token", moment) is None

    assert asked == ["a-wrong-token"] * 2


def test_the_local_token_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "local_token"

    token = local_token(path, None)

    assert len(token) >= 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert local_token(path, None) == token


def test_a_token_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "local_token"
    local_token(path, None)
    path.chmod(0o644)

    local_token(path, None)

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_chosen_token_must_be_hard_to_guess(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="LOCAL_TOKEN"):
        local_token(tmp_path / "local_token", "short")
