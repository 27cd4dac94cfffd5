"""Our client against a real Home Assistant."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from automations.home_assistant.client import HomeAssistant, Timeouts
from schemas.errors import InputError, Refused, Unauthorized
from schemas.home import AutomationConfig
from tests.builders.real_home import RealHome

pytestmark = pytest.mark.e2e

CONFIG: AutomationConfig = {
    "alias": "Hall light on motion",
    "description": "Made by a test",
    "triggers": [{"trigger": "state", "entity_id": "binary_sensor.hallway_motion", "to": "on"}],
    "conditions": [],
    "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.hallway_light"}}],
    "mode": "single",
}


@pytest.fixture
async def ours(door: HomeAssistant) -> AsyncIterator[str]:
    """An id that is gone again after the test."""
    automation_id = "nightshift_door_test"
    await door.delete(automation_id)
    yield automation_id
    await door.delete(automation_id)


async def test_a_written_automation_is_live_when_write_returns(door: HomeAssistant, ours: str) -> None:
    await door.write(ours, CONFIG)

    live = await door.list_automations()
    assert live[ours].config == CONFIG
    assert live[ours].enabled is True
    assert live[ours].alias == "Hall light on motion"


async def test_an_update_is_live_when_write_returns(door: HomeAssistant, ours: str) -> None:
    await door.write(ours, CONFIG)

    await door.write(ours, {**CONFIG, "alias": "Hall light, renamed"})

    assert (await door.list_automations())[ours].alias == "Hall light, renamed"


async def test_writing_the_same_again_ends_well(real_home: RealHome, ours: str) -> None:
    async with HomeAssistant(real_home.url, real_home.token, Timeouts(load_seconds=0.3)) as door:
        await door.write(ours, CONFIG)
        await door.write(ours, CONFIG)

        assert await door.read(ours) == CONFIG


async def test_a_run_is_taken_at_once_and_its_trace_tells_each_step(door: HomeAssistant, ours: str) -> None:
    waits: AutomationConfig = {**CONFIG, "actions": [*CONFIG["actions"], {"delay": 30}, *CONFIG["actions"]]}
    await door.write(ours, waits)
    began, started = datetime.now(UTC) - timedelta(seconds=1), time.monotonic()

    await door.run(ours)
    taken = time.monotonic() - started
    words = await door.describe_last_run(ours, began)

    assert taken < 15
    assert words[0] == "light.turn_on light.hallway_light"
    assert words[-1].startswith("It is still running")
    assert (await door.list_automations())[ours].last_triggered is not None
    assert await door.describe_last_run(ours, datetime.now(UTC)) == []


async def test_a_deleted_automation_is_gone_and_may_be_deleted_again(door: HomeAssistant, ours: str) -> None:
    await door.write(ours, CONFIG)

    await door.delete(ours)
    await door.delete(ours)

    assert await door.read(ours) is None
    assert ours not in await door.list_automations()


async def test_an_id_with_odd_characters_is_encoded(door: HomeAssistant) -> None:
    odd = "a/b é?x#y%20"
    await door.write(odd, CONFIG)

    try:
        assert await door.read(odd) == CONFIG
    finally:
        await door.delete(odd)
    assert await door.read(odd) is None


async def test_a_config_that_the_home_refuses_is_refused_in_its_own_words(door: HomeAssistant, ours: str) -> None:
    with pytest.raises(Refused, match="bogus"):
        await door.write(ours, {**CONFIG, "triggers": [{"trigger": "bogus"}]})

    assert await door.read(ours) is None


async def test_a_config_with_another_id_is_never_sent(door: HomeAssistant, ours: str) -> None:
    with pytest.raises(InputError, match="someone_else"):
        await door.write(ours, {**CONFIG, "id": "someone_else"})

    assert await door.read("someone_else") is None


async def test_many_writes_at_once_all_become_live(door: HomeAssistant) -> None:
    ids = [f"nightshift_many_{number}" for number in range(8)]
    try:
        await asyncio.gather(*(door.write(each, {**CONFIG, "alias": each}) for each in ids))

        live = await door.list_automations()
        assert [live[each].alias for each in ids] == ids
    finally:
        await asyncio.gather(*(door.delete(each) for each in ids))


async def test_a_wrong_token_is_unauthorized(real_home: RealHome) -> None:
    async with HomeAssistant(real_home.url, "wrong") as door:
        with pytest.raises(Unauthorized, match="token"):
            await door.list_automations()
        with pytest.raises(Unauthorized, match="token"):
            await door.send_command("auth/current_user")


async def test_the_home_tells_its_services_states_and_user(door: HomeAssistant, real_home: RealHome) -> None:
    services, states, user = (
        await door.read_services(),
        await door.read_states(),
        await door.send_command("auth/current_user"),
    )

    assert "light" in {entry["domain"] for entry in services}
    assert "light.hallway_light" in {state["entity_id"] for state in states}
    assert user["is_admin"]
    assert (await door.read_core_config())["version"] == real_home.version


async def test_calling_a_service_changes_the_home(door: HomeAssistant) -> None:
    await door.call_service("light", "turn_on", {"entity_id": "light.hallway_light"})
    await door.call_service("light", "turn_off", {"entity_id": "light.hallway_light"})

    with pytest.raises(Refused):
        await door.call_service("light", "no_such_service", {})


async def test_the_first_write_warning_counts_automations_without_id(real_home: RealHome, door: HomeAssistant) -> None:
    file = Path(real_home.folder) / "automations.yaml"
    before = file.read_text()
    file.write_text("- alias: Nameless\n  triggers: []\n  actions: []\n")
    await door.call_service("automation", "reload", {})

    try:
        warning = await door.first_write_warning()
        live = await door.list_automations()
    finally:
        file.write_text(before)
        await door.call_service("automation", "reload", {})

    assert "1 of 1 automations have no id" in warning
    assert [automation.why_unreadable for automation in live.values()] == ["it has no id"]


async def test_the_record_tells_firings_errors_and_when_it_was_off(door: HomeAssistant, ours: str) -> None:
    since = datetime.now(UTC)
    await door.write(ours, {**CONFIG, "actions": [{"action": "light.explode"}]})
    entity_id = (await door.list_automations())[ours].entity_id
    await door.run(ours)
    await door.call_service("automation", "turn_off", {"entity_id": entity_id})

    for _ in range(50):
        record = await door.read_run_history(ours, since)
        if record and record.fired_at and record.off_periods:
            break
        await asyncio.sleep(0.2)

    assert record is not None
    assert (len(record.fired_at), record.traced_runs, record.is_on, len(record.off_periods)) == (1, 1, False, 1)
    assert "light.explode not found" in record.errors[0]


async def test_what_came_from_here_carries_our_label_once(door: HomeAssistant, ours: str) -> None:
    await door.write(ours, CONFIG)

    await door.add_label(ours)
    await door.add_label(ours)

    labels = {row["label_id"]: row["name"] for row in await door.send_command("config/label_registry/list")}
    entity_id = (await door.list_automations())[ours].entity_id
    entity = await door.send_command("config/entity_registry/get", entity_id=entity_id)
    assert [labels[label] for label in entity["labels"]] == ["Nightshift"]
