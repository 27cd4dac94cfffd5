"""The commands of `python -m automations`."""

from __future__ import annotations

import typer

from automations.cli import backtest, gitops, home, validate

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def automations() -> None:
    """The automations in git and in the home."""


validate.register(app)
gitops.register(app)
backtest.register(app)
home.register(app)
