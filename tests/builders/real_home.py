"""A real Home Assistant for the tests: started on a free port, in a folder of its own, stopped at the end."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import httpx

from automations.home_assistant.client import HomeAssistant
from tests.builders.loopback import free_port

TOOLS = Path(__file__).parents[1] / "e2e" / "tools"
CURRENT, OLDER = "2026.11.0", "2025.4.4"
START_SECONDS = 2400
"""The first start on a machine installs Home Assistant (one to three minutes, more beside other work)."""


class CannotStart(Exception):
    """The last lines that the starting tool said."""


@dataclass
class RealHome:
    """A Home Assistant that can be stopped and started again; url, token and pid are those of its last start."""

    version: str
    folder: Path
    port: int
    url: str = ""
    token: str = ""
    pid: int = 0

    def start(self) -> None:
        record = json.loads(self._tool(str(self.folder), "--port", str(self.port)))
        self.url, self.token, self.pid = record["url"], record["token"], record["pid"]

    def stop(self) -> None:
        self._tool("--stop", str(self.folder))

    def seed(self, history: Path) -> None:
        """Put the rows of a CSV (time,entity_id,state[,cause]) in its database; it must be stopped."""
        self._run(str(TOOLS / "ha-seed-history"), str(self.folder), str(history))

    def _tool(self, *arguments: str) -> str:
        program = TOOLS / ("ha-latest-up" if self.version == CURRENT else "ha-up")
        return self._run(str(program), *arguments)

    def _run(self, *command: str) -> str:
        environment = {**os.environ, "HA_UP_VERSION": self.version}
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS, env=environment)
        if done.returncode:
            raise CannotStart(done.stderr.strip()[-2000:] or f"{command[0]} ended with status {done.returncode}")
        return done.stdout


def versions_to_try(environ: dict[str, str]) -> tuple[str, ...]:
    """Today's release, the older one where that cannot be had; exactly one where CI or HA_TEST_VERSION says so."""
    if environ.get("CI") == "true":
        return (CURRENT,)
    chosen = environ.get("HA_TEST_VERSION")
    return (chosen,) if chosen else (CURRENT, OLDER)


def started_home(folder: Path) -> RealHome:
    """The first version that starts; CannotStart says for each why not."""
    reasons = []
    for version in versions_to_try(dict(os.environ)):
        home = RealHome(version, folder / version, free_port())
        try:
            home.start()
        except CannotStart as error:
            reasons.append(f"{version}: {error}")
        else:
            return home
    raise CannotStart("No Home Assistant could be started.\n" + "\n".join(reasons))


async def guests_token(home: RealHome, username: str = "guest") -> str:
    """A person of the home who is no administrator, and a token of theirs."""
    async with HomeAssistant(home.url, home.token) as client, client.open_websocket() as talk:
        user = await talk.send_command("config/auth/create", name="Guest", group_ids=["system-users"])
        person = user["user"]["id"]
        await talk.send_command(
            "config/auth_provider/homeassistant/create", user_id=person, username=username, password="guest-of-the-test"
        )
    return await token_of(home, username, "guest-of-the-test")


async def token_of(home: RealHome, username: str, password: str) -> str:
    """An access token by way of the home's login flow, as its page does it."""
    page = f"{home.url}/"
    async with httpx.AsyncClient(base_url=home.url) as client:
        flow = await client.post(
            "/auth/login_flow",
            json={"client_id": page, "handler": ["homeassistant", None], "redirect_uri": page},
        )
        done = await client.post(
            f"/auth/login_flow/{flow.json()['flow_id']}",
            json={"client_id": page, "username": username, "password": password},
        )
        tokens = await client.post(
            "/auth/token",
            data={"grant_type": "authorization_code", "code": done.json()["result"], "client_id": page},
        )
    return str(tokens.json()["access_token"])
