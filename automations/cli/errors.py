"""How a command line program of ours ends: a sentence and an exit code, no traceback for a NightshiftError."""

from __future__ import annotations

import sys
from collections.abc import Callable

from schemas.errors import NightshiftError

INTERRUPTED = 130


def run_cli(load_program: Callable[[], Callable[[], object]]) -> None:
    """Load the program and run it. Loading takes a second, and Ctrl-C within it is no error either."""
    try:
        load_program()()
    except NightshiftError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
