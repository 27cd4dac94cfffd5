"""`python -m reviewer_api` as a process that a test may kill at any moment and start again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
TOKEN = "a-local-token-for-tests"
START_SECONDS = 60


class ServiceProcess:
    """One service in `folder`, in a process group of its own; `more` are settings."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.settings = {
            "DATA_DIR": str(folder / "data"),
            "AUTOMATIONS_REPO": str(folder / "automations.git"),
            "LOCAL_TOKEN": TOKEN,
            "LLM": "off",
            **more,
        }
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> ServiceProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def log(self) -> str:
        return (self.folder / "service.log").read_text()

    @property
    def pid(self) -> int:
        assert self._process is not None, "it was not started"
        return self._process.pid

    def start(self) -> None:
        command = [sys.executable, "-m", "reviewer_api", "--port", "0"]
        with (self.folder / "service.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self.settings},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        link = self._process.stdout.readline().strip().rpartition(" ")[2]
        self.url = link.partition("/#code=")[0]
        assert self.url, self.log
        self.until(lambda: self.ask("GET", "/api/status"), "the service never answered", START_SECONDS)

    def kill(self) -> None:
        """`kill -9` of the service and of every git that it runs just now, as a power cut would."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON answer, None where the service is gone or says no."""
        try:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            answer = httpx.request(method, self.url + path, json=body, headers=headers, timeout=60, trust_env=False)
        except httpx.HTTPError:
            return None
        return answer.json() if answer.status_code == 200 else None

    def approve(self, habit_id: str) -> Any:
        page = self.ask("GET", f"/api/suggestions/{habit_id}")
        if page is None:
            return None
        question = {"seen": page["seen"], "second_yes": page["seen"]["findings"]}
        return self.ask("POST", f"/api/suggestions/{habit_id}/approve", question)

    def roll_back(self, automation_id: str) -> Any:
        preview = self.ask("GET", f"/api/automations/{automation_id}/rollback")
        if preview is None:
            return None
        question = {"to": None, "seen_main": preview["seen_main"]}
        return self.ask("POST", f"/api/automations/{automation_id}/rollback", question)

    def say_yes(self) -> Any:
        plan = self.ask("GET", "/api/plan")
        return self.ask("POST", "/api/plan/confirm", {"plan_hash": plan["plan_hash"]})

    def until(self, is_so: Callable[[], Any], otherwise: str, within_seconds: float = 60) -> None:
        end = time.monotonic() + within_seconds
        while not is_so():
            assert time.monotonic() < end, f"{otherwise}\n{self.log[-3000:]}"
            time.sleep(0.05)
