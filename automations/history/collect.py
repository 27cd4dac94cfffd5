"""The history that one run reads: what is stored, and from the source only what is new."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from automations.history.event_builder import combine_events, filter_entities, grade_returns_as_device, rename_entities
from automations.history.selection import included_entities
from automations.history.source import HistorySource
from automations.history.source_result import SourceResult
from automations.history.store import DamagedDay, DayStore, StoredDay, combine_days, day_start, events_of_day
from schemas.clock import datetime_from_us, microseconds
from schemas.errors import InputError, Unreachable, WrongServerError
from schemas.events import Events
from schemas.home import Home
from schemas.states import UNAVAILABLE_STATES


@dataclass(frozen=True)
class Span:
    """Whole days from `first` to `last`, both included, and the ids of the entities to request."""

    first: date
    last: date
    entity_ids: frozenset[str]
    is_supplement: bool = False
    """These days are stored already, but without these entities."""


async def collect(
    source: HistorySource,
    store: DayStore,
    home: Home,
    entity_ids: frozenset[str],
    now: datetime,
    days: int,
    keep_days: int,
) -> SourceResult:
    """The changes of the last `days` days up to `now`, with notes; new days are kept in `store`.

    Where the source is unreachable the stored days are used, and a note says until when they reach; without any, or
    where another server answers in its place, the error is raised. Any error leaves what was stored as it was.
    """
    start = now - timedelta(days=days)
    stored_days, notes = _load_days(store, start.date(), now.date())
    try:
        for span in missing_spans(stored_days, start.date(), now.date(), all_entity_names(home, entity_ids)):
            result = await source.read(day_start(span.first), min(_day_end(span.last), now), home, span.entity_ids)
            notes += [note for note in result.notes if note not in notes]
            if not len(result.events) and not span.is_supplement:
                notes.append(f"Nothing since {span.first} is told by {source.name}; what was stored before is used.")
            _save_days(store, _split_by_day(result, span, min(now, result.clock or now)))
    except WrongServerError:
        raise
    except Unreachable as error:
        if not stored_days:
            raise
        until = max(stored.read_at for stored in stored_days)
        notes += [str(error), f"The history stored until {until:%Y-%m-%d %H:%M} UTC was used instead."]
    store.delete_before((now - timedelta(days=max(keep_days, days))).date())
    return _read_window(store, home, entity_ids, start, now, source.name, notes)


def replace_days(store: DayStore, events: Events, now: datetime, days: int, entity_ids: frozenset[str]) -> None:
    """Keep the last `days` days of a history that was read whole, in place of what was stored before."""
    if not len(events):
        return
    last = datetime_from_us(events.time[-1]).date()
    first = last - timedelta(days=days)
    for number in range(days + 1):
        day = first + timedelta(days=number)
        store.save(StoredDay(day, now, entity_ids, events_of_day(events, day)))
    store.delete_before(first)


def missing_spans(
    stored_days: Sequence[StoredDay], first: date, last: date, names: Collection[frozenset[str]]
) -> list[Span]:
    """What to request: days that are not stored or were read before they were over, and entities that a day lacks.

    `names` holds for each entity all ids it ever had; a day that was requested with one of them holds it.
    """
    asked_by_day = {stored.day: stored.asked_entity_ids for stored in stored_days if stored.is_complete}
    spans: list[Span] = []
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        missing_ids = frozenset[str]().union(
            *(called for called in names if not called & asked_by_day.get(day, frozenset()))
        )
        if not missing_ids:
            continue
        if spans and spans[-1] == Span(spans[-1].first, day - timedelta(days=1), missing_ids, day in asked_by_day):
            spans[-1] = replace(spans[-1], last=day)
        else:
            spans.append(Span(day, day, missing_ids, day in asked_by_day))
    return spans


def all_entity_names(home: Home, entity_ids: Collection[str]) -> list[frozenset[str]]:
    """For each entity all ids it ever had: sources keep the history of a renamed one under the old, the new or both."""
    former = present_by_former_id(home)
    names = {entity_id: {entity_id} for entity_id in entity_ids}
    for old, present in former.items():
        if present in names:
            names[present].add(old)
    return [frozenset(called) for called in names.values()]


def present_by_former_id(home: Home) -> dict[str, str]:
    """Former entity ids to present ones; an id that another entity has today is left out."""
    return {
        former: entity.entity_id
        for entity in home.entities
        for former in entity.former_ids
        if former not in home.entities_by_id
    }


def select_stored(events: Events, home: Home, include: Collection[str], exclude: Collection[str]) -> Events:
    """Stored changes as a run sees them: under the entities' ids of today, without excluded ones."""
    events = rename_entities(events, present_by_former_id(home))
    excluded = home.entities_by_id.keys() - included_entities(home, include, exclude)
    return filter_entities(events, set(events.entities) - excluded)


def _load_days(store: DayStore, first: date, last: date) -> tuple[list[StoredDay], list[str]]:
    """The stored days from `first` to `last`, without their changes, and a note for each damaged one."""
    stored_days, notes = [], []
    for day in store.days():
        if first <= day <= last:
            try:
                stored = store.load(day)
            except DamagedDay as error:
                notes.append(f"{error} It is read anew.")
            else:
                stored_days += [replace(stored, events=combine_events(()))] if stored else []
    return stored_days, notes


def _split_by_day(result: SourceResult, span: Span, read_at: datetime) -> list[StoredDay]:
    """Days before the first change are kept as empty, since the source reaches no further back.

    Later empty days are not kept, since nothing may have happened or nothing was returned; those of a supplement are,
    since the other entities of these days are stored.
    """
    every = (span.first + timedelta(days=number) for number in range((span.last - span.first).days + 1))
    parts = [StoredDay(day, read_at, span.entity_ids, events_of_day(result.events, day)) for day in every]
    if span.is_supplement:
        return parts
    if not len(result.events):
        return []
    return [
        part for part in parts if len(part.events) or microseconds(day_start(part.day)) < int(result.events.time[0])
    ]


def _day_end(day: date) -> datetime:
    return day_start(day + timedelta(days=1))


def _save_days(store: DayStore, days: Sequence[StoredDay]) -> None:
    for day in days:
        try:
            before = store.load(day.day)
        except DamagedDay:
            before = None
        store.save(combine_days(before, day))


def _read_window(
    store: DayStore,
    home: Home,
    entity_ids: frozenset[str],
    start: datetime,
    now: datetime,
    source_name: str,
    notes: list[str],
) -> SourceResult:
    events = rename_entities(store.read(start, now), present_by_former_id(home))
    events = grade_returns_as_device(filter_entities(events, entity_ids), UNAVAILABLE_STATES)
    if not len(events):
        raise InputError(
            f"No change of the {len(entity_ids)} entities looked at is told by {source_name} since {start:%Y-%m-%d}; "
            "check that it records them, and the settings INCLUDE, EXCLUDE and HISTORY_DAYS."
        )
    return SourceResult(events, tuple(notes))
