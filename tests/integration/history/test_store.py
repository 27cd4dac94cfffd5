"""The local store of history, on a real disk."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automations.history.event_builder import drop_repeats
from automations.history.store import DamagedDay, DayStore, StoredDay, combine_days, events_of_day
from schemas.clock import microseconds
from schemas.errors import InputError
from schemas.events import Events, Origin
from tests.builders.event_rows import events_of, rows_of

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
READ = datetime(2026, 11, 21, 3, tzinfo=UTC)
LAMP = frozenset({"light.lamp"})


def at(hour: int, state: str = "on", entity: str = "light.lamp", origin: Origin = Origin.APP) -> tuple:
    return (microseconds(datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=hour)), entity, state, origin)


def stored(*rows: tuple, read_at: datetime = READ) -> StoredDay:
    return StoredDay(DAY, read_at, LAMP, events_of(list(rows)))


def test_a_day_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    store = DayStore(tmp_path / "new" / "store")
    day = stored(at(7), at(8, "off"), at(9, "20.5", "sensor.dämpfer", Origin.DEVICE))

    store.save(day)

    back = store.load(DAY)
    assert back is not None
    assert rows_of(back.events) == rows_of(day.events)
    assert (back.read_at, back.asked_entity_ids) == (READ, LAMP)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 86_399_999_999), st.text(max_size=5), st.text(max_size=5), st.sampled_from(Origin)),
        max_size=30,
    )
)
def test_any_day_comes_back_as_it_was_stored(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:
    store = DayStore(tmp_path_factory.getbasetemp() / "any-day")
    start = microseconds(datetime(2026, 11, 20, tzinfo=UTC))
    events = drop_repeats(events_of([(start + time, *rest) for time, *rest in rows]))

    store.save(StoredDay(DAY, READ, LAMP, events))

    back = store.load(DAY)
    assert back is not None
    assert rows_of(back.events) == rows_of(events)


def test_a_day_that_was_never_stored_is_none(tmp_path: Path) -> None:
    assert DayStore(tmp_path).load(DAY) is None
    assert DayStore(tmp_path / "nowhere").days() == []


@pytest.mark.parametrize("kept", [0, 10, 100, 0.5, 0.9, -1])
def test_a_half_written_day_is_noticed(tmp_path: Path, kept: float) -> None:
    store = DayStore(tmp_path)
    store.save(stored(*(at(hour, state) for hour in range(20) for state in ("on", "off"))))
    file = tmp_path / "2026-11-20.npz"
    whole = file.read_bytes()

    file.write_bytes(whole[: int(kept * len(whole)) if 0 < kept < 1 else int(kept)])

    with pytest.raises(DamagedDay, match="2026-11-20"):
        store.load(DAY)
    assert len(store.read(NOON - timedelta(days=1), NOON + timedelta(days=1))) == 0


def test_a_flipped_bit_is_noticed_or_harmless(tmp_path: Path) -> None:
    store = DayStore(tmp_path)
    day = stored(*(at(hour, state) for hour in range(20) for state in ("on", "off")))
    store.save(day)
    file = tmp_path / "2026-11-20.npz"
    whole = file.read_bytes()
    noticed = 0

    for place in range(0, len(whole), 7):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        try:
            back = store.load(DAY)
        except DamagedDay:
            noticed += 1
        else:
            assert back is not None
            assert rows_of(back.events) == rows_of(day.events)

    assert noticed > len(whole) / 7 / 2


def test_reading_joins_days_and_cuts_the_window(tmp_path: Path) -> None:
    store = DayStore(tmp_path)
    day_after = microseconds(datetime(2026, 11, 21, 1, tzinfo=UTC))
    store.save(stored(at(7), at(13, "off")))
    store.save(StoredDay(date(2026, 11, 21), READ, LAMP, events_of([(day_after, "light.lamp", "on", Origin.WALL)])))

    events = store.read(NOON, READ)

    assert [(row[2], row[3]) for row in rows_of(events)] == [("off", Origin.APP), ("on", Origin.WALL)]


def test_a_day_is_complete_only_when_read_well_after_its_end() -> None:
    midnight = datetime(2026, 11, 21, tzinfo=UTC)

    assert not stored(read_at=NOON).is_complete
    assert not stored(read_at=midnight + timedelta(minutes=30)).is_complete
    assert stored(read_at=midnight + timedelta(hours=1)).is_complete


def test_what_a_source_has_forgotten_since_stays_stored() -> None:
    early = stored(at(7), at(8, "off"), read_at=NOON)
    late = stored(at(8, "off", origin=Origin.UNKNOWN), at(20))

    day = combine_days(early, late)

    assert [(row[2], row[3]) for row in rows_of(day.events)] == [
        ("on", Origin.APP),
        ("off", Origin.APP),
        ("on", Origin.APP),
    ]
    assert day.read_at == READ


def test_old_days_and_half_written_files_are_forgotten(tmp_path: Path) -> None:
    store = DayStore(tmp_path)
    store.save(stored(at(7)))
    (tmp_path / "2026-11-19.123.part").write_bytes(b"half")

    store.delete_before(date(2026, 11, 21))

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(InputError, match="DATA_DIR"):
        DayStore(tmp_path / "file").save(stored(at(7)))


def test_ninety_days_of_a_hundred_entities_fit_in_a_hundred_megabytes(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    count = 50_000  # a change of each entity every three minutes
    states = tuple(f"{number / 100:.2f}" for number in range(4_000))
    events = Events(
        np.sort(rng.integers(0, 86_400_000_000, count)) + microseconds(datetime(2026, 11, 20, tzinfo=UTC)),
        rng.integers(0, 100, count).astype(np.int32),
        rng.integers(0, len(states), count).astype(np.int32),
        rng.integers(0, 8, count).astype(np.int8),
        tuple(f"sensor.number_{number}" for number in range(100)),
        states,
    )

    DayStore(tmp_path).save(StoredDay(DAY, READ, frozenset(events.entities), events))

    assert (tmp_path / "2026-11-20.npz").stat().st_size * 90 < 100e6
    assert len(events_of_day(events, DAY)) == count
