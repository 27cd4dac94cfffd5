"""Home Assistant's history and logbook over its WebSocket: states, and who caused them.

One entity and one week a command, so that no response grows without bound; a few commands at a time, so that the
home stays responsive. A restart of the home in the middle is waited for.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import numpy as np

from automations.history.event_builder import EventBuilder, drop_repeats
from automations.history.origin import SWITCHABLE, origin_from_entity, origin_from_logbook
from automations.history.source import HistorySource, clock_notes
from automations.history.source_result import SourceResult
from automations.history.usable_rows import LeftOut, Reason, drop_unusable, time_from_seconds
from automations.home_assistant.client import HomeAssistant
from automations.home_assistant.responses import object_from_response
from automations.home_assistant.websocket import WebSocketSession
from schemas.clock import microseconds
from schemas.errors import InputError, Refused, Unreachable, WrongServerError
from schemas.events import Events, Origin
from schemas.home import Home

SLICE: Final = timedelta(days=7)
MAX_PARALLEL_QUESTIONS: Final = 3
LOGBOOK_SLICE: Final = timedelta(days=1)
"""For all entities at once: filtered by entity, the logbook does not say which automation caused a change."""
RESTART_PAUSES: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 30.0)
"""Seconds between attempts while the home is unreachable: a restart takes 10 to 60 seconds."""

Origins = dict[tuple[str, int], Origin]
"""By entity id and microsecond of the change."""


class HomeAssistantHistory(HistorySource):
    """Over a real Home Assistant; `excluded_users` are ids of users that are no persons."""

    def __init__(
        self,
        home_assistant: HomeAssistant,
        excluded_users: frozenset[str] = frozenset(),
        pauses: Sequence[float] = RESTART_PAUSES,
    ) -> None:
        self._home_assistant = home_assistant
        self._excluded_users = excluded_users
        self._pauses = pauses

    @property
    def name(self) -> str:
        return f"Home Assistant at {self._home_assistant.name}"

    async def read(self, start: datetime, end: datetime, home: Home, entity_ids: frozenset[str]) -> SourceResult:
        now = datetime.now(UTC)
        clock = await self._read_clock() or now
        ids, left_out = sorted(entity_ids), LeftOut(entity_ids)
        sessions = [ReconnectingSession(self._home_assistant, self._pauses) for _ in range(MAX_PARALLEL_QUESTIONS)]
        try:
            origins, notes = await self._read_origins(sessions, ids, start, end, home)
            rows = await _read_states(sessions, ids, start, end, home, origins, left_out)
        except Refused as error:
            raise InputError(f"{error} Load its `history` integration, or set HISTORY_SOURCE to another.") from error
        finally:
            for session in sessions:
                await session.close()
        events = drop_repeats(drop_unusable(rows, microseconds(max(now, end)), left_out))
        return SourceResult(events, (*clock_notes(self.name, clock, now), *notes, *left_out.notes()), clock)

    async def _read_clock(self) -> datetime | None:
        """What the home's clock says; None where its answer bears no date."""
        answer = await self._home_assistant.get("/api/config")
        object_from_response(answer)  # else it is somebody else's clock
        try:
            return parsedate_to_datetime(answer.headers.get("date") or "").astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    async def _read_origins(
        self, sessions: Sequence[ReconnectingSession], ids: Sequence[str], start: datetime, end: datetime, home: Home
    ) -> tuple[Origins, tuple[str, ...]]:
        """Of the changes whose context the logbook still holds; a note where the home has no logbook."""
        service_users = self._excluded_users | set(home.service_users)
        switchable = frozenset(entity_id for entity_id in ids if entity_id.split(".", 1)[0] in SWITCHABLE)
        questions = [_window_fields(span) for span in _spans(start, end, LOGBOOK_SLICE)]
        origins: Origins = {}
        try:
            async for _, rows in _ask_all(sessions, "logbook/get_events", questions):
                origins |= _origins_from_logbook(rows, switchable, service_users, home)
        except Refused as error:
            return {}, (f"{error} Without its logbook, who caused a change is told from the entity alone.",)
        return origins, ()


