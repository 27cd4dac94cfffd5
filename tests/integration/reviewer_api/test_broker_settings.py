"""User, password and TLS of the broker, as they stand in the settings; and the last will, when we are killed."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from reviewer_api.notify.broker import Broker, BrokerAddress
from schemas.mqtt_messages import STATUS_TOPIC
from tests.builders.listening import listening
from tests.builders.loopback import free_port
from tests.builders.mosquitto import Mosquitto
from tests.builders.service import settings_in
from tests.builders.service_process import ServiceProcess
from tests.builders.waiting import until

PASSWORD = "a-password-of-the-test"
CONFIG = """
listener {port} 127.0.0.1
certfile {folder}/broker.pem
keyfile {folder}/broker.key
allow_anonymous false
password_file {folder}/passwords
{user}
"""


def certificate(folder: Path, name: str) -> Path:
    """For 127.0.0.1, signed by itself, so that it is its own authority."""
    place = folder / f"{name}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    about = ["-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    out = ["-keyout", str(folder / f"{name}.key"), "-out", str(place)]
    subprocess.run([*command, *about, *out], check=True, capture_output=True)
    return place


# paho leaves the socket of a handshake that failed to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("password", "authority", "said"),
    [(PASSWORD, "broker", "Success"), ("wrong", "broker", "Not authorized"), (PASSWORD, "stranger", "no answer")],
)
async def test_the_broker_is_believed_by_its_certificate_and_believes_us_by_our_password(
    tmp_path: Path, password: str, authority: str, said: str
) -> None:
    authorities = {name: certificate(tmp_path, name) for name in ("broker", "stranger")}
    passwords = ["mosquitto_passwd", "-c", "-b", str(tmp_path / "passwords"), "nightshift", PASSWORD]
    subprocess.run(passwords, check=True, capture_output=True)
    port = free_port()
    # As root it would give up its rights, and with them the test's folder.
    broker = Mosquitto(
        tmp_path, CONFIG.format(port=port, folder=tmp_path, user="user root" if os.geteuid() == 0 else ""), port
    )
    (tmp_path / "secret").write_text(password)
    settings = settings_in(
        tmp_path,
        MQTT_BROKER="127.0.0.1",
        MQTT_PORT=str(port),
        MQTT_USERNAME="nightshift",
        MQTT_PASSWORD_FILE=str(tmp_path / "secret"),
        MQTT_TLS_CA=str(authorities[authority]),
    )
    address = BrokerAddress.from_settings(settings)
    assert address is not None

    broker.start()
    try:
        answer = await Broker(address, "nightshift", ()).try_connecting(3)
    finally:
        broker.stop()

    assert answer.startswith(said)


async def test_the_broker_tells_the_home_when_we_were_killed(tmp_path: Path, broker: Mosquitto) -> None:
    async with listening(broker.port) as listener:
        with ServiceProcess(tmp_path, MQTT_BROKER="127.0.0.1", MQTT_PORT=str(broker.port)) as service:
            await until(lambda: "online" in listener.texts(STATUS_TOPIC))
            os.killpg(service.pid, signal.SIGKILL)

            await until(lambda: listener.texts(STATUS_TOPIC)[-1] == "offline")
