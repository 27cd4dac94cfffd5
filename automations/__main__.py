"""`python -m automations`: validate, backtest, plan, deploy, roll back and look."""

from __future__ import annotations

import sys

import typer

from automations.commands import backtest, gitops, home, validate
from schemas.errors import NightshiftError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def automations() -> None:
    """The automations in git and in the home."""


validate.register(app)
gitops.register(app)
backtest.register(app)
home.register(app)


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
