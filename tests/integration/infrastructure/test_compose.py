"""What compose would do, asked of a real compose; and the image's recipe, read by hadolint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schemas.settings import Settings

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent


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


def test_every_name_in_its_environment_is_a_setting() -> None:
    environment = composed()["services"]["ai-automation-service"]["environment"]

    assert set(environment) <= set(Settings.model_fields)


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


def test_hadolint_finds_nothing_in_the_image() -> None:
    found = run(str(BIN / "hadolint"), "--no-color", "Dockerfile")

    assert (found.returncode, found.stdout) == (0, "")


def test_the_image_copies_only_what_is_there() -> None:
    sources = [
        source
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    ]

    assert [source for source in sources if not (ROOT / source).exists()] == []
