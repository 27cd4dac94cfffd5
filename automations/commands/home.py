"""`home`: what is known of the home, as a home file."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

import typer

from automations.home.catalog import KnownHome, known_home
from schemas.home import home_document
from schemas.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("home", help=home_.__doc__)(home_)


def home_(as_json: Annotated[bool, typer.Option("--json", help="Print the home file.")] = False) -> None:
    """Show the home: its areas, entities and services, as Home Assistant tells them."""
    known = asyncio.run(known_home(load_settings(), datetime.now(UTC)))
    for note in known.notes:
        print(note, file=sys.stderr)
    print(json.dumps(home_document(known.home), indent=2, ensure_ascii=False) if as_json else in_words(known))


def in_words(known: KnownHome) -> str:
    home = known.home
    domains = Counter(entity.domain for entity in home.entities).most_common()
    return "\n".join(
        [
            f"Home Assistant {home.version or 'unknown'}, {home.timezone}, as of {known.read_at:%Y-%m-%d %H:%M} UTC",
            f"{len(home.areas)} areas: {', '.join(area.name for area in home.areas) or 'none'}",
            f"{len(home.entities)} entities: {', '.join(f'{count} {domain}' for domain, count in domains) or 'none'}",
            f"{len(home.services)} services, {len(home.automations)} automations",
        ]
    )
