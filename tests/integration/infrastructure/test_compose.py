"""What compose would do, asked of a real compose; and the image's recipe, read by hadolint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from automations.open.settings import load_settings
from schemas.settings import SECRETS, Settings

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent
OF_THE_IMAGE = {"DATA_DIR", "AUTOMATIONS_REPO", "HOST", "PORT", "BASE_PATH"}
"""What the image and the frontend fix between them."""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(command, cwd=ROOT, env={**clean, **environment}, capture_output=True, text=True, check=False)


def composed(*profiles: str, **environment: str) -> dict[str, Any]:
    """The project as compose understands it."""
    chosen = [part for profile in profiles for part in ("--profile", profile)]
    made = run(
        str(BIN / "docker-compose"), "--env-file", "/dev/null", *chosen, "config", "--format", "json", **environment
    )
    assert made.returncode == 0, made.stderr
    document: dict[str, Any] = json.loads(made.stdout)
    return document


def test_without_any_setting_the_service_and_its_page_start_alone() -> None:
    services = composed()["services"]

    assert set(services) == {"ai-automation-service", "ai-automation-frontend"}
    assert services["ai-automation-service"]["environment"]["ANALYSIS_SCHEDULE"] == "0 3 * * *"


def test_only_the_page_is_published() -> None:
    services = composed("mosquitto", "local-llm", "fleet")["services"]

    published = {name: [port["published"] for port in service.get("ports", [])] for name, service in services.items()}

    assert {name: ports for name, ports in published.items() if ports} == {"ai-automation-frontend": ["3002"]}


def test_every_setting_reaches_the_service_and_nothing_else_does() -> None:
    environment = composed(EXCLUDE="lock")["services"]["ai-automation-service"]["environment"]

    files = {f"{name}_FILE" for name in SECRETS}
    assert set(environment) == set(Settings.model_fields) - OF_THE_IMAGE | files
    assert environment["EXCLUDE"] == "lock"
    assert load_settings({name: value for name, value in environment.items() if value}, None).EXCLUDE == ("lock",)


@pytest.mark.parametrize(
    "name", ["ai-automation-service", "ai-automation-frontend", "mosquitto", "home-assistant", "local-llm"]
)
def test_what_a_container_says_does_not_fill_the_disk(name: str) -> None:
    kept = composed("mosquitto", "home-assistant", "local-llm")["services"][name]["logging"]

    assert kept == {"driver": "json-file", "options": {"max-size": "5m", "max-file": "2"}}


def test_a_network_that_is_there_already_can_be_joined() -> None:
    own, joined = composed(), composed(HA_NETWORK_EXTERNAL="true")

    assert own["networks"]["ha-network"].get("external", False) is False
    assert joined["networks"]["ha-network"]["external"] is True


@pytest.mark.parametrize("name", ["ai-automation-service", "ai-automation-frontend", "mosquitto"])
def test_our_containers_are_small_and_may_little(name: str) -> None:
    service = composed("mosquitto")["services"][name]

    assert int(service["mem_limit"]) <= 1300 * 1024**2
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "ha-network" in service["networks"]


def test_the_fleet_is_a_scheduler_and_two_workers_on_a_network_of_their_own() -> None:
    services = composed("fleet")["services"]
    scheduler, worker = services["fleet-scheduler"], services["fleet-worker"]

    assert worker["deploy"]["replicas"] == 2
    assert (set(scheduler["networks"]), set(worker["networks"])) == ({"fleet"}, {"fleet"})
    assert scheduler["image"] == worker["image"] == "nightshift-fleet"
    assert scheduler["build"]["args"] == {"LOCK": "requirements-fleet.lock"}
    assert "tcp://fleet-scheduler:8786" in worker["command"]


@pytest.mark.parametrize("recipe", ["Dockerfile", "infrastructure/addon/Dockerfile"])
def test_hadolint_finds_nothing_in_the_images(recipe: str) -> None:
    found = run(str(BIN / "hadolint"), "--no-color", recipe)

    assert (found.returncode, found.stdout) == (0, "")


def test_the_image_copies_only_what_is_there() -> None:
    sources = [
        source
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    ]

    assert [source for source in sources if not (ROOT / source).exists()] == []
