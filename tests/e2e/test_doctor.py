"""The doctor at a real Home Assistant: what it looks at, and how it says to mend it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.builders.real_home import RealHome, guests_token
from tests.builders.service import run_command

pytestmark = pytest.mark.e2e


def findings(said: str) -> dict[str, tuple[str, str]]:
    """By name: how it is, and in which words."""
    rows = re.findall(r"^(ok|BAD|-)\s+(\w+(?: write)?)\s+(.+)$", said, re.MULTILINE)
    return {name: (how, words) for how, name, words in rows}


def test_a_home_is_looked_at_from_its_version_to_what_a_first_write_would_do(
    tmp_path: Path, real_home: RealHome
) -> None:
    told = run_command(tmp_path, "doctor", HA_URL=real_home.url, HA_TOKEN=real_home.token, HISTORY_DAYS="30")

    found = findings(told.stdout)
    assert found["version"] == ("ok", f"Home Assistant {real_home.version}; tested from 2025.4 to 2026.11.")
    assert found["home"] == ("ok", "It is RUNNING.")
    assert found["rights"][0] == "ok"
    assert "automations.yaml" in found["first write"][1]
    # A home that was just started has no month of history: how to keep more stands below.
    assert found["history"][0] == "-"
    assert "purge_keep_days: 30" in told.stdout


async def test_a_token_of_a_guest_is_told_to_be_one(tmp_path: Path, real_home: RealHome) -> None:
    guest = await guests_token(real_home, "visitor")

    told = run_command(tmp_path, "doctor", HA_URL=real_home.url, HA_TOKEN=guest)

    assert told.returncode == 1
    assert findings(told.stdout)["rights"][0] == "BAD"
    assert "as an administrator" in told.stdout
    assert guest not in told.stdout + told.stderr
