"""The rooms of the house: every wall, outer and inner, from one table; and the service stays light."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOMS = ("schemas", "automations", "generator", "reviewer_api")

WALLS = {
    "schemas/automation": "",
    "schemas": "schemas/automation",
    "automations/config": "schemas schemas/automation",
    "automations/config/reading": "automations/config",
    "automations/config/words": "schemas automations/config automations/config/reading",
    "automations/files": "",
    "automations/http": "schemas",
    "automations/timeline": "schemas",
    "automations/backtest": "schemas automations/config automations/timeline",
    "automations/checks/safety": "schemas automations/config",
    "automations/checks": """schemas schemas/automation automations/config automations/backtest
        automations/checks/safety""",
    "automations/home_assistant": """schemas automations/config automations/checks automations/files
        automations/http""",
    "automations/history": "schemas automations/home_assistant automations/files automations/http",
    "automations/git/plumbing": "schemas",
    "automations/git": "schemas automations/files automations/http automations/git/plumbing",
    "automations/deploy": "schemas automations/config automations/checks automations/git automations/home_assistant",
    "automations/open": """schemas automations/http automations/home_assistant automations/history automations/git
        automations/deploy""",
    "automations/cli": """schemas automations/config automations/backtest automations/checks automations/home_assistant
        automations/history automations/git automations/deploy automations/open""",
    "automations": "automations/cli",
    "generator/mining/events": "schemas automations/config automations/timeline",
    "generator/mining/hypotheses": "schemas automations/timeline generator/mining/events",
    "generator/mining": "schemas automations/config generator/mining/events generator/mining/hypotheses",
    "generator/drafting/privacy": "schemas automations/config/words",
    "generator/drafting/model": """schemas automations/config automations/config/reading automations/files
        generator/drafting/privacy""",
    "generator/drafting": """schemas automations/config automations/config/reading automations/config/words
        generator/drafting/privacy generator/drafting/model""",
    "generator/night": """schemas automations/config automations/config/words automations/backtest automations/checks
        automations/home_assistant automations/history automations/git automations/deploy generator/mining
        generator/drafting generator/drafting/model""",
    "generator/fleet": """schemas automations/checks automations/files automations/home_assistant automations/history
        automations/git automations/open generator/mining generator/drafting generator/night""",
    "generator/sample": "schemas automations/timeline generator/drafting/privacy",
    "generator/cli": """schemas automations/config automations/backtest automations/checks automations/files
        automations/home_assistant automations/history automations/git automations/deploy automations/open
        generator/mining generator/drafting generator/night generator/fleet generator/sample""",
    "generator": "automations/cli generator/cli",
    "reviewer_api/models": "schemas",
    "reviewer_api/tasks": "schemas",
    "reviewer_api/diary": "schemas reviewer_api/models",
    "reviewer_api/auth": "schemas automations/files automations/http automations/home_assistant reviewer_api/diary",
    "reviewer_api/web": "schemas reviewer_api/auth",
    "reviewer_api/worker": """schemas automations/config automations/backtest automations/checks
        automations/home_assistant automations/history automations/git automations/deploy reviewer_api/tasks""",
    "reviewer_api/review": """schemas automations/config automations/config/words automations/timeline
        automations/checks automations/home_assistant automations/git reviewer_api/models reviewer_api/tasks
        reviewer_api/diary reviewer_api/auth reviewer_api/worker""",
    "reviewer_api/notify": """schemas automations/git automations/deploy reviewer_api/tasks reviewer_api/diary
        reviewer_api/web reviewer_api/review""",
    "reviewer_api/deployments": """schemas automations/config automations/config/words automations/home_assistant
        automations/git automations/deploy reviewer_api/models reviewer_api/tasks reviewer_api/diary
        reviewer_api/review reviewer_api/notify""",
    "reviewer_api/night": """schemas automations/git reviewer_api/models reviewer_api/tasks reviewer_api/diary
        reviewer_api/auth reviewer_api/review reviewer_api/deployments""",
    "reviewer_api/health": """schemas automations/home_assistant automations/history automations/git automations/open
        reviewer_api/models reviewer_api/tasks reviewer_api/notify reviewer_api/deployments reviewer_api/night""",
    "reviewer_api/maintenance": """schemas automations/files automations/http automations/git automations/open
        reviewer_api/diary reviewer_api/review""",
    "reviewer_api/api": """schemas automations/git/plumbing automations/git automations/open reviewer_api/models
        reviewer_api/tasks reviewer_api/diary reviewer_api/auth reviewer_api/web reviewer_api/review
        reviewer_api/notify reviewer_api/deployments reviewer_api/night reviewer_api/health reviewer_api/worker""",
    "reviewer_api": """schemas automations/home_assistant automations/git automations/deploy automations/open
        reviewer_api/models reviewer_api/tasks reviewer_api/diary reviewer_api/auth reviewer_api/web
        reviewer_api/review reviewer_api/notify reviewer_api/deployments reviewer_api/night reviewer_api/health
        reviewer_api/maintenance reviewer_api/worker reviewer_api/api""",
}
"""What a folder may import beside itself, the lowest first. A folder below is a folder of its own."""

FOLDERS = sorted(
    {str(path.parent) for room in ROOMS for path in Path(room).rglob("*.py") if "node_modules" not in str(path)}
)
MOST_FILES = 20

NO_IO = {
    *("httpx", "aiosqlite", "git", "socket", "subprocess", "asyncio", "websockets", "paho"),
    *("os", "pathlib", "dotenv", "shutil", "tempfile", "sqlite3", "urllib", "io"),
}
ONLY_A_TYPE = {"schemas/settings.py": {"pathlib"}, "schemas/secrets.py": {"urllib"}}
"""`Path` is the type of a setting; reading it is done by whoever starts. `urllib.parse` takes an address apart."""

EXCUSE = re.compile(r"# noqa: (?:[A-Z]+\d+, ?)*S\d{3}")
EXCUSE_WITH_REASON = re.compile(EXCUSE.pattern + r".* - \w")


@cache
def imports(path: Path) -> frozenset[str]:
    """Each module or name that a file imports, dotted, anywhere in it: in functions and for types too."""
    return frozenset(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def packages(path: Path) -> set[str]:
    """The top packages that a file imports."""
    return {name.split(".")[0] for name in imports(path)}


def source(dotted: str) -> Path | None:
    """The file of ours in which an imported name stands; None where it is not ours."""
    parts = dotted.split(".")
    for count in range(len(parts), 0, -1):
        path = Path(*parts[:count])
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if parts[0] in ROOMS and file.exists():
                return file
    return None


def files_of(folder: str) -> list[Path]:
    return sorted(Path(folder).glob("*.py"))


def needs(folder: str) -> set[str]:
    """The other folders that a folder imports from."""
    sources = (source(name) for path in files_of(folder) for name in imports(path))
    return {str(path.parent) for path in sources if path} - {folder}


def test_every_folder_has_its_walls() -> None:
    assert sorted(WALLS) == FOLDERS


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_what_it_may_and_no_more(folder: str) -> None:
    assert needs(folder) == set(WALLS[folder].split())


def test_between_folders_imports_run_one_way() -> None:
    order = list(TopologicalSorter({folder: allowed.split() for folder, allowed in WALLS.items()}).static_order())

    assert sorted(order) == FOLDERS


def test_the_rooms_know_each_other_by_git_alone() -> None:
    rooms = {
        room: {needed.split("/")[0] for folder in FOLDERS if folder.split("/")[0] == room for needed in needs(folder)}
        for room in ROOMS
    }

    assert rooms == {
        "schemas": {"schemas"},
        "automations": {"schemas", "automations"},
        "generator": {"schemas", "automations", "generator"},
        "reviewer_api": {"schemas", "automations", "reviewer_api"},
    }


@pytest.mark.parametrize("room", ROOMS[1:])
def test_a_root_holds_only_what_nothing_below_it_imports(room: str) -> None:
    below = [path for path in Path(room).rglob("*.py") if path.parent != Path(room) and "node_modules" not in str(path)]
    wanted = {source(name) for path in below for name in imports(path)}

    assert below
    assert [str(path) for path in files_of(room) if path in wanted] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_can_be_looked_over(folder: str) -> None:
    assert len(files_of(folder)) <= MOST_FILES


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_needs_the_tests(room: str) -> None:
    assert [str(path) for path in Path(room).rglob("*.py") if "tests" in packages(path)] == []


def test_tests_share_builders_and_not_each_other() -> None:
    """What more than one folder of tests needs stands in tests/builders; a test file is imported by none."""
    files = sorted(Path("tests").rglob("*.py"))
    strange = {
        (str(path), name)
        for path in files
        for name in imports(path)
        if re.match(r"tests\.(?:unit|integration|docs|e2e|soak|bench)\.", name)
        if re.search(r"\.(?:test_\w+|conftest)\b", name) or not f"{path.parent}/".startswith(_folder(name))
    }

    assert len(files) > 100
    assert strange == set()


def _folder(name: str) -> str:
    """The folder of the module that a test imports from."""
    return "/".join(name.split(".")[:-2]) + "/"


def test_schemas_do_no_io() -> None:
    files = sorted(Path("schemas").rglob("*.py"))
    reaching = {str(path): (packages(path) & NO_IO) - ONLY_A_TYPE.get(str(path), set()) for path in files}

    assert files
    assert {path: packages for path, packages in reaching.items() if packages} == {}


def test_a_path_in_the_schemas_is_only_a_type() -> None:
    for name in ONLY_A_TYPE:
        tree = ast.parse(Path(name).read_text(encoding="utf-8"))
        used = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr.startswith(("read_", "write_", "open", "exists"))
        ]

        assert [ast.unparse(node) for node in used] == []


def test_every_exception_from_a_rule_of_security_says_why() -> None:
    """`# noqa: S603 - why`; bandit's rules are ruff's S."""
    files = [path for room in (*ROOMS, "docs", "infrastructure", "tests") for path in Path(room).rglob("*.py")]
    excused = [line for path in files for line in path.read_text(encoding="utf-8").splitlines() if EXCUSE.search(line)]

    assert excused
    assert [line for line in excused if not EXCUSE_WITH_REASON.search(line)] == []
