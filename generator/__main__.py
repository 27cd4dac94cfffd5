"""`python -m generator`: analyze, run, redraft and fleet."""

from __future__ import annotations

import sys

import typer

from generator.commands.analyze import analyze
from generator.commands.fleet import fleet
from generator.commands.redraft import redraft
from generator.commands.run import run
from generator.commands.sample import sample
from schemas.errors import NightshiftError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def generator() -> None:
    """Find habits in the history and propose them."""


app.command()(analyze)
app.command()(run)
app.command()(redraft)
app.command()(fleet)
app.command()(sample)


def main() -> None:
    try:
        app()
    except NightshiftError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
