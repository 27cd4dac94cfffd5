"""The real service before a real Home Assistant, and the few things a test does behind the page's back."""

from __future__ import annotations

import csv
import gzip
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from generator.sample.sample_home import sample_rows
from tests.builders.loopback import free_port
from tests.builders.real_home import RealHome

TOKEN: Final = "a-local-token-for-the-browser"
STANDS_FOR: Final = {
    "light.kitchen_ceiling": "light.kitchen_ceiling",
    "light.bedside": "light.bedroom_lamp",
    "light.hallway": "light.hallway_light",
    "light.porch": "light.porch_light",
    "switch.coffee_machine": "switch.coffee_maker",
    "switch.bathroom_fan": "switch.bathroom_fan",
    "binary_sensor.hallway_motion": "binary_sensor.hallway_motion",
    "sensor.bathroom_humidity": "sensor.bathroom_humidity",
}
"""What the sample home has, and what of the real one takes its place."""


@dataclass(frozen=True)
class Served:
    """A running service; `url` with a closing slash."""

    url: str
    folder: Path
    home: RealHome | None = None

    @property
    def repository(self) -> Path:
        return self.folder / "automations.git"

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What another person does at the same time."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = httpx.request(method, f"{self.url}api/{path}", json=body, headers=headers, timeout=60)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def until(self, is_so: Callable[[], object], within_seconds: float = 20) -> None:
        """What the service notices by itself, it notices within seconds."""
        end = time.monotonic() + within_seconds
        while not is_so():
            assert time.monotonic() < end, "the service did not notice it"
            time.sleep(0.2)

    def at_home(self, automation_id: str) -> dict[str, Any] | None:
        """What Home Assistant itself has stored."""
        answer = self._ask_home("GET", automation_id)
        return answer.json() if answer.status_code == 200 else None

    def edit_at_home(self, automation_id: str, **changes: object) -> None:
        """What somebody changes in Home Assistant's own editor."""
        stored = self.at_home(automation_id)
        assert stored is not None
        self._ask_home("POST", automation_id, {**stored, **changes}).raise_for_status()

    def clean_home(self) -> None:
        for state in self._states():
            automation_id = str(state["attributes"].get("id", ""))
            if automation_id.startswith("nightshift_"):
                self._ask_home("DELETE", automation_id)

    def state_at_home(self, automation_id: str) -> str | None:
        states = (s["state"] for s in self._states() if s["attributes"].get("id") == automation_id)
        return next(states, None)

    def _states(self) -> list[dict[str, Any]]:
        assert self.home is not None
        headers = {"Authorization": f"Bearer {self.home.token}"}
        states: list[dict[str, Any]] = httpx.get(f"{self.home.url}/api/states", headers=headers, timeout=60).json()
        return states

    def _ask_home(self, method: str, automation_id: str, body: object = None) -> httpx.Response:
        assert self.home is not None
        headers = {"Authorization": f"Bearer {self.home.token}"}
        url = f"{self.home.url}/api/config/automation/config/{automation_id}"
        return httpx.request(method, url, json=body, headers=headers, timeout=60)


@contextmanager
def served(folder: Path, home: RealHome | None = None, base: str = "/", **more: str) -> Iterator[Served]:
    """`python -m reviewer_api`, as its user starts it."""
    port = free_port()
    environment = {**os.environ, **settings(folder, home), **more, "PORT": str(port)}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "reviewer_api"], env=environment, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process)
        yield Served(url + base, folder, home)
    finally:
        process.terminate()
        process.wait(20)


def settings(folder: Path, home: RealHome | None) -> dict[str, str]:
    """Everything that the surroundings could say otherwise is said."""
    nothing = dict.fromkeys(("HA_URL", "HA_TOKEN", "HOME_FILE", "MQTT_BROKER", "OPENAI_API_KEY", "OPENAI_BASE_URL"), "")
    connected = {"HA_URL": home.url, "HA_TOKEN": home.token} if home else {}
    return (
        nothing
        | connected
        | {
            "DATA_DIR": str(folder),
            "AUTOMATIONS_REPO": str(folder / "automations.git"),
            "HISTORY_SOURCE": "file",
            "HISTORY_FILE": str(folder / "history.csv.gz"),
            "LOCAL_TOKEN": TOKEN,
            "NIGHTLY_CAP": "50",
            "OPEN_CAP": "50",
            "RATE_LIMIT": "100000/minute",
            "SIGN_IN_RATE_LIMIT": "1000/minute",
        }
    )


def one_night(folder: Path, home: RealHome) -> None:
    """Thirty days of a home like the sample, lived with the real home's entities, and a night that reads them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("time", "entity_id", "state", "cause"))
    for at, entity_id, state, cause in sample_rows(datetime.now(UTC).date()):
        if entity_id in STANDS_FOR:
            writer.writerow((f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", STANDS_FOR[entity_id], state, cause))
    (folder / "history.csv.gz").write_bytes(gzip.compress(out.getvalue().encode()))
    environment = {**os.environ, **settings(folder, home)}
    subprocess.run([sys.executable, "-m", "generator", "run"], env=environment, check=True, capture_output=True)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], within_seconds: float = 60) -> None:
    end = time.monotonic() + within_seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{url}/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the service does not answer at {url}")
