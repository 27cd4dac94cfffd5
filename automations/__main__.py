"""`python -m automations`: validate, backtest, plan, deploy, roll back and look."""

from __future__ import annotations

from collections.abc import Callable

from automations.cli.errors import run_cli


def _loaded() -> Callable[[], object]:
    from automations.cli.main import app

    return app


if __name__ == "__main__":
    run_cli(_loaded)
