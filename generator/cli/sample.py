"""`sample`: write a home to try things on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from generator.sample.sample_home import write_sample
from schemas.errors import InputError


def sample(out: Annotated[Path, typer.Option(help="Folder for home.json and history.csv.gz.")]) -> None:
    """Write a sample home: invented people, 30 days up to yesterday."""
    try:
        count = write_sample(out, datetime.now(UTC).date())
    except OSError as error:
        raise InputError(f"{out} cannot be written to ({error.strerror}); name a folder that can be.") from error
    print(f"{count} changes of 30 days in {out / 'history.csv.gz'}, the home in {out / 'home.json'}.")
