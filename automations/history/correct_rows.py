"""What a history that others wrote needs before it is used; each correction comes with a note for a person."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from automations.history.event_builder import CodedTexts, drop_duplicates
from schemas.events import ORIGIN_OF_CAUSE_TEXT, Events, Origin
from schemas.home import Home

BUILT_IN_ENTITIES = frozenset({"zone.home", "sun.sun"})
"""Home Assistant has these without any registry entry."""


def sort_by_time(events: Events) -> tuple[Events, list[str]]:
    """In order of time; rows of equal time stay in the order given."""
    backwards = int(np.count_nonzero(events.time[1:] < events.time[:-1]))
    if not backwards:
        return events, []
    note = f"The history was not in order of time ({backwards} steps back); it was sorted."
    return events.take(np.argsort(events.time, kind="stable")), [note]


def drop_repeated_rows(events: Events) -> tuple[Events, list[str]]:
    """Each row once, for events sorted by time."""
    distinct = drop_duplicates(events)
    repeated = len(events) - len(distinct)
    notes = [f"{repeated} rows stood in the history more than once; each was counted once."] if repeated else []
    return distinct, notes


def unknown_entity_notes(events: Events, home: Home) -> list[str]:
    unknown = [name for name in events.entities if name not in home.entities_by_id and name not in BUILT_IN_ENTITIES]
    if not unknown:
        return []
    some = ", ".join(unknown[:3])
    return [f"{len(unknown)} entities of the history are not in the home ({some}); nothing acts on them."]


def origins_from_causes(causes: CodedTexts) -> NDArray[np.int8]:
    """Origin codes of a `cause` column; words that are not known count as unknown."""
    codes, texts = causes
    origins = [_origin_from_cause(text) or Origin.UNKNOWN for text in texts] or [Origin.UNKNOWN]
    return np.asarray(np.array(origins, np.int8)[codes])


def unknown_causes(texts: Iterable[str]) -> set[str]:
    return {text for text in texts if _origin_from_cause(text) is None}


def unknown_cause_notes(unknown: set[str]) -> list[str]:
    if not unknown:
        return []
    some = ", ".join(repr(text) for text in sorted(unknown)[:3])
    return [f"The cause column holds words that are not known ({some}); they count as unknown."]


def _origin_from_cause(text: str) -> Origin | None:
    return ORIGIN_OF_CAUSE_TEXT.get(text.strip().lower())
