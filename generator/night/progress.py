"""How a run shows where it is: a bar for people, a JSON line each for programs, or nothing; on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from schemas.runs import Progress as Step
from schemas.runs import Stage

Style = Literal["bar", "json", "none"]
ReportProgress = Callable[[Stage, int, int, str], None]
"""stage, done, total (0: not known), message."""

_STAGE_NAMES = {
    Stage.READ: "Reading the history",
    Stage.TIDY: "Tidying",
    Stage.MINE: "Looking for habits",
    Stage.RANK: "Choosing",
    Stage.DRAFT: "Drafting",
    Stage.CHECK: "Checking",
    Stage.PROPOSE: "Proposing",
}


@contextmanager
def show_progress(style: Style) -> Iterator[ReportProgress]:
    """A function to report each step with, shown in this style while the block runs."""
    if style == "bar":
        with _progress_bar() as tell:
            yield tell
    elif style == "json":
        yield _print_json_line
    else:
        yield lambda *_: None


def _print_json_line(stage: Stage, done: int, total: int, message: str) -> None:
    step = Step(stage=stage, done=done, total=total, message=message)
    print(step.model_dump_json(), file=sys.stderr, flush=True)


@contextmanager
def _progress_bar() -> Iterator[ReportProgress]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks = {}

        def report(stage: Stage, done: int, total: int, message: str) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(_STAGE_NAMES[stage], total=None)
            words = f"{_STAGE_NAMES[stage]}: {message}" if message else _STAGE_NAMES[stage]
            progress.update(tasks[stage], completed=done, total=total or None, description=words)

        yield report
