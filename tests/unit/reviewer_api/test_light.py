"""The service stays for years on a small box: what it must never load, and what it weighs."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from reviewer_api import VERSION

ROOT = Path(__file__).parents[3]
HEAVY = {"pandas", "sklearn", "scipy", "openai", "fastparquet", "generator", "typer"}


def test_serving_never_loads_what_only_the_night_needs(tmp_path: Path) -> None:
    code = "import sys, reviewer_api.serve, reviewer_api.app; print(*{name.split('.')[0] for name in sys.modules})"

    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert HEAVY & set(out.split()) == set()


def test_the_service_says_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert project["project"]["version"] == VERSION
