"""Secrets planted as canaries: no output of the service repeats one, whatever goes wrong."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.builders.mosquitto import Mosquitto
from tests.builders.service import run_command, served
from tests.builders.serving import serving

CANARIES = {
    "HA_TOKEN": "canary-home-assistant-8c1f",
    "OPENAI_API_KEY": "canary-openai-77aa",
    "MQTT_PASSWORD": "canary-mqtt-19be",
    "DATA_API_KEY": "canary-data-api-e0d2",
    "LOCAL_TOKEN": "canary-local-token-5b36",
}
NOBODY = "http://canary-user:canary-in-url-4a4a@127.0.0.1:1"
"""Where nobody answers, with a password in the address as people write it."""
MADE_UP = "canary-bearer-that-somebody-tried"


def everything_said(folder: Path, address: str) -> str:
    """Every answer that a person or Prometheus can get, with what was said wrong on purpose."""
    said = []
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {CANARIES['LOCAL_TOKEN']}"}) as client:
        run = client.post("/api/runs").json()["run_id"]
        said.append(client.get(f"/api/runs/{run}/live", timeout=120).text)
        paths = ("status", "runs", f"runs/{run}", "log", "plan", "drift", "deployments", "catalogue", "session")
        said += [client.get(f"/api/{path}").text for path in paths]
        said.append(client.get("/metrics").text)
        for row in client.get("/api/suggestions").json()["items"]:
            said.append(client.get(f"/api/suggestions/{row['habit_id']}").text)
        said.append(client.post("/api/session", json={"secret": MADE_UP, "extra": MADE_UP}).text)
        said.append(client.get("/api/runs", headers={"Authorization": f"Bearer {MADE_UP}"}).text)
        said.append(httpx.get(f"{address}/health/ready").text)
    return "\n".join(said)


def git_says(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder / "automations.git"), *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True, errors="replace").stdout


@contextmanager
def listening(port: int, heard: list[bytes]) -> Iterator[None]:
    """Somebody on the broker who writes down everything that is said there."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _client, _data, message: heard.append(message.topic.encode() + b" " + message.payload)
    client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
    client.connect("127.0.0.1", port)
    client.loop_start()
    yield
    client.disconnect()
    client.loop_stop()


async def tells_our_key(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """A model's server that repeats the key it was sent, and all others: in what it answers, and in why it refuses."""
    key = " ".join(CANARIES.values()) + dict(scope["headers"]).get(b"authorization", b"").decode()
    more = True
    asked = b""
    while more:
        part = await receive()
        asked += part.get("body", b"")
        more = part.get("more_body", False)
    status = (200, 400, 401)[len(asked) % 3] if scope["path"].endswith("completions") else 200
    refuses = status != 200
    piece = {"choices": [{"index": 0, "delta": {"content": f"You are {key}"}, "finish_reason": None}]}
    told = {"error": {"message": f"Incorrect API key provided: {key}"}} if refuses else piece
    body = json.dumps(told) if refuses else f"data: {json.dumps(told)}\n\ndata: [DONE]\n\n"
    kind = b"application/json" if refuses else b"text/event-stream"
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": body.encode()})


def test_no_secret_is_in_any_answer_log_notice_receipt_or_file(tmp_path: Path, broker: Mosquitto, sample: Path) -> None:
    more = {"MQTT_BROKER": "127.0.0.1", "MQTT_PORT": str(broker.port), "MQTT_USERNAME": "nightshift"}
    home = {"HISTORY_SOURCE": "file", "HISTORY_FILE": str(sample / "history.csv.gz")}
    places = {"HA_URL": NOBODY, "DATA_API_URL": NOBODY, "HOME_FILE": str(sample / "home.json"), **home}
    heard: list[bytes] = []

    with (
        serving(tells_our_key) as model,
        listening(broker.port, heard),
        served(tmp_path, **CANARIES, **more, **places, LLM="on", OPENAI_BASE_URL=f"{model}/v1") as (address, code),
    ):
        said = everything_said(tmp_path, address)
    environment = {**CANARIES, **more, **places, "OPENAI_BASE_URL": NOBODY, "LLM": "on"}
    told = [run_command(tmp_path, *command, **environment) for command in (["doctor"], ["backup", "b.tar"], ["link"])]
    said += "".join(one.stdout + one.stderr for one in told) + b"".join(heard).decode()

    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    history = git_says(tmp_path, "log", "--all", "-p")
    secrets = [*CANARIES.values(), MADE_UP, "canary-in-url-4a4a", code]
    assert "receipts.json" in git_says(tmp_path, "log", "--all", "--name-only"), "the model was never asked"
    assert heard
    assert [secret for secret in secrets if secret in said] == []
    assert [(path.name, secret) for path, data in files.items() for secret in secrets if secret.encode() in data] == []
    assert [secret for secret in secrets if secret in history] == []