class ReconnectingSession:
    """A WebSocket session that reconnects where the home became unreachable meanwhile."""

    def __init__(self, home_assistant: HomeAssistant, pauses: Sequence[float]) -> None:
        self._home_assistant = home_assistant
        self._pauses = pauses
        self._conversation: WebSocketSession | None = None
        self._was_open = False
        self._exit_stack = AsyncExitStack()

    async def ask(self, kind: str, **fields: Any) -> Any:
        """As `WebSocketSession.send_command`; a home that was reached before is waited for during a restart."""
        for pause in self._pauses:
            try:
                return await self._ask(kind, fields)
            except WrongServerError as error:
                of = ", ".join(fields.get("entity_ids", ["all entities"]))
                raise WrongServerError(
                    f"{error} It was asked for {kind} of {of}; EXCLUDE what changes too often."
                ) from error
            except Unreachable:
                if not self._was_open:
                    raise
                await self.close()
                await asyncio.sleep(pause)
        await self._home_assistant.wait_until_ready()
        return await self._ask(kind, fields)

    async def close(self) -> None:
        self._conversation = None
        await self._exit_stack.aclose()

    async def _ask(self, kind: str, fields: Mapping[str, Any]) -> Any:
        if self._conversation is None:
            # A home that is starting answers before its history is loaded.
            await self._home_assistant.wait_until_ready()
            self._conversation = await self._exit_stack.enter_async_context(self._home_assistant.open_websocket())
            self._was_open = True
        return await self._conversation.send_command(kind, **fields)


async def _ask_all(
    sessions: Sequence[ReconnectingSession], kind: str, questions: Sequence[dict[str, Any]]
) -> AsyncIterator[tuple[dict[str, Any], Any]]:
    """Each command's fields with its result, in order; as many at a time as there are sessions."""
    for first in range(0, len(questions), len(sessions)):
        batch = questions[first : first + len(sessions)]
        asked = (session.ask(kind, **question) for session, question in zip(sessions, batch, strict=False))
        for question, answer in zip(batch, await asyncio.gather(*asked), strict=True):
            yield question, answer


async def _read_states(
    sessions: Sequence[ReconnectingSession],
    ids: Sequence[str],
    start: datetime,
    end: datetime,
    home: Home,
    origins: Origins,
    left_out: LeftOut,
) -> Events:
    """The rows as they come, also those that cannot be used; `left_out` counts what is no row."""
    questions = [
        _window_fields(span)
        | {
            "entity_ids": [entity_id],
            "minimal_response": True,
            "no_attributes": True,
            "include_start_time_state": False,
        }
        for entity_id in ids
        for span in _spans(start, end, SLICE)
    ]
    builder = EventBuilder()
    async for question, answer in _ask_all(sessions, "history/history_during_period", questions):
        (entity_id,) = question["entity_ids"]
        rows = _rows_from_answer(answer, entity_id, left_out)
        _add_rows(builder, entity_id, rows, home, origins)
    return builder.build()


def _rows_from_answer(answer: Any, entity_id: str, left_out: LeftOut) -> list[Mapping[str, Any]]:
    """One result's rows, `{"s": state, "lu": seconds}`; Unreachable where most are of another form."""
    rows = answer.get(entity_id, []) if isinstance(answer, Mapping) else None
    entries = rows if isinstance(rows, list) else []
    right = [row for row in entries if isinstance(row, Mapping) and row.get("s") is not None]
    if not isinstance(rows, list) or 2 * len(right) < len(rows):
        raise Unreachable(f"The history of {entity_id} came back in a form that Home Assistant does not use.")
    for _ in range(len(rows) - len(right)):
        left_out.add(Reason.NO_STATE, entity_id)
    return right


def _add_rows(
    builder: EventBuilder, entity_id: str, rows: Sequence[Mapping[str, Any]], home: Home, origins: Origins
) -> None:
    time = np.fromiter((time_from_seconds(_seconds_of_change(row)) for row in rows), np.int64, len(rows))
    states = [str(row["s"]) for row in rows]
    default_origin = origin_from_entity(entity_id, home.entities_by_id.get(entity_id))
    origin = np.fromiter((origins.get((entity_id, at), default_origin) for at in time.tolist()), np.int8, len(time))
    builder.add(time, np.full(len(time), builder.entity_code(entity_id), np.int32), states, origin)


def _seconds_of_change(row: Mapping[str, Any]) -> float:
    """ "lc" where the state is older than the row; NaN where there is no number."""
    return next((_number(row[name]) for name in ("lc", "lu") if row.get(name) is not None), math.nan)


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else math.nan


def _origins_from_logbook(rows: Any, switchable: frozenset[str], service_users: frozenset[str], home: Home) -> Origins:
    """Origins of the logbook's rows that are changes of these entities; a row that is none says nothing of them."""
    changes = [row for row in rows if isinstance(row, Mapping) and "state" in row] if isinstance(rows, list) else []
    return {
        (entity_id, time_from_seconds(_number(row.get("when")))): origin_from_logbook(
            row, service_users, home.entities_by_id.get(entity_id)
        )
        for row in changes
        if (entity_id := str(row.get("entity_id"))) in switchable
    }


def _spans(start: datetime, end: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        yield start, min(start + length, end)
        start += length


def _window_fields(span: tuple[datetime, datetime]) -> dict[str, Any]:
    return {"start_time": span[0].isoformat(), "end_time": span[1].isoformat()}
