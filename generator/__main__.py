"""`python -m generator`: analyze, run, redraft, fleet and sample."""

from __future__ import annotations

from collections.abc import Callable

from automations.cli.errors import run_cli


def _load_app() -> Callable[[], object]:
    from generator.cli.main import app

    return app


if __name__ == "__main__":
    run_cli(_load_app)
