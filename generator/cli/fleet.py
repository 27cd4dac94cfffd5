"""`fleet`: the analysis of many homes, on processes of this machine or on any Dask cluster."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from schemas.errors import UsageError

if TYPE_CHECKING:
    from generator.fleet.task import HomeResult

WORKERS = 2


def fleet(
    homes: Annotated[str, typer.Option(help="Pattern such as 'homes/*', or a manifest; a path or fsspec URL.")],
    out: Annotated[str, typer.Option(help="Folder or fsspec URL for the results.")],
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:8786.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help=f"Processes here, {WORKERS} where nothing is said.")
    ] = None,
    memory: Annotated[str, typer.Option(help="Memory a process here may use.")] = "1GiB",
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days of history to look at.")] = 30,
    minutes: Annotated[float, typer.Option(min=0.01, help="Minutes a home may take.")] = 15.0,
    propose: Annotated[bool, typer.Option("--propose", help="Leave suggestions in a repository a home.")] = False,
    progress: Annotated[str, typer.Option(help="bar, json or none.")] = "bar",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Analyse many homes; what is done already is skipped."""
    if progress not in ("bar", "json", "none"):
        raise UsageError(f"--progress '{progress}' is not known; use bar, json or none.")
    if scheduler and workers:
        raise UsageError("--workers are processes of this machine, --scheduler has its own; give one of the two.")
    try:
        from generator.fleet import cluster, results, summary
        from generator.fleet.dispatch import dispatch
        from generator.fleet.homes import find_homes
        from generator.fleet.task import TaskSpec
    except ImportError as error:
        raise UsageError(f"fleet needs more packages ({error.name} is missing): make fleet installs them.") from None
    place = results.absolute_place(out)
    if propose and not results.is_on_disk(place):
        raise UsageError("--propose leaves git repositories, which need a folder on disk: give --out a path.")
    folders = find_homes(homes)
    request = {"homes": len(folders), "days": days, "propose": propose, "nightshift": cluster.source_digest()}
    _warn(results.release_change_notes(results.begin_run(place, request), request))
    with (
        cluster.open_client(scheduler, workers or WORKERS, memory) as client,
        _progress_reporter(progress, len(folders)) as on_result,
    ):
        _warn(cluster.prepare_workers(client))
        rows = dispatch(client, folders, TaskSpec(place, days, propose, minutes), on_result)
    summary.write_csv_files(rows, place)
    report = summary.summarise(rows)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        Console().print(summary.table_from(report))
    if report["failed"]:
        sys.exit(1)


def _warn(sentences: list[str]) -> None:
    for words in sentences:
        print(words, file=sys.stderr)


@contextmanager
def _progress_reporter(progress: str, total: int) -> Iterator[Callable[[HomeResult], None]]:
    counts: Counter[str] = Counter()
    if progress == "json":

        def line(row: HomeResult) -> None:
            counts[row.status] += 1
            step = {"home": row.name, "status": row.status, "done": counts.total(), "total": total}
            print(json.dumps({**step, "failed": counts["failed"]}), file=sys.stderr, flush=True)

        yield line
    elif progress == "bar" and sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("Homes", total=total)

            def advance(row: HomeResult) -> None:
                counts[row.status] += 1
                failed = f", {counts['failed']} failed" if counts["failed"] else ""
                bar.update(task, advance=1, description=f"Homes{failed}")

            yield advance
    else:
        yield lambda _: None
