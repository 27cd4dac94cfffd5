"""The very Mosquitto file of compose, run by a real Mosquitto; only its two ports are the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Queue
from typing import Any, Literal

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt import publish, subscribe
from paho.mqtt.enums import CallbackAPIVersion

from tests.builders.loopback import free_port
from tests.builders.mosquitto import Mosquitto

FILE = Path(__file__).parents[3] / "infrastructure" / "mqtt" / "mosquitto.conf"
PASSWORD = "a-password-of-the-test"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Like /mosquitto in the container: Mosquitto, which gives up root, must be able to write there."""
    with tempfile.TemporaryDirectory(prefix="nightshift-mosquitto-") as name:
        made = Path(name)
        (made / "data").mkdir()
        passwords = ["mosquitto_passwd", "-c", "-b", "data/passwords", "nightshift", PASSWORD]
        subprocess.run(passwords, cwd=made, check=True, capture_output=True)
        if os.geteuid() == 0:
            for path in (made, made / "data", made / "data" / "passwords"):
                shutil.chown(path, "mosquitto")
        yield made


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture
def running(folder: Path, ports: tuple[int, int]) -> Iterator[Mosquitto]:
    text = FILE.read_text().replace("listener 1883", f"listener {ports[0]}")
    broker = Mosquitto(folder, text.replace("listener 9001", f"listener {ports[1]}"), ports[0])
    broker.start()
    yield broker
    broker.stop()


def client_with(password: str | None, transport: Literal["tcp", "websockets"] = "tcp") -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, transport=transport)
    if password:
        client.username_pw_set("nightshift", password)
    return client


def answer(client: mqtt.Client, port: int) -> str:
    """What the broker says to a connection; its second port opens a moment after its first."""
    said: Queue[str] = Queue()
    client.on_connect = lambda _c, _d, _f, reason, _p: said.put(str(reason))
    for _ in range(100):
        with suppress(ConnectionRefusedError):
            client.connect("127.0.0.1", port)
            break
        time.sleep(0.02)
    client.loop_start()
    try:
        return said.get(timeout=10)
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.mark.parametrize(("number", "transport"), [(0, "tcp"), (1, "websockets")])
def test_both_ports_take_who_knows_the_password(
    running: Mosquitto, ports: tuple[int, int], number: int, transport: Literal["tcp", "websockets"]
) -> None:
    assert answer(client_with(PASSWORD, transport), ports[number]) == "Success"


@pytest.mark.parametrize("password", [None, "a-wrong-password"])
def test_nobody_else_comes_in(running: Mosquitto, password: str | None) -> None:
    assert answer(client_with(password), running.port) == "Not authorized"


def test_what_is_retained_is_there_after_a_restart(running: Mosquitto) -> None:
    sign_in: dict[str, Any] = {"username": "nightshift", "password": PASSWORD}
    publish.single("ha-ai/status", "online", 1, True, port=running.port, auth=sign_in)

    running.stop()
    running.start()

    kept = subscribe.simple("ha-ai/status", qos=1, port=running.port, auth=sign_in)
    assert kept.payload == b"online"
