"""Homes over workers: a bounded number is under way at once, so the scheduler stays small however many there are."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from distributed import Client, KilledWorker, as_completed

from generator.fleet.homes import HomeFolder
from generator.fleet.task import HomeResult, TaskSpec, run_home_task
from schemas.errors import Unreachable

QUEUED_PER_WORKER = 2
"""Homes queued at each worker, so that it never waits."""
MIN_UNDER_WAY = 16
"""Under way where there are few workers or none yet: a cluster that grows by demand must see some."""
REFRESH_SECONDS = 10.0
KILLED_REASON = (
    "The process died each time it began this home, at last with no other beside it; most often that is memory: "
)
KILLED_FIX = "allow more with --memory, or start the workers with more."


def dispatch(
    client: Client, homes: Sequence[HomeFolder], spec: TaskSpec, on_result: Callable[[HomeResult], None]
) -> list[HomeResult]:
    """Every home's result, in the order of their names; `on_result` is called with each as it comes.

    Raises Unreachable when the scheduler is lost.
    """
    rows, killed = [], []
    with _worker_pool(client) as pool:
        for home, row in _completed_homes(
            client, "home", homes, spec, lambda: max(MIN_UNDER_WAY, pool.size * (1 + QUEUED_PER_WORKER))
        ):
            if row is None:
                killed.append(home)
                continue
            rows.append(row)
            on_result(row)
        # A worker's death is blamed on all homes that wait at it; so few are under way now that each has its own.
        for home, row in _completed_homes(client, "home-alone", killed, spec, lambda: max(1, pool.size // 2)):
            rows.append(row or HomeResult(home.name, "failed", why=KILLED_REASON + KILLED_FIX))
            on_result(rows[-1])
    return sorted(rows, key=lambda row: row.name)


def _completed_homes(
    client: Client, kind: str, homes: Iterable[HomeFolder], spec: TaskSpec, room: Callable[[], int]
) -> Iterator[tuple[HomeFolder, HomeResult | None]]:
    """Each home as its task ends; None where its workers died."""
    waiting = iter(homes)
    under_way: dict[Any, HomeFolder] = {}
    ends = as_completed(loop=client.loop)

    def fill() -> None:
        for home in islice(waiting, max(0, room() - len(under_way))):
            # The scheduler keeps something for each first part of a key for ever, so that all homes share it.
            future = client.submit(run_home_task, home, spec, key=(kind, home.name), pure=False)
            under_way[future.key] = home
            ends.add(future)

    fill()
    for future in ends:
        home = under_way.pop(future.key)
        yield home, _result_from(future, home)
        fill()


def _result_from(future: Any, home: HomeFolder) -> HomeResult | None:
    if future.cancelled():
        raise Unreachable("The scheduler is lost. What is done is kept: run the same command again to go on.")
    try:
        row: HomeResult = future.result()
    except KilledWorker:
        return None
    except Exception as error:  # such as a worker that joined later and has no Nightshift
        return HomeResult(home.name, "failed", why=f"{type(error).__name__}: {error}")
    return row


class WorkerPool:
    """How many homes all workers can do at once, as last counted."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.size = 0
        self.refresh()

    def refresh(self) -> None:
        before, self.size = self.size, sum(self._client.nthreads().values())
        if (cluster := self._client.cluster) is not None:
            # Restarts each process that died and was given up, as Dask does with one that is slow to come back.
            cluster.scale(len(cluster.worker_spec))
        if before and not self.size:
            print("No worker is left; the homes wait for one.", file=sys.stderr)


@contextmanager
def _worker_pool(client: Client) -> Iterator[WorkerPool]:
    """A worker pool that is counted anew while the block runs, since workers come and go."""
    pool, over = WorkerPool(client), threading.Event()

    def count() -> None:
        while not over.wait(REFRESH_SECONDS):
            try:
                pool.refresh()
            except Exception:  # the scheduler is lost, which the homes under way report
                return

    thread = threading.Thread(target=count, daemon=True)
    thread.start()
    try:
        yield pool
    finally:
        over.set()
