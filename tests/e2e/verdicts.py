"""What Home Assistant's own package says of automations, without starting a home."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.builders.real_home import CURRENT, START_SECONDS, TOOLS, CannotStart

JUDGE = Path(__file__).parent / "judge.py"


def verdicts(texts: list[str], version: str = CURRENT) -> list[str | None]:
    """For each automation None where this release accepts it, else its complaint."""
    lines = "".join(json.dumps({"id": number, "yaml": text}) + "\n" for number, text in enumerate(texts))
    answers = run([*interpreter(version), "-c", JUDGE.read_text(encoding="utf-8")], version, lines)
    return [json.loads(line)["error"] for line in answers.splitlines()]


def interpreter(version: str) -> list[str]:
    """How to start the Python that has this release; installs it first where it is missing."""
    tool = TOOLS / ("ha-latest-up" if version == CURRENT else "ha-up")
    python = Path(run([str(tool), "--install"], version).strip().splitlines()[-1]).with_name("python")
    if python.exists():
        return [str(python)]
    root = Path(os.environ.get("HA_LATEST_CACHE", Path.home() / ".cache" / "ha-latest")) / "root"
    return ["chroot", str(root), "env", "HOME=/ha", str(python)]  # the tool made a Debian tree for it


def run(command: list[str], version: str, text: str = "") -> str:
    """What the command says, given `text` on its standard input; CannotStart quotes its last words where it fails."""
    environment = {**os.environ, "HA_UP_VERSION": version}
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=START_SECONDS, env=environment)
    if done.returncode:
        raise CannotStart(done.stderr.strip()[-2000:] or f"{command[0]} ended with status {done.returncode}")
    return done.stdout
