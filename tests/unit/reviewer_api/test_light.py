"""The service stays for years on a small box: what it must never load, and what it weighs."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from reviewer_api.web.version import VERSION

ROOT = Path(__file__).parents[3]
HEAVY = {"pandas", "sklearn", "scipy", "openai", "fastparquet", "generator", "typer", "rich"}
IN_THE_WORKER = {"automations.backtest.replay", "reviewer_api.worker.draft_checker"}
SERVE = "from reviewer_api.__main__ import main; main(['--host', '192.0.2.1'])"
"""An address that no machine has, so that it ends once everything is loaded."""
TELL = "import sys; print(*[name for name, module in sys.modules.items() if module])"


@pytest.mark.slow
def test_serving_never_loads_what_only_the_night_needs(tmp_path: Path) -> None:
    command = [sys.executable, "-c", f"{SERVE}; {TELL}"]

    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    modules = set(out.split())
    loaded = {name.split(".")[0] for name in modules}
    assert "uvicorn" in loaded
    assert HEAVY & loaded == set()
    assert IN_THE_WORKER & modules == set()


def test_the_service_says_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert project["project"]["version"] == VERSION
