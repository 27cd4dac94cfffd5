"""A night on the sample home."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from automations.checks import default_policy
from automations.git.repository import Repository
from automations.history.history_file import read_history
from automations.home_assistant.home_file import load_home_file
from generator.drafting.draft import Drafter
from generator.night.caps import Caps
from generator.night.measure import Stopwatch
from generator.night.night_context import NightContext
from generator.night.pipeline import run_night

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


async def no_record(_automation_id: str, _since: datetime) -> None:
    """A folder does not tell what ran."""


async def night_on(folder: Path, sample: Path, caps: Caps | None = None) -> None:
    """What the nightly child process does, in this process."""
    home = load_home_file(sample / "home.json")
    repository = Repository.open_or_create(folder / "automations.git", Path("automations/starter"), NOW)
    await run_night(
        NightContext(
            repository=repository,
            home=home,
            policy=default_policy(),
            history=read_history(sample / "history.csv.gz", home),
            source="file",
            drafter=Drafter(None),
            read_run_history=no_record,
            caps=caps or Caps(3, 10),
            days=30,
            page_url=None,
            now=NOW,
            report_progress=lambda *_: None,
        ),
        Stopwatch(),
    )
