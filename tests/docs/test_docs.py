"""The pages say what the code does: those made from it are fresh, and nothing is left out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from automations.checks import default_policy
from automations.config.words.phrase_book import phrase_book_languages
from automations.open.settings import load_settings
from docs.write import api_page, settings_page
from generator.drafting.privacy.ha_vocabulary import LANGUAGES
from reviewer_api.models.runs import RunOutcome
from schemas import mqtt_messages
from schemas.settings import Settings
from schemas.suggestions import State

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "made"), [("settings.md", settings_page), ("api.md", api_page)])
def test_a_page_made_from_the_code_is_fresh(name: str, made: object) -> None:
    assert callable(made)
    assert page(name) == made(), "run `python -m docs.write`"


def test_every_setting_is_explained() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_state_of_a_suggestion_is_explained() -> None:
    table = page("review.md").split("## States")[1].split("##")[0]
    named = [name for row in re.findall(r"^\| ([a-z ,]+) \|", table, re.M)[1:] for name in row.split(", ")]

    assert sorted(named) == sorted(state.replace("_", " ") for state in State)


def test_every_way_a_run_can_end_is_explained() -> None:
    told = page("first-night.md") + page("operations.md")

    assert [outcome for outcome in get_args(RunOutcome) if outcome.replace("_", " ") not in told] == []


def test_every_fault_has_the_test_that_it_names() -> None:
    faults = page("operations.md").partition("## What happens when")[2].partition("\n## ")[0]
    rows = [line for line in faults.splitlines() if line.startswith("|")][2:]
    tests = {
        name for file in (ROOT / "tests").rglob("*.py") for name in re.findall(r"def (test_\w+)\(", file.read_text())
    }

    assert [row for row in rows if not set(re.findall(r"`(test_\w+)`", row)) & tests] == []
    assert set(re.findall(r"`(test_\w+)`", faults)) - tests == set()


def test_every_topic_is_explained() -> None:
    topics = [value for name, value in vars(mqtt_messages).items() if name.endswith("_TOPIC")]
    known = page("mqtt.md")

    assert [topic for topic in topics if topic.split("{")[0] not in known] == []


@pytest.mark.parametrize("name", ["architecture.md", "contributing.md", "glossary.md"])
def test_every_file_that_is_named_is_there(name: str) -> None:
    files = [f"/{path}" for path in subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()]
    named = re.findall(r"`([\w/.-]+/[\w.-]+\.(?:py|md|toml|yaml|json|tsx?))`", page(name))

    assert named
    assert [path for path in named if not any(file.endswith(f"/{path}") for file in files)] == []


def test_every_safety_rule_has_its_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| (\w+) \|$", page("checks.md"), re.MULTILINE)

    assert dict(rows) == default_policy().rules.model_dump()


def test_every_language_of_the_phrase_books_is_named() -> None:
    assert [code for code in phrase_book_languages() if LANGUAGES[code] not in page("privacy.md")] == []


def test_every_decision_is_listed() -> None:
    index = page("adr/index.md")

    assert [adr.name for adr in (DOCS / "adr").glob("0*.md") if f"({adr.name})" not in index] == []


def test_the_example_of_settings_can_be_used() -> None:
    assert load_settings({}, ROOT / ".env.example").HISTORY_SOURCE == "home-assistant"


def test_the_site_is_built_without_a_dead_link(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "--site-dir", str(tmp_path / "site")]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "index.html").exists()
    assert not (tmp_path / "site" / "write.py").exists()
