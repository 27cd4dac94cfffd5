"""Every server repeats every secret of ours, in each form: nothing that we store or show holds one."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from websockets.asyncio.server import ServerConnection, serve

from automations.git.remote import sync_with_remote
from automations.git.repository import Repository
from automations.home_assistant.client import HomeAssistant
from automations.http.client import HttpClient
from automations.open.repository import STARTER_FOLDER
from automations.open.settings import load_settings
from generator.drafting.draft import Drafter
from generator.drafting.model.budget import Budget, Price
from generator.drafting.model.openai_model import OpenAIModel
from reviewer_api.notify.broker import Broker, BrokerAddress, Message
from schemas.errors import NightshiftError, Refused, Unreachable
from schemas.secrets import Secrets
from tests.builders.fake_home import FakeHome
from tests.builders.habits import DARK_HABIT, HOME, MONDAY, answer, no_problems, replaying
from tests.builders.mosquitto import Mosquitto
from tests.builders.serving import serving

CANARIES = {
    "HA_TOKEN": "canary-home/assistant+8c1f",
    "OPENAI_API_KEY": "canary-openai-77aa",
    "MQTT_PASSWORD": "canary mqtt&19be",
    "DATA_API_KEY": "canary-data-api-e0d2",
    "LOCAL_TOKEN": "canary-local-token-5b36",
    "AUTOMATIONS_REMOTE": "https://canary-user-2f:canary-remote-91@git.lan/home.git",
}
SECRETS = Secrets.of(load_settings(CANARIES, None))
PLAIN = [value for name, value in CANARIES.items() if name != "AUTOMATIONS_REMOTE"] + ["canary-remote-91"]
ENCODED = [base64.b64encode(f"user:{value}".encode()).decode() for value in PLAIN]
QUOTED = [quote_plus(value) for value in PLAIN]
TOLD = f"We know {', '.join((*PLAIN, *ENCODED, *QUOTED))}"


def assert_silent(text: str) -> None:
    assert [canary for canary in (*PLAIN, *QUOTED) if canary in text] == []
    assert [canary for canary in ENCODED if canary[8:-4] in text] == []
    assert "[secret]" in text


@pytest.mark.parametrize("status", [200, 400, 401, 402, 404, 422, 429, 500])
async def test_a_model_that_repeats_our_secrets_in_any_answer(status: int) -> None:
    error = {"error": {"message": TOLD, "param": PLAIN[1], "code": TOLD}}
    said = await drafted(JSONResponse(error, status))

    assert_silent(said)


@pytest.mark.parametrize(
    "deltas",
    [
        [{"content": answer(alias=f"light_1 {PLAIN[1]}")}],
        [{"content": answer(why="It is ")[:-3] + PLAIN[1][:9]}, {"content": PLAIN[1][9:] + '."}'}],
        [{"reasoning_content": PLAIN[1][:4]}, {"reasoning_content": PLAIN[1][4:]}, {"content": answer()}],
        [{"refusal": TOLD}],
    ],
    ids=["whole", "in two pieces", "in its thoughts", "in a refusal"],
)
async def test_a_model_that_repeats_our_secrets_in_what_it_says(deltas: list[dict[str, str]]) -> None:
    events = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    said = await drafted(Response(f"{body}data: [DONE]\n\n", media_type="text/event-stream"))

    assert_silent(said)
    assert PLAIN[1][:9] not in said


async def drafted(response: Response) -> str:
    """All that is kept of a draft that was asked of a server with that answer."""

    async def complete(_: Request) -> Response:
        return response

    with serving(Starlette(routes=[Route("/v1/chat/completions", complete, methods=["POST"])])) as address:
        budget = Budget(10**6, 10.0, Price())
        model = OpenAIModel("m", CANARIES["OPENAI_API_KEY"], f"{address}/v1", budget, SECRETS, first_wait=0.01)
        drafter = Drafter(model)
        [draft] = await drafter.draft_all([DARK_HABIT], HOME, no_problems, replaying())
        await drafter.close()
    assert draft.receipts is not None
    return json.dumps([draft.config, draft.why, drafter.notes, asdict(draft.receipts)], default=str)


@pytest.mark.parametrize(
    "response",
    [
        lambda: JSONResponse({"rows": [TOLD]}),
        lambda: JSONResponse({"message": TOLD}, 400),
        lambda: Response(f"<html>{TOLD}</html>", 200, media_type=f"text/html+{PLAIN[3]}"),
        lambda: Response(TOLD, 500),
        lambda: RedirectResponse(f"https://login.lan/{PLAIN[3]}", 302),
    ],
    ids=["200", "400", "html", "500", "redirect"],
)
async def test_a_data_api_that_repeats_our_secrets(response: Callable[[], Response]) -> None:
    async def answer_so(_: Request) -> Response:
        return response()

    with serving(Starlette(routes=[Route("/events", answer_so)])) as address:
        async with HttpClient(
            "The Data API", "DATA_API_URL", address, CANARIES["DATA_API_KEY"], secrets=SECRETS
        ) as site:
            said = await words_of(site.request("GET", "/events"))

    assert_silent(said)


async def words_of(asked: Awaitable[Any]) -> str:
    """What came back, or why not, and what its JSON says, or why it is none."""
    try:
        response = await asked
    except NightshiftError as error:
        return str(error)
    try:
        return f"{response.excerpt} {response.json()}"
    except NightshiftError as error:
        return f"{error} {response.content_type} {response.body.decode()}"


async def test_a_home_that_repeats_our_secrets_in_why_it_refuses() -> None:
    home = FakeHome()
    with serving(home) as address:
        async with HomeAssistant(address, CANARIES["HA_TOKEN"], secrets=SECRETS) as door:
            home.instead = (400, {"content-type": "application/json"}, json.dumps({"message": TOLD}).encode())
            with pytest.raises(Refused) as refused:
                await door.call_service("light", "turn_on", {})

    assert_silent(str(refused.value))


async def test_a_home_that_repeats_our_secrets_over_its_websocket() -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.send(json.dumps({"type": "auth_required"}))
        await connection.recv()
        await connection.send(json.dumps({"type": "auth_ok"}))
        number = json.loads(await connection.recv())["id"]
        await connection.send(json.dumps({"id": number, "type": "result", "success": True, "result": [TOLD]}))
        number = json.loads(await connection.recv())["id"]
        error = {"code": "no", "message": TOLD}
        await connection.send(json.dumps({"id": number, "type": "result", "success": False, "error": error}))
        await connection.recv()
        await connection.close(reason=f"{PLAIN[0]} {PLAIN[1]}")

    async with serve(talk, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        async with (
            HomeAssistant(url, CANARIES["HA_TOKEN"], secrets=SECRETS) as door,
            door.open_websocket() as session,
        ):
            said = json.dumps(await session.send_command("config/area_registry/list"))
            with pytest.raises(Refused) as refused:
                await session.send_command("config/area_registry/list")
            with pytest.raises(Unreachable) as broken:
                await session.send_command("config/area_registry/list")

    for text in (said, str(refused.value), str(broken.value)):
        assert_silent(text)


async def test_an_automation_whose_secret_was_struck_out_is_never_written_to_the_home() -> None:
    """It would replace the person's value by our mark."""
    stored = {"alias": "Lamp", "triggers": [], "actions": [{"action": "rest_command.x", "data": {"key": PLAIN[3]}}]}
    home = FakeHome()
    with serving(home) as address:
        async with HomeAssistant(address, CANARIES["HA_TOKEN"], secrets=SECRETS) as door:
            home.instead = (200, {"content-type": "application/json"}, json.dumps(stored).encode())
            config = await door.read("lamp")
            home.instead = None
            asked = len(home.asked)
            assert config is not None
            with pytest.raises(Refused, match=r"secrets\.yaml"):
                await door.write("lamp", config)

    assert_silent(json.dumps(config))
    assert len(home.asked) == asked


async def test_a_broker_that_repeats_our_secrets(broker: Mosquitto) -> None:
    heard: asyncio.Queue[Message] = asyncio.Queue()
    connected = asyncio.Event()

    async def on_connected() -> None:
        connected.set()

    ours = Broker(BrokerAddress("127.0.0.1", broker.port), "ours", ("ha-ai/responses/#",), SECRETS)
    await ours.begin(on_connected, heard.put)
    try:
        async with asyncio.timeout(20):
            await connected.wait()
            await ours.publish(f"ha-ai/responses/{PLAIN[1]}", TOLD)
            message = await heard.get()
    finally:
        await ours.close()

    assert_silent(message.topic)
    assert_silent(message.payload.decode())


def test_a_remote_that_repeats_our_secrets(tmp_path: Path) -> None:
    ours = Repository.open_or_create(tmp_path / "ours.git", STARTER_FOLDER, MONDAY)
    theirs = tmp_path / "theirs.git"
    subprocess.run(["git", "init", "-q", "--bare", str(theirs)], check=True)
    hook = theirs / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\necho '{TOLD}' >&2\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(Unreachable) as refused:
        sync_with_remote(ours, str(theirs), SECRETS)

    assert_silent(str(refused.value))
