"""`home`: what is known of the home, as a home file."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer

from automations.home_assistant.catalogue import HomeSnapshot
from automations.open.home import HomeSettings, load_known_home
from automations.open.settings import load_settings
from schemas.home import document_from_home


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("home", help=home_.__doc__)(home_)


def home_(as_json: Annotated[bool, typer.Option("--json", help="Print the home file.")] = False) -> None:
    """Show the home: its areas, entities and services, as Home Assistant tells them."""
    now = datetime.now(UTC)
    snapshot = asyncio.run(load_known_home(HomeSettings.from_settings(load_settings()), now))
    for note in snapshot.notes:
        print(note, file=sys.stderr)
    print(
        json.dumps(document_from_home(snapshot.home), indent=2, ensure_ascii=False)
        if as_json
        else describe(snapshot, now)
    )


def describe(snapshot: HomeSnapshot, now: datetime) -> str:
    home = snapshot.home
    domains = Counter(entity.domain for entity in home.entities).most_common()
    return "\n".join(
        [
            f"Home Assistant {home.version or 'unknown'}, {home.timezone}. {snapshot.describe_age(now)}",
            f"{len(home.floors)} floors: {_join_names(floor.name for floor in home.floors)}",
            f"{len(home.areas)} areas: {_join_names(area.name for area in home.areas)}",
            f"{len(home.labels)} labels: {_join_names(label.name for label in home.labels)}",
            f"{len(home.zones)} zones: {_join_names(zone.name for zone in home.zones)}",
            f"{len(home.entities)} entities: {_join_names(f'{count} {domain}' for domain, count in domains)}",
            f"{len(home.services)} services, {len(home.automations)} automations",
        ]
    )


def _join_names(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
