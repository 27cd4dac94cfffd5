"""A real Home Assistant and a real Mosquitto: the device that is found, and a phone that answers by our blueprint."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from reviewer_api.diary import Diary, open_diary
from reviewer_api.notify.inbox import PhoneDecision
from schemas.mqtt_messages import StateMessage
from tests.builders.listening import listening, notices
from tests.builders.mosquitto import Mosquitto
from tests.builders.real_home import RealHome
from tests.builders.waiting import until

pytestmark = pytest.mark.e2e
BLUEPRINT = Path(__file__).parents[2] / "infrastructure" / "home-assistant" / "nightshift_notify.yaml"
AUTOMATION = "nightshift_test_phone"
PHONE = "fake_phone"
SCREEN = "test/phone"
NO_TLS = {"set_client_cert": False, "set_ca_cert": "off"}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
async def api(real_home: RealHome) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {real_home.token}"}
    async with httpx.AsyncClient(base_url=real_home.url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture
async def joined(api: httpx.AsyncClient, broker: Mosquitto) -> AsyncIterator[Mosquitto]:
    """The broker, with Home Assistant's MQTT integration set up on it."""
    steps = "/api/config/config_entries/flow"
    flow = (await api.post(steps, json={"handler": "mqtt"})).json()
    if flow["type"] == "menu":
        flow = (await api.post(f"{steps}/{flow['flow_id']}", json={"next_step_id": "broker"})).json()
    # Sections of the form that this release has, each as it stands.
    sections = {
        part["name"]: {field["name"]: NO_TLS[field["name"]] for field in part["schema"] if field["name"] in NO_TLS}
        for part in flow["data_schema"]
        if part.get("type") == "expandable"
    }
    answer = {**sections, "broker": "127.0.0.1", "port": broker.port}
    done = (await api.post(f"{steps}/{flow['flow_id']}", json=answer)).json()
    assert done.get("type") == "create_entry", (flow, done)
    yield broker
    await api.delete(f"/api/config/config_entries/entry/{done['result']['entry_id']}")


@pytest.fixture
async def diary(tmp_path: Path) -> AsyncIterator[Diary]:
    opened = await open_diary(tmp_path / "diary.sqlite")
    yield opened
    await opened.close()


async def state(api: httpx.AsyncClient, entity_id: str) -> str:
    answer = await api.get(f"/api/states/{entity_id}")
    return str(answer.json()["state"]) if answer.status_code == 200 else ""


async def test_home_assistant_finds_the_device_and_its_button_works(
    api: httpx.AsyncClient, joined: Mosquitto, diary: Diary
) -> None:
    pressed = asyncio.Event()

    async def analyse() -> None:
        pressed.set()

    async with notices(diary, joined.port, start_night=analyse) as ours:
        await ours.publish_state(StateMessage(open_suggestions=3, problems=1, last_analysis="2026-11-23T03:00:00Z"))
        await becomes(api, "sensor.nightshift_open_suggestions", "3")
        last = await state(api, "sensor.nightshift_last_analysis")
        problems = await state(api, "sensor.nightshift_problems")
        await api.post("/api/services/button/press", json={"entity_id": "button.nightshift_analyse_now"})
        await asyncio.wait_for(pressed.wait(), 30)

    assert (last, problems) == ("2026-11-23T03:00:00+00:00", "1")
    await becomes(api, "sensor.nightshift_open_suggestions", "unavailable")


async def becomes(api: httpx.AsyncClient, entity_id: str, wanted: str) -> None:
    async with asyncio.timeout(60):
        while await state(api, entity_id) != wanted:
            await asyncio.sleep(0.1)


@pytest.fixture
async def phone(api: httpx.AsyncClient, joined: Mosquitto, real_home: RealHome) -> AsyncIterator[None]:
    """Our blueprint in use, with a script in place of the companion app that publishes what it was shown."""
    folder = real_home.folder / "blueprints" / "automation" / "nightshift"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(BLUEPRINT, folder)
    script = {
        "alias": "Fake phone",
        "sequence": [
            {
                "action": "mqtt.publish",
                "data": {"topic": SCREEN, "payload": "{{ {'title': title, 'data': data} | to_json }}"},
            }
        ],
    }
    assert (await api.post(f"/api/config/script/config/{PHONE}", json=script)).status_code == 200
    use = {
        "path": "nightshift/nightshift_notify.yaml",
        "input": {"notify_action": f"script.{PHONE}", "phone_name": "Ada"},
    }
    made = await api.post(f"/api/config/automation/config/{AUTOMATION}", json={"alias": "Phone", "use_blueprint": use})
    assert made.status_code == 200, made.text
    yield
    await api.delete(f"/api/config/automation/config/{AUTOMATION}")
    await api.delete(f"/api/config/script/config/{PHONE}")


async def test_a_phone_answers_by_our_blueprint(
    api: httpx.AsyncClient, joined: Mosquitto, phone: None, diary: Diary
) -> None:
    taken: asyncio.Queue[PhoneDecision] = asyncio.Queue()

    async with listening(joined.port) as screen, notices(diary, joined.port, carry_out=taken.put) as ours:
        # Once it shows our sensors, Home Assistant listens.
        await ours.publish_state(StateMessage(open_suggestions=1, problems=0, last_analysis=None))
        await becomes(api, "sensor.nightshift_open_suggestions", "1")
        await ours.ask_phone("abc123", "Kitchen light", "On at 06:42 on weekdays.", seen='{"proposed_blob":"b10b"}')
        await until(lambda: screen.payloads(SCREEN))
        (shown,) = screen.payloads(SCREEN)
        approve, decline, way_in = shown["data"]["actions"]
        await api.post("/api/events/mobile_app_notification_action", json={"action": approve["action"]})
        answered = await asyncio.wait_for(taken.get(), 30)

    assert shown["title"] == "Kitchen light"
    assert (approve["title"], decline["title"]) == ("Approve", "Decline")
    assert way_in["uri"] == "http://home:3002/suggestions/abc123"
    assert answered == PhoneDecision("abc123", '{"proposed_blob":"b10b"}', True, "phone: Ada")
