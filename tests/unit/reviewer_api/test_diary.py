"""The diary remembers, survives being broken, and holds no secret."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reviewer_api.diary import Diary, open_diary
from reviewer_api.diary import outbox as outbox_module
from reviewer_api.diary.board import SuggestionFilter
from reviewer_api.diary.database import MIGRATIONS
from reviewer_api.models.suggestions import SuggestionRow
from schemas.errors import InputError
from schemas.suggestions import State

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
async def diary(tmp_path: Path) -> AsyncIterator[Diary]:
    opened = await open_diary(tmp_path / "diary.sqlite")
    yield opened
    await opened.close()


def row(habit_id: str, state: State = State.OPEN, strength: float = 0.5, area: str | None = "Kitchen") -> SuggestionRow:
    return SuggestionRow(
        habit_id=habit_id,
        title=f"Habit {habit_id}",
        state=state,
        kind="time_of_day",
        area=area,
        strength=strength,
        days_seen=7,
        days_possible=8,
        proposed_at=None,
        updated_at="2026-11-23T03:00:00Z",
    )


async def test_a_new_diary_is_readable_by_its_owner_only(diary: Diary) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in diary.path.parent.glob("diary.sqlite*")}

    assert set(modes.values()) == {0o600}
    assert diary.is_new


async def test_a_broken_diary_is_set_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    path = tmp_path / "diary.sqlite"
    path.write_bytes(b"this is no database, but it may be worth a look later" * 100)

    diary = await open_diary(path)
    await diary.close()

    assert diary.is_new
    assert [kept.read_bytes()[:4] for kept in tmp_path.glob("diary.sqlite.broken-*")] == [b"this"]


async def test_a_diary_damaged_in_the_middle_is_set_aside_too(tmp_path: Path) -> None:
    path = tmp_path / "diary.sqlite"
    first = await open_diary(path)
    await first.board.rebuild([(row(str(number)), "tip") for number in range(300)])
    await first.close()
    content = bytearray(path.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    path.write_bytes(content)

    second = await open_diary(path)
    await second.close()

    assert second.is_new


async def test_a_diary_of_a_newer_nightshift_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "diary.sqlite"
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    database.close()

    with pytest.raises(InputError, match="newer"):
        await open_diary(path)


async def test_a_diary_where_nothing_can_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(InputError, match="DATA_DIR"):
        await open_diary(tmp_path / "file" / "diary.sqlite")


async def test_the_board_lists_what_is_wanted_best_first(diary: Diary) -> None:
    await diary.board.save(row("weak", strength=0.2), "t1")
    await diary.board.save(row("strong", strength=0.9), "t2")
    await diary.board.save(row("declined", State.DECLINED, area="Hall"), "t3")

    page = await diary.board.page(SuggestionFilter(states=(State.OPEN,), title_contains="HABIT", limit=1))

    assert [SuggestionRow.model_validate_json(line).habit_id for line in page.lines] == ["strong"]
    assert (page.total, page.counts, page.areas) == (2, {"open": 2, "declined": 1}, ("Hall", "Kitchen"))


async def test_the_board_shows_a_change_at_once(diary: Diary) -> None:
    await diary.board.save(row("one"), "t1")
    await diary.board.page(SuggestionFilter())

    await diary.board.save(row("one", State.DECLINED), "t2")

    assert (await diary.board.page(SuggestionFilter())).counts == {"declined": 1}
    assert await diary.board.tips() == {"one": "t2"}


async def test_a_remade_board_holds_exactly_what_it_is_made_of(diary: Diary) -> None:
    await diary.board.save(row("old"), "t1")

    await diary.board.rebuild([(row("new"), "t2")])

    assert await diary.board.row("old") is None
    assert await diary.board.row("new") == row("new")


async def test_waiting_notices_keep_their_order_and_the_newest_state(diary: Diary) -> None:
    for topic, payload, retain in [
        ("state", "1", True),
        ("event", "a", False),
        ("state", "2", True),
        ("event", "b", False),
    ]:
        await diary.outbox.add(topic, payload, retain, NOW)

    assert [(n.topic, n.payload) for n in await diary.outbox.pending()] == [
        ("event", "a"),
        ("state", "2"),
        ("event", "b"),
    ]


async def test_the_outbox_does_not_fill_the_disk(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "MAX_MESSAGES", 3)

    for number in range(10):
        await diary.outbox.add("event", str(number), False, NOW)

    assert [notice.payload for notice in await diary.outbox.pending()] == ["7", "8", "9"]


async def test_a_ticket_works_once_for_its_purpose_and_in_time(diary: Diary) -> None:
    secret = await diary.one_time_tokens.issue("phone", "habit", "what was shown", NOW, timedelta(hours=1))
    late = await diary.one_time_tokens.issue("phone", "other", "", NOW, timedelta(hours=1))

    assert await diary.one_time_tokens.redeem("sign-in", secret, NOW) is None
    assert await diary.one_time_tokens.redeem("phone", secret, NOW) == "what was shown"
    assert await diary.one_time_tokens.redeem("phone", secret, NOW) is None
    assert await diary.one_time_tokens.redeem("phone", late, NOW + timedelta(hours=2)) is None


async def test_the_diary_of_an_older_nightshift_keeps_its_people_signed_in(tmp_path: Path) -> None:
    path = tmp_path / "diary.sqlite"
    with closing(sqlite3.connect(path)) as old:
        session = "('digest', 'id', 'Ada', 'approver', 'csrf', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')"
        old.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1; INSERT INTO sessions VALUES {session};")  # noqa: S608 - texts of the test

    opened = await open_diary(path)
    sessions = await opened.sessions.all()
    await opened.close()

    assert [(one.name, one.user_id) for one in sessions] == [("Ada", "")]


async def test_a_newer_ticket_about_the_same_thing_ends_the_older(diary: Diary) -> None:
    first = await diary.one_time_tokens.issue("phone", "habit", "1", NOW, timedelta(hours=1))
    second = await diary.one_time_tokens.issue("phone", "habit", "2", NOW, timedelta(hours=1))

    assert await diary.one_time_tokens.redeem("phone", first, NOW) is None
    assert await diary.one_time_tokens.redeem("phone", second, NOW) == "2"


async def test_runs_and_deployments_are_forgotten_when_old_or_many_but_never_the_last_runs(diary: Diary) -> None:
    for day in range(5):
        await diary.runs.begin(str(day), NOW - timedelta(days=day))
        await diary.deployments.add(NOW - timedelta(days=day), "id", "t", "create", "deployed", "", "sha")

    await diary.runs.delete_before(NOW - timedelta(hours=1), min_rows=2, max_rows=9)
    await diary.deployments.delete_before(NOW - timedelta(days=2, hours=1), max_rows=9)
    by_age = [run.run_id for run in await diary.runs.latest()], len(await diary.deployments.latest())
    await diary.runs.delete_before(NOW - timedelta(days=9), min_rows=2, max_rows=1)
    await diary.deployments.delete_before(NOW - timedelta(days=9), max_rows=2)
    by_number = [run.run_id for run in await diary.runs.latest()], len(await diary.deployments.latest())

    assert by_age == (["0", "1"], 3)
    assert by_number == (["0"], 2)
