"""The rooms of the house: imports run one way, and the service stays light."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOMS = ("schemas", "automations", "generator", "reviewer_api")
MAY_IMPORT = {
    "schemas": {"schemas"},
    "automations": {"schemas", "automations"},
    "generator": {"schemas", "automations", "generator"},
    "reviewer_api": {"schemas", "automations", "reviewer_api"},
}

EXCUSE = re.compile(r"# noqa: (?:[A-Z]+\d+, ?)*S\d{3}")
EXCUSE_WITH_REASON = re.compile(EXCUSE.pattern + r".* - \w")


def imported(path: Path) -> set[str]:
    """The top packages that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room: str) -> None:
    files = sorted(Path(room).rglob("*.py"))
    strays = {str(path): (imported(path) & set(ROOMS)) - MAY_IMPORT[room] for path in files}

    assert files
    assert {path: rooms for path, rooms in strays.items() if rooms} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_needs_the_tests(room: str) -> None:
    assert [str(path) for path in Path(room).rglob("*.py") if "tests" in imported(path)] == []


def test_schemas_do_no_io() -> None:
    reaching = {"httpx", "aiosqlite", "git", "socket", "subprocess", "asyncio", "websockets", "paho"}

    assert {str(p): imported(p) & reaching for p in Path("schemas").rglob("*.py") if imported(p) & reaching} == {}


def test_every_exception_from_a_rule_of_security_says_why() -> None:
    """`# noqa: S603 - why`; bandit's rules are ruff's S."""
    files = [path for room in (*ROOMS, "docs", "infrastructure", "tests") for path in Path(room).rglob("*.py")]
    excused = [line for path in files for line in path.read_text(encoding="utf-8").splitlines() if EXCUSE.search(line)]

    assert excused
    assert [line for line in excused if not EXCUSE_WITH_REASON.search(line)] == []
