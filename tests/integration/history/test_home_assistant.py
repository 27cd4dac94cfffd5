"""History over Home Assistant's WebSocket where the home is incomplete, goes away or has a wrong clock."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from websockets.asyncio.server import ServerConnection, serve

from automations.history.collect import collect
from automations.history.home_assistant import MAX_PARALLEL_QUESTIONS, HomeAssistantHistory, ReconnectingSession
from automations.history.store import DayStore
from automations.home_assistant.client import HomeAssistant
from automations.http.client import HttpResponse
from schemas.errors import InputError, Refused, Unreachable, WrongServerError
from schemas.events import Origin
from schemas.home import Entity, Home
from tests.builders.event_rows import Row, rows_of

START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=20)
HOME = Home("UTC", entities=tuple(Entity(f"light.number_{number}") for number in range(8)))


class AlwaysReady(HomeAssistant):
    async def wait_until_ready(self) -> None:
        pass


class FaultyHome(AlwaysReady):
    """A home where each light went on at the start of each day; it refuses and goes away as told.

    Its logbook holds rows that are none, its history the rows of `also` in each answer.
    """

    def __init__(
        self,
        *refuses: str,
        away_at: frozenset[int] = frozenset(),
        clock: datetime | None = None,
        also: Mapping[str, list[Any]] | None = None,
    ) -> None:
        super().__init__("http://127.0.0.1:1", "token")
        self.also = also or {}
        self.refuses, self.away_at, self.clock = refuses, away_at, clock or datetime.now(UTC)
        self.questions, self.now_asked, self.most_at_once, self.conversations = 0, 0, 0, 0

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> HttpResponse:
        return HttpResponse(path, 200, "application/json", {"date": format_datetime(self.clock, usegmt=True)}, b"{}")

    @asynccontextmanager
    async def open_websocket(self) -> AsyncIterator[Any]:
        self.conversations += 1
        yield self

    async def send_command(self, kind: str, **fields: Any) -> Any:
        self.questions += 1
        if self.questions in self.away_at:
            raise Unreachable("The home is restarting.")
        if kind in self.refuses:
            raise Refused(f"The home answered {kind} with unknown_command: Unknown command.")
        self.now_asked += 1
        self.most_at_once = max(self.most_at_once, self.now_asked)
        await asyncio.sleep(0)
        self.now_asked -= 1
        first, last = (datetime.fromisoformat(fields[name]) for name in ("start_time", "end_time"))
        days = [START + timedelta(days=day) for day in range(20) if first <= START + timedelta(days=day) < last]
        if kind == "logbook/get_events":
            return [
                {"entity_id": entity_id, "state": f"{day:%d}", "when": day.timestamp(), "context_user_id": "anna"}
                for day in days
                for entity_id in HOME.entities_by_id
            ] + ["torn", {"entity_id": ["light.number_1"], "state": "on"}]
        (entity_id,) = fields["entity_ids"]
        rows = [{"s": f"{day:%d}", "lu": day.timestamp()} for day in days]
        return {entity_id: [*rows, *self.also.get(entity_id, [])]}


async def read(home: FaultyHome) -> tuple[list[Row], tuple[str, ...]]:
    history = await HomeAssistantHistory(home, pauses=(0.0, 0.0)).read(START, END, HOME, frozenset(HOME.entities_by_id))
    return rows_of(history.events), history.notes


async def test_a_home_is_asked_a_few_things_at_a_time() -> None:
    home = FaultyHome()

    rows, notes = await read(home)

    assert len(rows) == 20 * len(HOME.entities_by_id)
    assert {row[3] for row in rows} == {Origin.APP}
    assert (home.most_at_once, notes) == (MAX_PARALLEL_QUESTIONS, ())


async def test_a_home_that_goes_away_in_the_middle_tells_the_same_in_the_end() -> None:
    whole, _ = await read(FaultyHome())
    home = FaultyHome(away_at=frozenset({5, 6, 30}))

    rows, _ = await read(home)

    assert rows == whole
    assert home.conversations == MAX_PARALLEL_QUESTIONS + 3


async def test_a_home_that_stays_away_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="restarting"):
        await read(FaultyHome(away_at=frozenset(range(9, 1000))))


async def test_an_answer_beyond_all_measure_is_not_taken_and_its_entity_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automations.home_assistant.websocket.MAX_BODY_BYTES", 2**20)

    async def boundless(connection: ServerConnection) -> None:
        await connection.send('{"type":"auth_required"}')
        await connection.recv()
        await connection.send('{"type":"auth_ok"}')
        await connection.recv()
        await connection.send("x" * 2**21)

    async with serve(boundless, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        line = ReconnectingSession(AlwaysReady(f"http://127.0.0.1:{port}", "token"), pauses=(0.0,))
        with pytest.raises(WrongServerError, match=r"more than 1 MB.* of sensor\.chatty; EXCLUDE"):
            await line.ask("history/history_during_period", entity_ids=["sensor.chatty"])
        await line.close()


async def test_a_home_without_a_logbook_is_read_with_a_note() -> None:
    rows, notes = await read(FaultyHome("logbook/get_events"))

    assert {row[3] for row in rows} == {Origin.UNKNOWN}
    assert "Without its logbook" in notes[0]


async def test_a_home_without_its_history_is_named() -> None:
    with pytest.raises(InputError, match="`history` integration"):
        await read(FaultyHome("history/history_during_period"))


@pytest.mark.parametrize(("hours", "side"), [(3, "ahead of"), (-3, "behind")])
async def test_a_clock_that_is_far_off_is_named_and_all_is_read(hours: int, side: str) -> None:
    home = FaultyHome(clock=datetime.now(UTC) + timedelta(hours=hours))

    rows, notes = await read(home)

    assert len(rows) == 20 * len(HOME.entities_by_id)
    assert f"minutes {side} ours" in notes[0]


async def test_a_day_is_over_by_the_clock_of_the_home(tmp_path: Path) -> None:
    """Three hours behind, it has not told the evening yet: the day is read again the night after."""
    home, store = FaultyHome(clock=datetime.now(UTC) - timedelta(hours=3)), DayStore(tmp_path)
    lights = frozenset(HOME.entities_by_id)
    night = datetime(2026, 11, 11, 2, tzinfo=UTC)

    with time_machine.travel(night, tick=False):
        home.clock = night - timedelta(hours=3)
        await collect(HomeAssistantHistory(home, pauses=()), store, HOME, lights, night, days=5, keep_days=5)

    assert [stored.is_complete for stored in store.load_days(date(2026, 11, 8), date(2026, 11, 10))] == [
        True,
        True,
        False,
    ]


async def test_rows_that_cannot_be_used_are_left_out_and_counted() -> None:
    later = (datetime.now(UTC) + timedelta(days=400)).timestamp()
    bad: list[Any] = [{"s": "on"}, {"s": "on", "lu": None}, {"s": "on", "lu": math.nan}, {"s": "on", "lu": 10**400}]
    bad += [{"s": "on", "lu": later}, {"s": "on", "lu": later * 1000}, {"lu": 1.0}, "torn", {"s": None, "lu": 1.0}]
    home = FaultyHome(also={"light.number_1": bad})

    rows, notes = await read(home)

    assert len(rows) == 20 * len(HOME.entities_by_id)
    assert notes == (
        "9 rows were left out (no state): light.number_1 9.",
        "3 rows were left out (time in the future): light.number_1 3.",
        "3 rows were left out (time in milliseconds): light.number_1 3.",
        "12 rows were left out (no time that can be read): light.number_1 12.",
    )


async def test_an_answer_of_which_most_is_no_row_is_not_taken() -> None:
    with pytest.raises(Unreachable, match=r"light\.number_1 came back in a form"):
        await read(FaultyHome(also={"light.number_1": ["torn"] * 30}))
