"""Secrets planted as canaries: no output of the service repeats one, whatever goes wrong."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx

from tests.mosquitto import Mosquitto
from tests.service import served

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
        said.append(client.post("/api/session", json={"secret": MADE_UP, "extra": MADE_UP}).text)
        said.append(client.get("/api/runs", headers={"Authorization": f"Bearer {MADE_UP}"}).text)
        said.append(httpx.get(f"{address}/health/ready").text)
    return "\n".join(said)


def test_no_secret_is_in_any_answer_log_or_file(tmp_path: Path, broker: Mosquitto) -> None:
    more = {"MQTT_BROKER": "127.0.0.1", "MQTT_PORT": str(broker.port), "MQTT_USERNAME": "nightshift"}
    places = {"HA_URL": NOBODY, "DATA_API_URL": NOBODY, "OPENAI_BASE_URL": NOBODY}

    with served(tmp_path, **CANARIES, **more, **places) as (address, code):
        said = everything_said(tmp_path, address)

    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    git = ["git", "-C", str(tmp_path / "automations.git"), "log", "--all", "-p"]
    history = subprocess.run(git, capture_output=True, check=True).stdout
    secrets = [*CANARIES.values(), MADE_UP, "canary-in-url-4a4a", code]
    assert [secret for secret in secrets if secret in said] == []
    assert [(path.name, secret) for path, data in files.items() for secret in secrets if secret.encode() in data] == []
    assert [secret for secret in secrets if secret.encode() in history] == []
