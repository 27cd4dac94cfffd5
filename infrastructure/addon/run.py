"""Starts the service in an add-on: its options and what the supervisor knows become settings."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import httpx

OPTIONS = Path(os.environ.get("NIGHTSHIFT_OPTIONS", "/data/options.json"))
SUPERVISOR = os.environ.get("NIGHTSHIFT_SUPERVISOR", "http://supervisor")
INGRESS = "172.30.32.2"
"""The supervisor's own address on every installation; only its word about who calls is believed."""


def main() -> None:
    token = os.environ.get("SUPERVISOR_TOKEN")
    if not token:
        sys.exit("SUPERVISOR_TOKEN is not set: this is for a Home Assistant add-on; elsewhere use docker compose.")
    settings = {**_place(token), **_broker(token), **_options(OPTIONS)}
    arguments = [sys.executable, "-m", "reviewer_api", *sys.argv[1:]]
    os.execve(sys.executable, arguments, {**os.environ, **settings})  # noqa: S606 - the service takes our place


def _place(token: str) -> dict[str, str]:
    return {
        "HA_URL": f"{SUPERVISOR}/core",
        "HA_TOKEN": token,
        "DATA_DIR": "/data/nightshift",
        "AUTOMATIONS_REPO": "/data/nightshift/automations.git",
        "RECORDER_DB": "/homeassistant/home-assistant_v2.db",
        "HOST": "0.0.0.0",  # noqa: S104 - the container's own network, where only the supervisor comes to us
        "PORT": "8011",
        "INGRESS_ADDRESS": INGRESS,
    }


def _broker(token: str) -> dict[str, str]:
    """The broker that the supervisor names; nothing where there is none."""
    try:
        answer = httpx.get(f"{SUPERVISOR}/services/mqtt", headers={"Authorization": f"Bearer {token}"}, timeout=10)
        told = answer.raise_for_status().json().get("data", {})
    except (httpx.HTTPError, ValueError) as error:
        print(f"No MQTT broker is known to the supervisor ({error}); notices go to the log.", file=sys.stderr)
        return {}
    names = {"MQTT_BROKER": "host", "MQTT_PORT": "port", "MQTT_USERNAME": "username", "MQTT_PASSWORD": "password"}
    return {name: str(told[key]) for name, key in names.items() if told.get(key)}


def _options(path: Path) -> dict[str, str]:
    """Options are settings in lower case; lists are written with commas."""
    try:
        options: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"{path} cannot be read ({error}); save the add-on's configuration again.")
    return {
        name.upper(): ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in options.items()
        if value not in (None, "", [])
    }


if __name__ == "__main__":
    main()
