"""The commands of `python -m generator`."""

from __future__ import annotations

import typer

from generator.cli.analyze import analyze
from generator.cli.fleet import fleet
from generator.cli.redraft import redraft
from generator.cli.run import run
from generator.cli.sample import sample

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def generator() -> None:
    """Find habits in the history and propose them."""


app.command()(analyze)
app.command()(run)
app.command()(redraft)
app.command()(fleet)
app.command()(sample)
