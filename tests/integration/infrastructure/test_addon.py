"""The add-on: its options are settings, and the supervisor's word becomes theirs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from reviewer_api.web.version import VERSION
from schemas.settings import Settings
from tests.builders.serving import serving

ADDON = Path(__file__).parents[3] / "infrastructure" / "addon"
PRINT_SETTINGS = "import json, os; print(json.dumps(dict(os.environ)))"


def config() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((ADDON / "config.yaml").read_text())
    return made


async def supervisor(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Knows a broker, and tells it to whoever has the token."""
    known = (b"authorization", b"Bearer supervisor-token") in scope["headers"] and scope["path"] == "/services/mqtt"
    body = {"data": {"host": "core-mosquitto", "port": 1883, "username": "addons", "password": "secret"}}
    await send({"type": "http.response.start", "status": 200 if known else 403, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def started(folder: Path, options: dict[str, Any], supervisor_url: str) -> dict[str, str]:
    """The environment that the service would be started with."""
    (folder / "options.json").write_text(json.dumps(options))
    (folder / "reviewer_api.py").write_text(PRINT_SETTINGS)
    environment = {
        "SUPERVISOR_TOKEN": "supervisor-token",
        "NIGHTSHIFT_OPTIONS": str(folder / "options.json"),
        "NIGHTSHIFT_SUPERVISOR": supervisor_url,
        "PYTHONPATH": str(folder),
    }
    command = [sys.executable, str(ADDON / "run.py")]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True)
    made: dict[str, str] = json.loads(done.stdout)
    return made


def test_every_option_is_a_setting() -> None:
    assert {name.upper() for name in config()["schema"]} <= set(Settings.model_fields)
    assert set(config()["options"]) <= set(config()["schema"])
    assert config()["version"] == VERSION


def test_the_page_comes_through_home_assistant_and_no_port_is_opened() -> None:
    assert config()["ingress"] is True
    assert config()["ingress_port"] == Settings.model_fields["PORT"].default
    assert "ports" not in config()


def test_options_and_the_supervisors_word_become_settings(tmp_path: Path) -> None:
    with serving(supervisor) as url:
        made = started(tmp_path, {"exclude": ["lock", "light.nursery"], "nightly_cap": 5, "language": ""}, url)

    assert (made["EXCLUDE"], made["NIGHTLY_CAP"]) == ("lock,light.nursery", "5")
    assert (made["HA_URL"], made["HA_TOKEN"]) == (f"{url}/core", "supervisor-token")
    assert (made["MQTT_BROKER"], made["MQTT_PASSWORD"]) == ("core-mosquitto", "secret")
    assert "LANGUAGE" not in made


def test_without_a_broker_the_add_on_starts_all_the_same(tmp_path: Path) -> None:
    made = started(tmp_path, {}, "http://127.0.0.1:1")

    assert "MQTT_BROKER" not in made
    assert made["INGRESS_ADDRESS"] == "172.30.32.2"
