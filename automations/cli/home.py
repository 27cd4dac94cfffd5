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

from automations.home_assistant.catalogue import KnownHome
from automations.open.home import load_known_home
from automations.open.settings import load_settings
from schemas.home import document_from_home


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("home", help=home_.__doc__)(home_)


def home_(as_json: Annotated[bool, typer.Option("--json", help="Print the home file.")] = False) -> None:
    """Show the home: its areas, entities and services, as Home Assistant tells them."""
    now = datetime.now(UTC)
    known = asyncio.run(load_known_home(load_settings(), now))
    for note in known.notes:
        print(note, file=sys.stderr)
    print(json.dumps(document_from_home(known.home), indent=2, ensure_ascii=False) if as_json else in_words(known, now))


def in_words(known: KnownHome, now: datetime) -> str:
    home = known.home
    domains = Counter(entity.domain for entity in home.entities).most_common()
    return "\n".join(
        [
            f"Home Assistant {home.version or 'unknown'}, {home.timezone}. {known.age(now)}",
            f"{len(home.floors)} floors: {_listed(floor.name for floor in home.floors)}",
            f"{len(home.areas)} areas: {_listed(area.name for area in home.areas)}",
            f"{len(home.labels)} labels: {_listed(label.name for label in home.labels)}",
            f"{len(home.zones)} zones: {_listed(zone.name for zone in home.zones)}",
            f"{len(home.entities)} entities: {_listed(f'{count} {domain}' for domain, count in domains)}",
            f"{len(home.services)} services, {len(home.automations)} automations",
        ]
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
