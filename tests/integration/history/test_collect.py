"""A night's history: what is new comes from the source, the rest from the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from automations.history.collect import collect
from automations.history.source import HistorySource
from automations.history.source_result import SourceResult
from automations.history.store import DayStore
from schemas.clock import microseconds
from schemas.errors import InputError, NightshiftError, Unauthorized, Unreachable, WrongServerError
from schemas.events import Events, Origin
from schemas.home import Entity, Home
from tests.builders.event_rows import events_of, rows_of

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HOME = Home("UTC", entities=(Entity("light.lamp"), Entity("light.hall")))
IDS = frozenset({"light.lamp", "light.hall"})


@dataclass
class ScriptedSource(HistorySource):
    """A home with a change every hour that remembers what it was asked; it forgets and fails as told."""

    name: str = "the scripted home"
    remembers_from: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    silent: bool = False
    error: NightshiftError | None = None
    error_after: int = 0
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)
    asked_for: list[frozenset[str]] = field(default_factory=list)

    async def read(self, start: datetime, end: datetime, home: Home, entity_ids: frozenset[str]) -> SourceResult:
        self.asked.append((start, end))
        self.asked_for.append(entity_ids)
        if self.error and len(self.asked) > self.error_after:
            raise self.error
        first = max(start, self.remembers_from)
        hours = (
            []
            if self.silent or "light.lamp" not in entity_ids
            else range(max(0, int((end - first).total_seconds() // 3600)))
        )
        rows = [
            (microseconds(first) + hour * 3_600_000_000, "light.lamp", ("on", "off")[hour % 2], Origin.APP)
            for hour in hours
        ]
        return SourceResult(events_of(rows))


async def night(source: ScriptedSource, store: DayStore, now: datetime = NOW, days: int = 5) -> Events:
    return (await collect(source, store, HOME, IDS, now, days, keep_days=10)).events


async def test_the_first_night_reads_the_whole_window_at_once(tmp_path: Path) -> None:
    source = ScriptedSource()

    events = await night(source, DayStore(tmp_path))

    assert source.asked == [(datetime(2026, 11, 18, tzinfo=UTC), NOW)]
    assert len(events) == 5 * 24
    assert events.time[0] >= microseconds(NOW - timedelta(days=5))


async def test_the_next_night_reads_only_what_is_new(tmp_path: Path) -> None:
    store, source = DayStore(tmp_path), ScriptedSource()
    await night(source, store)

    events = await night(source, store, NOW + timedelta(days=1))

    assert source.asked[1:] == [(datetime(2026, 11, 23, tzinfo=UTC), NOW + timedelta(days=1))]
    assert len(events) == 5 * 24


async def test_an_outage_does_not_stop_the_night(tmp_path: Path) -> None:
    store = DayStore(tmp_path)
    before = rows_of(await night(ScriptedSource(), store))
    away = ScriptedSource(error=Unreachable("The home is away."))

    history = await collect(away, store, HOME, IDS, NOW, 5, 10)

    assert rows_of(history.events) == before
    assert history.notes == (
        "The home is away.",
        "The history stored until 2026-11-23 03:00 UTC was used instead.",
    )


async def test_an_outage_in_the_first_night_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="away"):
        await night(ScriptedSource(error=Unreachable("The home is away.")), DayStore(tmp_path))


@pytest.mark.parametrize(
    "error", [Unauthorized("Wrong token."), InputError("Five-minute means."), WrongServerError("A login page.")]
)
async def test_any_other_failure_leaves_the_store_as_it_was(tmp_path: Path, error: NightshiftError) -> None:
    store = DayStore(tmp_path)
    await night(ScriptedSource(), store)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    with pytest.raises(type(error)):
        await night(ScriptedSource(error=error), store, NOW + timedelta(days=1))

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


async def test_what_was_read_before_an_outage_is_kept(tmp_path: Path) -> None:
    store = DayStore(tmp_path)
    await night(ScriptedSource(), store)
    (tmp_path / "2026-11-19.npz").unlink()
    failing = ScriptedSource(error=Unreachable("The home is away."), error_after=1)

    await night(failing, store)

    assert date(2026, 11, 19) in store.days()


async def test_a_damaged_day_is_read_anew(tmp_path: Path) -> None:
    store, source = DayStore(tmp_path), ScriptedSource()
    whole = rows_of(await night(source, store))
    (tmp_path / "2026-11-20.npz").write_bytes(b"half")

    history = await collect(source, store, HOME, IDS, NOW, 5, 10)

    day = datetime(2026, 11, 20, tzinfo=UTC)
    assert (day, day + timedelta(days=1)) in source.asked
    assert rows_of(history.events) == whole
    assert any("2026-11-20 is damaged" in note and "read anew" in note for note in history.notes)


async def test_days_that_the_source_has_forgotten_stay(tmp_path: Path) -> None:
    store = DayStore(tmp_path)
    await night(ScriptedSource(), store)
    forgetful = ScriptedSource(remembers_from=NOW + timedelta(hours=12))

    events = await night(forgetful, store, NOW + timedelta(days=1))

    assert events.time[0] == microseconds(NOW - timedelta(days=4))


async def test_days_before_the_sources_memory_are_asked_for_once(tmp_path: Path) -> None:
    store, source = DayStore(tmp_path), ScriptedSource(remembers_from=datetime(2026, 11, 21, tzinfo=UTC))
    await night(source, store)

    await night(source, store, NOW + timedelta(days=1))

    assert source.asked[1:] == [(datetime(2026, 11, 23, tzinfo=UTC), NOW + timedelta(days=1))]


async def test_of_the_past_days_only_a_new_entity_is_read_and_only_once(tmp_path: Path) -> None:
    store, source = DayStore(tmp_path), ScriptedSource()
    await collect(source, store, HOME, frozenset({"light.lamp"}), NOW, 5, 10)
    before = rows_of(store.read(NOW - timedelta(days=5), NOW))

    for _ in range(2):
        await collect(source, store, HOME, IDS, NOW, 5, 10)

    today = datetime(2026, 11, 23, tzinfo=UTC)
    assert source.asked[1:] == [(datetime(2026, 11, 18, tzinfo=UTC), today), (today, NOW), (today, NOW)]
    assert source.asked_for[1:] == [frozenset({"light.hall"}), IDS, IDS]
    assert rows_of(store.read(NOW - timedelta(days=5), NOW)) == before


async def test_a_new_name_alone_reads_no_past_day_again(tmp_path: Path) -> None:
    store, source = DayStore(tmp_path), ScriptedSource()
    await collect(source, store, HOME, frozenset({"light.lamp"}), NOW, 5, 10)
    renamed = Home("UTC", entities=(Entity("light.reading_lamp", former_ids=("light.lamp",)),))

    await collect(source, store, renamed, frozenset({"light.reading_lamp"}), NOW, 5, 10)

    assert source.asked[1:] == [(datetime(2026, 11, 23, tzinfo=UTC), NOW)]
    assert source.asked_for[1] == {"light.lamp", "light.reading_lamp"}


async def test_an_empty_window_is_said_and_nothing_is_stored(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No change of the 2 entities"):
        await night(ScriptedSource(silent=True), DayStore(tmp_path))

    assert list(tmp_path.iterdir()) == []


async def test_a_source_that_tells_nothing_any_more_is_said(tmp_path: Path) -> None:
    store = DayStore(tmp_path)
    before = rows_of(await night(ScriptedSource(), store))

    history = await collect(ScriptedSource(silent=True), store, HOME, IDS, NOW, 5, 10)

    assert rows_of(history.events) == before
    assert "Nothing since 2026-11-23 is told by the scripted home" in history.notes[0]


async def test_a_renamed_entity_keeps_its_stored_history(tmp_path: Path) -> None:
    store = DayStore(tmp_path)
    await night(ScriptedSource(), store)
    renamed = Home("UTC", entities=(Entity("light.reading_lamp", former_ids=("light.lamp",)),))

    history = await collect(ScriptedSource(silent=True), store, renamed, frozenset({"light.reading_lamp"}), NOW, 5, 10)

    assert {row[1] for row in rows_of(history.events)} == {"light.reading_lamp"}
    assert len(history.events) == 5 * 24


async def test_a_source_that_keeps_the_old_name_is_asked_for_it(tmp_path: Path) -> None:
    renamed = Home("UTC", entities=(Entity("light.reading_lamp", former_ids=("light.lamp",)),))

    history = await collect(
        ScriptedSource(), DayStore(tmp_path), renamed, frozenset({"light.reading_lamp"}), NOW, 5, 10
    )

    assert {row[1] for row in rows_of(history.events)} == {"light.reading_lamp"}


async def test_old_days_leave_the_store(tmp_path: Path) -> None:
    store = DayStore(tmp_path)
    await night(ScriptedSource(), store)

    await night(ScriptedSource(), store, NOW + timedelta(days=20))

    assert store.days()[0] >= (NOW + timedelta(days=10)).date()
