"""`fleet`: the analysis of many homes, on processes of this machine or on any Dask cluster."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from schemas.errors import UsageError

if TYPE_CHECKING:
    from generator.fleet.work import Row


def fleet(
    homes: Annotated[str, typer.Option(help="Pattern such as 'homes/*', or a manifest .txt; a path or fsspec URL.")],
    out: Annotated[str, typer.Option(help="Folder or fsspec URL for the results.")],
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:8786.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=1024, help="Processes here, where no scheduler is named.")] = 2,
    memory: Annotated[str, typer.Option(help="Memory a process here may use.")] = "1GiB",
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days of history to look at.")] = 30,
    propose: Annotated[bool, typer.Option("--propose", help="Leave suggestions in a repository a home.")] = False,
    progress: Annotated[str, typer.Option(help="bar, json or none.")] = "bar",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Analyse many homes; what is done already is skipped."""
    try:
        from generator.fleet import cluster, summary
        from generator.fleet.homes import find_homes
        from generator.fleet.work import Job
    except ImportError as error:
        raise UsageError(f"fleet needs its extra ({error.name} is missing): pip install 'nightshift[fleet]'.") from None
    if progress not in ("bar", "json", "none"):
        raise UsageError(f"--progress '{progress}' is not known; use bar, json or none.")
    if propose and "://" in out:
        raise UsageError("--propose leaves git repositories, which need a folder on disk: give --out a path.")
    found = find_homes(homes)
    with cluster.opened(scheduler, workers, memory) as client, _told(progress, len(found)) as told:
        for words in cluster.differences(client):
            print(words, file=sys.stderr)
        rows = cluster.mapped(client, found, Job(out, days, propose), told)
    summary.write(rows, out)
    report = summary.summary(rows)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        Console().print(summary.table(report))
    if report["failed"]:
        sys.exit(1)


@contextmanager
def _told(progress: str, total: int) -> Iterator[Callable[[Row], None]]:
    if progress == "bar" and sys.stderr.isatty():
        columns = (TextColumn("Homes"), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("", total=total)
            yield lambda _: bar.advance(task)
    elif progress == "json":
        yield lambda row: print(json.dumps({"home": row.name, "status": row.status}), file=sys.stderr, flush=True)
    else:
        yield lambda _: None
