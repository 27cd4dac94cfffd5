"""The shapes of rows that Data APIs answer."""

from __future__ import annotations

from typing import Any

import pytest

from automations.history.data_api_rows import Row, filter_usable, rows_from_document
from automations.history.usable_rows import UNREADABLE_TIME, LeftOut
from schemas.errors import InputError

AT = "2026-11-20T07:00:12.431000Z"
AT_US = 1_795_158_012_431_000


def row(**fields: Any) -> dict[str, Any]:
    return {"entity_id": "light.lamp", "timestamp": AT, "state": "on", **fields}


@pytest.mark.parametrize(
    "document",
    [
        [row()],
        {"events": [row()]},
        {"success": True, "data": {"events": [row()], "count": 1, "time_range": {}}},
        {"device-1": [row()], "device-2": []},
        [{"entity_id": "light.lamp", "_time": AT, "state_value": "on"}],
        [{"entity_id": "light.lamp", "time_fired": "2026-11-20T07:00:12.431", "new_state": {"state": "on"}}],
        [{"entity_id": "light.lamp", "last_changed": AT_US / 1e6, "new_state": "on", "old_state": None}],
        [row(), row(event_type="call_service")],
    ],
)
def test_every_known_shape_gives_the_same_row(document: Any) -> None:
    assert rows_from_document(document, "it") == [Row(AT_US, "light.lamp", "on")]


@pytest.mark.parametrize(
    "document",
    ["text", 3, None, {"detail": "x"}, ["text"], [{"entity_id": "light.a"}], [row(timestamp="yesterday")], [{}]],
)
def test_any_other_shape_is_named(document: Any) -> None:
    with pytest.raises(InputError, match="DATA_API_PATH"):
        rows_from_document(document, "the Data API")


@pytest.mark.parametrize(
    ("entry", "time", "entity_id"),
    [
        ("torn", UNREADABLE_TIME, ""),
        ({}, UNREADABLE_TIME, ""),
        (row(timestamp=None), UNREADABLE_TIME, "light.lamp"),
        (row(timestamp="yesterday"), UNREADABLE_TIME, "light.lamp"),
        (row(timestamp=float("nan")), UNREADABLE_TIME, "light.lamp"),
        (row(timestamp=10**400), UNREADABLE_TIME, "light.lamp"),
        (row(timestamp=[AT]), UNREADABLE_TIME, "light.lamp"),
        (row(entity_id=["light.lamp"]), AT_US, ""),
    ],
)
def test_one_row_that_cannot_be_read_hinders_no_other(entry: Any, time: int, entity_id: str) -> None:
    told = rows_from_document([row(), entry, row()], "it")

    assert [(each.time, each.entity_id) for each in told] == [
        (AT_US, "light.lamp"),
        (time, entity_id),
        (AT_US, "light.lamp"),
    ]


def test_rows_without_states_are_not_learned_from() -> None:
    with pytest.raises(InputError, match="without their state"):
        filter_usable([Row(1, "light.a", None), Row(2, "light.a", None), Row(3, "light.a", "on")], "it", LeftOut())


def test_a_few_rows_without_states_are_left_out() -> None:
    assert filter_usable([Row(1, "a", "on"), Row(2, "a", None), Row(3, "a", "off")], "it", LeftOut()) == [
        Row(1, "a", "on"),
        Row(3, "a", "off"),
    ]


def test_five_minute_means_are_no_changes() -> None:
    means = [Row(AT_US // 300_000_000 * 300_000_000 + number * 300_000_000, "sensor.a", "1") for number in range(20)]

    with pytest.raises(InputError, match="five-minute means"):
        filter_usable(means, "it", LeftOut())
