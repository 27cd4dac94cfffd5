"""The Data API source against a service that answers in every known way, over a real socket."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automations.history.data_api import DataApi
from automations.history.enrich_home import enrich_home
from automations.history.source_result import SourceResult
from automations.http.client import HttpClient
from schemas.clock import microseconds
from schemas.errors import InputError, Unauthorized, Unreachable
from schemas.events import Origin
from schemas.home import Entity, Home
from tests.builders.event_rows import Row, rows_of
from tests.builders.loopback import free_port
from tests.builders.serving import serving
from tests.integration.history.data_api_service import DataApiService

NOW = datetime(2026, 11, 23, 3, 0, 7, tzinfo=UTC)
START = NOW - timedelta(days=5)
HOME = Home("UTC", entities=(Entity("light.lamp"), Entity("sensor.power")))
IDS = frozenset(HOME.entities_by_id)
STYLES = pytest.mark.parametrize("style", ["relative", "absolute"])


def five_days(per_day: int = 150) -> list[tuple[datetime, str, str]]:
    step = timedelta(days=1) / per_day
    return [
        (START + timedelta(seconds=1) + step * number, ("light.lamp", "sensor.power")[number % 2], f"{number}")
        for number in range(5 * per_day)
    ]


@pytest.fixture
def service() -> DataApiService:
    return DataApiService(five_days(), NOW)


@asynccontextmanager
async def source(service: Any, style: str = "relative", **settings: Any) -> AsyncIterator[DataApi]:
    with serving(service) as url:
        async with HttpClient("The Data API", "DATA_API_URL", url, settings.pop("key", None)) as site:
            yield DataApi(site, settings.pop("path", "/api/events"), style, NOW, pauses=(0.01, 0.01))  # type: ignore[arg-type]


async def read(service: DataApiService, style: str = "relative", **settings: Any) -> list[Row]:
    return rows_of((await read_whole(service, style, **settings)).events)


async def read_whole(service: DataApiService, style: str = "relative", **settings: Any) -> SourceResult:
    async with source(service, style, **settings) as api:
        return await api.read(START, NOW, HOME, IDS)


@STYLES
@pytest.mark.parametrize("shape", ["list", "events", "data", "devices"])
async def test_all_changes_come_back_in_each_style_and_shape(service: DataApiService, style: str, shape: str) -> None:
    service.shape = shape

    rows = await read(service, style)

    assert [row[2] for row in rows] == [state for _, _, state in service.rows]
    assert {row[3] for row in rows} == {Origin.UNKNOWN, Origin.DEVICE}


@pytest.mark.parametrize(
    ("time_name", "state_name"),
    [("time_fired", "state"), ("_time", "state_value"), ("last_changed", "new_state"), ("timestamp", "state.state")],
)
async def test_times_and_states_are_found_under_each_known_name(
    service: DataApiService, time_name: str, state_name: str
) -> None:
    service.time_name, service.state_name = time_name, state_name

    rows = await read(service)

    assert [row[2] for row in rows] == [state for _, _, state in service.rows]
    assert [row[0] for row in rows] == [microseconds(time) for time, _, _ in service.rows]


@STYLES
async def test_parameters_that_are_not_understood_are_named(service: DataApiService, style: str) -> None:
    service.refuses = 422

    with pytest.raises(InputError, match="DATA_API_STYLE"):
        await read(service, style)


async def test_the_specs_own_parameters_are_sent(service: DataApiService) -> None:
    await read(service)

    assert service.asked[0]["start"] == "-5d"
    assert service.asked[0]["group_by"] == "device_id"


@STYLES
async def test_many_pages_are_joined(service: DataApiService, style: str) -> None:
    service.rows, service.most_rows = five_days(per_day=1000), 400

    assert len(await read(service, style)) == 5000


async def test_a_cap_is_seen_through_where_offsets_do_not_work(service: DataApiService) -> None:
    service.rows, service.most_rows = five_days(per_day=1000), 300
    service.honours -= {"offset"}

    assert len(await read(service, "absolute")) == 5000


@STYLES
async def test_the_last_day_for_thirty_days_is_never_taken(service: DataApiService, style: str) -> None:
    service.honours = frozenset()

    with pytest.raises(InputError, match="ignores"):
        await read(service, style)


async def test_a_repeated_page_is_named(service: DataApiService) -> None:
    service.rows, service.most_rows = five_days(per_day=1000), 1000
    service.honours -= {"offset"}

    with pytest.raises(InputError, match="repeats the same page"):
        await read(service)


async def test_offsets_after_the_limit_are_named(service: DataApiService) -> None:
    class AfterLimit(DataApiService):
        def _chosen(self, params: dict[str, str]) -> list[dict[str, Any]]:
            return super()._chosen({**params, "offset": "0"})[int(params["offset"]) :]

    with pytest.raises(InputError, match="caps its answers"):
        await read(AfterLimit(five_days(per_day=1000), NOW, most_rows=1000))


@STYLES
async def test_rows_without_states_are_named(service: DataApiService, style: str) -> None:
    service.tells_states = False

    with pytest.raises(InputError, match="without their state"):
        await read(service, style)


async def test_means_of_statistics_are_named(service: DataApiService) -> None:
    service.means_before = NOW - timedelta(days=2)

    with pytest.raises(InputError, match="five-minute means"):
        await read(service, "absolute")


@pytest.mark.parametrize("path", ["/api/v1/events"])
async def test_another_route_is_named_and_can_be_set(service: DataApiService, path: str) -> None:
    service.path = path

    with pytest.raises(InputError, match="DATA_API_PATH"):
        await read(service)
    assert len(await read(service, path=path)) == len(service.rows)


async def test_a_missing_key_stops_at_once(service: DataApiService) -> None:
    service.key = "right"

    with pytest.raises(Unauthorized, match="401"):
        await read(service, key="wrong")
    assert len(await read(service, key="right")) == len(service.rows)


async def test_a_row_of_the_future_is_left_out_and_counted(service: DataApiService) -> None:
    service.now = NOW + timedelta(hours=2)
    right = await read(service)
    service.rows = [*service.rows, (NOW + timedelta(hours=1), "light.lamp", "on")]

    history = await read_whole(service)

    assert rows_of(history.events) == right
    assert history.notes[1:] == ("1 row was left out (time in the future): light.lamp.",)


@STYLES
async def test_rows_that_cannot_be_used_are_left_out_and_counted(service: DataApiService, style: str) -> None:
    right = await read(service, style)
    row = {"entity_id": "light.lamp", "timestamp": NOW.timestamp() - 3600, "state": "on"}
    service.also = [
        row | {"timestamp": 4_735_000_000},
        row | {"timestamp": 1_764_300_000_000},
        row | {"timestamp": math.nan},
        row | {"timestamp": "yesterday"},
        row | {"timestamp": -5},
        row | {"entity_id": None},
        row | {"state": None},
        row | {"state": math.nan},
        row | {"state": "x" * 256},
        row | {"state": "\ud800"},
        "torn",
    ]

    history = await read_whole(service, style)

    assert rows_of(history.events) == right
    reasons = {note.partition("(")[2].partition("):")[0] for note in history.notes[1:]}
    assert reasons >= {
        "state of more than 255 characters",
        "state that is no value (NaN)",
        "state with characters that cannot be read",
        "no state",
        "time before the year 2000",
        "time in the future",
        "time in milliseconds",
        "no time that can be read",
        "entity_id not like light.kitchen",
    }


async def test_a_row_from_outside_what_was_asked_for_is_left_out_and_counted(service: DataApiService) -> None:
    right = await read(service, "absolute")
    service.also = [{"entity_id": "light.lamp", "timestamp": "2026-01-01T00:00:00Z", "state": "on"}]

    history = await read_whole(service, "absolute")

    assert rows_of(history.events) == right
    assert "time outside of what was asked for): light.lamp" in history.notes[1]


async def test_being_asked_to_wait_is_heeded(service: DataApiService) -> None:
    service.busy_first = 3

    assert len(await read(service)) == len(service.rows)


async def test_being_asked_to_wait_for_ever_is_not(service: DataApiService) -> None:
    service.busy_first = 100

    with pytest.raises(Unreachable, match="429"):
        await read(service)


async def test_a_passing_failure_is_tried_again(service: DataApiService) -> None:
    service.fails_first = 2

    assert len(await read(service)) == len(service.rows)


async def test_a_lasting_failure_is_unreachable(service: DataApiService) -> None:
    service.fails_first = 100

    with pytest.raises(Unreachable, match="503"):
        await read(service)


async def test_nobody_there_is_unreachable() -> None:
    async with HttpClient("The Data API", "DATA_API_URL", f"http://127.0.0.1:{free_port()}") as site:
        with pytest.raises(Unreachable, match="DATA_API_URL"):
            await DataApi(site, "/api/events", "relative", NOW, pauses=(0.01,)).read(START, NOW, HOME, IDS)


@STYLES
async def test_nothing_told_by_an_unwell_service_is_unreachable(service: DataApiService, style: str) -> None:
    service.rows, service.health = [], (200, {}, b'{"status":"unhealthy","influxdb":"disconnected"}')

    with pytest.raises(Unreachable, match="not well"):
        await read(service, style)


def without_second_day(service: DataApiService) -> DataApiService:
    gap = (START + timedelta(days=1), START + timedelta(days=2))
    service.rows = [row for row in service.rows if not gap[0] <= row[0] < gap[1]]
    return service


@pytest.mark.parametrize("health", [(200, {}, b'{"status":"healthy"}'), (404, {}, b"{}")])
async def test_a_day_of_nothing_is_believed(service: DataApiService, health: Any) -> None:
    service.health = health

    assert len(await read(without_second_day(service), "absolute")) == len(service.rows) == 600


async def test_a_day_of_nothing_is_not_believed_of_an_unwell_service(service: DataApiService) -> None:
    service.health = (200, {}, b'{"status":"unhealthy","influxdb":"disconnected"}')

    with pytest.raises(Unreachable, match="not well"):
        await read(without_second_day(service), "absolute")


@STYLES
async def test_nothing_told_by_a_well_service_is_no_events(service: DataApiService, style: str) -> None:
    service.rows = []

    assert await read(service, style) == []


async def test_a_person_is_told_what_such_a_service_leaves_out(service: DataApiService) -> None:
    async with source(service) as api:
        history = await api.read(START, NOW, HOME, IDS)

    assert "habits with scenes may be missed" in history.notes[0]


async def test_devices_and_entities_fill_what_the_catalogue_leaves_open(service: DataApiService) -> None:
    service.entities = [
        {"entity_id": "light.lamp", "device_id": "d1", "platform": "hue", "friendly_name": "Told name"},
        {"entity_id": "switch.pump", "device_id": "d2", "platform": "mqtt", "disabled": False, "labels": ["garden"]},
        {"entity_id": "no entity id"},
        {"entity_id": "light.odd", "device_id": 7, "labels": 5, "area_id": ["x"], "friendly_name": {}},
    ]
    service.devices = [{"device_id": "d1", "name": "Lamp", "area_id": "kitchen"}]
    home = replace(HOME, entities=(Entity("light.lamp", name="Own name"),))

    async with source(service) as api:
        told, notes = await enrich_home(home, api.site)

    assert told.entities_by_id["light.lamp"] == Entity("light.lamp", "Own name", "kitchen", "d1", None, "hue")
    assert told.entities_by_id["switch.pump"].labels == ("garden",)
    assert (set(told.entities_by_id), told.devices, notes) == ({"light.lamp", "light.odd", "switch.pump"}, ("d1",), ())
    assert told.entities_by_id["light.odd"] == Entity("light.odd")


async def test_what_home_assistant_does_not_have_any_more_is_not_added(service: DataApiService) -> None:
    service.entities = [{"entity_id": "switch.long_gone", "device_id": "d2"}]

    async with source(service) as api:
        told, _ = await enrich_home(replace(HOME, version="2026.11.0"), api.site)

    assert "switch.long_gone" not in told.entities_by_id


async def test_a_service_without_lists_leaves_the_catalogue_as_it_is(service: DataApiService) -> None:
    class WithoutLists(DataApiService):
        def _reply(self, path: str, params: dict[str, str], headers: dict[str, str]) -> Any:
            return 404, {"content-type": "application/json"}, b'{"detail":"Not Found"}'

    async with source(WithoutLists([], NOW)) as api:
        told, notes = await enrich_home(HOME, api.site)

    assert told == HOME
    assert "does not list entities" in notes[0]
