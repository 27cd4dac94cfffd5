"""From a suggestion to a phone and back: a real broker, a real service, and git holds what the phone said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from automations.git.ledger import read_latest_entry
from automations.git.ledger_entry import LedgerEntry
from automations.git.proposals import propose
from automations.git.repository import MAIN_REF
from automations.git.review_actions import edit
from schemas.mqtt_messages import NOTIFY_TOPIC, RESPONSE_TOPIC
from schemas.suggestions import State
from tests.builders.lamps import NIGHT
from tests.builders.listening import Listener, listening
from tests.builders.mosquitto import Mosquitto
from tests.builders.service import Service, running
from tests.builders.suggestions import ANNA, AUTOMATION_ID, HABIT_ID, YAML, proposal
from tests.builders.waiting import until

LAMP = YAML.format(id=AUTOMATION_ID, alias="Kitchen light")
DOOR = LAMP.replace("light.turn_on", "lock.unlock").replace("light.kitchen", "lock.front_door")
HOME = {
    "timezone": "UTC",
    "latitude": 52.0,
    "longitude": 5.0,
    "areas": [],
    "entities": [{"entity_id": name, "name": name} for name in ("light.kitchen", "lock.front_door")],
}


@dataclass
class Evening:
    """A suggestion that was asked about on the phone."""

    service: Service
    listener: Listener

    @property
    def asked(self) -> list[dict[str, Any]]:
        return self.listener.payloads(NOTIFY_TOPIC)

    def tip(self) -> LedgerEntry:
        found = read_latest_entry(self.service.parts.repository, HABIT_ID)
        assert found is not None
        return found

    def answer(self, words: str) -> None:
        answer = {"nonce": self.asked[0]["nonce"], "answer": words, "device": "Ada's phone"}
        self.listener.say(RESPONSE_TOPIC.format(habit_id=HABIT_ID), answer)


@asynccontextmanager
async def asked_about(folder: Path, broker: Mosquitto, yaml: str) -> AsyncIterator[Evening]:
    (folder / "home.json").write_text(json.dumps(HOME), encoding="utf-8")
    names = {"HOME_FILE": str(folder / "home.json"), "PUBLIC_URL": "http://home:3002"}
    async with (
        listening(broker.port) as listener,
        running(folder, MQTT_BROKER="127.0.0.1", MQTT_PORT=str(broker.port), **names) as service,
    ):
        draft = proposal(yaml=yaml)
        await asyncio.to_thread(propose, service.parts.repository, draft, None, "", NIGHT)
        await service.parts.reconciler.run_round()
        evening = Evening(service, listener)
        await until(lambda: evening.asked)
        yield evening


async def test_an_approval_is_a_merge_in_the_phones_name(tmp_path: Path, broker: Mosquitto) -> None:
    async with asked_about(tmp_path, broker, LAMP) as evening:
        evening.answer("approve")
        # The first write to a home asks on the page, and the phone says so.
        await until(lambda: len(evening.asked) == 2)

        author = evening.service.parts.repository.git("log", "-1", "--format=%an <%ae>", MAIN_REF).decode().strip()
    assert author == "phone: Ada's phone <phone@nightshift.local>"
    assert "not deployed yet" in evening.asked[1]["title"]


async def test_a_no_is_a_no_in_the_phones_name(tmp_path: Path, broker: Mosquitto) -> None:
    async with asked_about(tmp_path, broker, LAMP) as evening:
        evening.answer("decline")
        await until(lambda: evening.tip().state is State.DECLINED)

        assert evening.tip().who == "phone: Ada's phone"


@pytest.mark.parametrize("words", ["approve", "decline"])
async def test_an_answer_to_what_was_changed_since_decides_nothing_and_says_so(
    tmp_path: Path, broker: Mosquitto, words: str
) -> None:
    async with asked_about(tmp_path, broker, LAMP) as evening:
        repository, tip = evening.service.parts.repository, evening.tip()
        blob = repository.blob_sha(tip.branch, tip.path) or ""
        edit(repository, tip, LAMP.replace("06:42", "07:42"), blob, ANNA, NIGHT, "")

        evening.answer(words)
        await until(lambda: len(evening.asked) >= 2)

        assert evening.tip().state is State.EDITED
    assert evening.asked[-1]["nonce"] is None


async def test_what_needs_a_second_yes_cannot_be_answered_on_the_phone(tmp_path: Path, broker: Mosquitto) -> None:
    async with asked_about(tmp_path, broker, DOOR) as evening:
        (question,) = evening.asked

    assert question["nonce"] is None
    assert question["url"] == f"http://home:3002/suggestions/{HABIT_ID}"
