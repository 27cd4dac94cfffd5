"""A night's history: what is stored, and from the source only what is new."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from automations.history.changes import joined, only, renamed, with_returns_as_device
from automations.history.origin import NOT_REAL
from automations.history.source import HistorySource
from automations.history.source_result import History
from automations.history.store import DamagedDay, DayStore, StoredDay, day_start, merged, microseconds, of_day
from schemas.errors import InputError, Unreachable, WrongServerError
from schemas.events import Events
from schemas.home import Home


@dataclass(frozen=True)
class Span:
    """Whole days from `first` to `last`, both included, and the names of the entities to ask for."""

    first: date
    last: date
    entity_ids: frozenset[str]
    is_supplement: bool = False
    """These days are stored already, but for these entities."""


async def collect(
    source: HistorySource,
    store: DayStore,
    home: Home,
    entity_ids: frozenset[str],
    now: datetime,
    days: int,
    keep_days: int,
) -> History:
    """The changes of the last `days` days up to `now`, with notes; new days are kept in `store`.

    Where the source is unreachable the stored days serve, and a note says until when they reach; without any, or where
    something else answers in its place, the error goes on. Any error leaves what was stored as it was.
    """
    start = now - timedelta(days=days)
    known, notes = _known_days(store, start.date(), now.date())
    try:
        for span in missing(known, start.date(), now.date(), all_names(home, entity_ids)):
            read = await source.read(day_start(span.first), min(_day_end(span.last), now), home, span.entity_ids)
            notes += [note for note in read.notes if note not in notes]
            if not len(read.events) and not span.is_supplement:
                notes.append(f"Nothing since {span.first} is told by {source.name}; what was stored before is used.")
            _keep(store, _by_day(read, span, now))
    except WrongServerError:
        raise
    except Unreachable as error:
        if not known:
            raise
        until = max(stored.read_at for stored in known)
        notes += [str(error), f"The history stored until {until:%Y-%m-%d %H:%M} UTC was used instead."]
    store.forget_before((now - timedelta(days=max(keep_days, days))).date())
    return _window(store, home, entity_ids, start, now, source.name, notes)


def keep_whole(store: DayStore, events: Events, now: datetime, days: int, entity_ids: frozenset[str]) -> None:
    """Keep the last `days` days of a history that was read whole, in place of what was stored before."""
    if not len(events):
        return
    last = datetime.fromtimestamp(int(events.time[-1]) / 1e6, UTC).date()
    first = last - timedelta(days=days)
    for number in range(days + 1):
        day = first + timedelta(days=number)
        store.save(StoredDay(day, now, entity_ids, of_day(events, day)))
    store.forget_before(first)


def missing(known: Sequence[StoredDay], first: date, last: date, names: Collection[frozenset[str]]) -> list[Span]:
    """What to ask for: days that are not stored or were read before they were over, and entities that a day lacks.

    `names` holds for each entity all that it was ever called; a day that was asked for one of them knows it.
    """
    asked = {stored.day: stored.asked for stored in known if stored.is_complete}
    spans: list[Span] = []
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        lacking = frozenset[str]().union(*(called for called in names if not called & asked.get(day, frozenset())))
        if not lacking:
            continue
        if spans and spans[-1] == Span(spans[-1].first, day - timedelta(days=1), lacking, day in asked):
            spans[-1] = replace(spans[-1], last=day)
        else:
            spans.append(Span(day, day, lacking, day in asked))
    return spans


def all_names(home: Home, entity_ids: Collection[str]) -> list[frozenset[str]]:
    """For each entity its ids of today and before: sources keep a renamed one's past under either, or under both."""
    former = former_ids(home)
    names = {entity_id: {entity_id} for entity_id in entity_ids}
    for old, present in former.items():
        if present in names:
            names[present].add(old)
    return [frozenset(called) for called in names.values()]


def former_ids(home: Home) -> dict[str, str]:
    """Former entity ids to present ones; an id that another entity carries today is left alone."""
    return {
        former: entity.entity_id
        for entity in home.entities
        for former in entity.former_ids
        if former not in home.entities_by_id
    }


def _known_days(store: DayStore, first: date, last: date) -> tuple[list[StoredDay], list[str]]:
    """What is stored of which days, without the changes themselves, and a note for each damaged one."""
    known, notes = [], []
    for day in store.days():
        if first <= day <= last:
            try:
                stored = store.load(day)
            except DamagedDay as error:
                notes.append(f"{error} It is read anew.")
            else:
                known += [replace(stored, events=joined(()))] if stored else []
    return known, notes


def _by_day(read: History, span: Span, now: datetime) -> list[StoredDay]:
    """Days before the first change are kept as empty, since the source reaches no further back.

    Later empty days are not kept: whether nothing happened or nothing was told then cannot be known, but for
    entities that come to days which are known otherwise.
    """
    every = (span.first + timedelta(days=number) for number in range((span.last - span.first).days + 1))
    parts = [StoredDay(day, now, span.entity_ids, of_day(read.events, day)) for day in every]
    if span.is_supplement:
        return parts
    if not len(read.events):
        return []
    return [part for part in parts if len(part.events) or microseconds(day_start(part.day)) < int(read.events.time[0])]


def _day_end(day: date) -> datetime:
    return day_start(day + timedelta(days=1))


def _keep(store: DayStore, days: Sequence[StoredDay]) -> None:
    for day in days:
        try:
            before = store.load(day.day)
        except DamagedDay:
            before = None
        store.save(merged(before, day))


def _window(
    store: DayStore,
    home: Home,
    entity_ids: frozenset[str],
    start: datetime,
    now: datetime,
    name: str,
    notes: list[str],
) -> History:
    events = renamed(store.read(start, now), former_ids(home))
    events = with_returns_as_device(only(events, entity_ids), NOT_REAL)
    if not len(events):
        raise InputError(
            f"No change of the {len(entity_ids)} entities looked at is told by {name} since {start:%Y-%m-%d}; "
            "check that it records them, and the settings INCLUDE, EXCLUDE and HISTORY_DAYS."
        )
    return History(events, tuple(notes))
