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
from generator.fleet.task import Job, Row, one_home
from schemas.errors import Unreachable

AHEAD = 2
"""Homes a worker has waiting, so that it never does."""
LEAST = 16
"""Under way where there are few workers or none yet: a cluster that grows by demand must see some."""
ASKED_EVERY_SECONDS = 10.0
KILLED = "The process died each time it began this home, at last with no other beside it; most often that is memory: "
MEND = "allow more with --memory, or start the workers with more."


def spread(client: Client, homes: Sequence[HomeFolder], job: Job, told: Callable[[Row], None]) -> list[Row]:
    """Every home's row, in the order of their names; `told` hears each as it comes.

    Raises Unreachable when the scheduler is lost.
    """
    rows, blamed = [], []
    with _crew(client) as crew:
        for home, row in _finished(client, "home", homes, job, lambda: max(LEAST, crew.size * (1 + AHEAD))):
            if row is None:
                blamed.append(home)
                continue
            rows.append(row)
            told(row)
        # A worker's death is blamed on all homes that wait at it; so few are under way now that each has its own.
        for home, row in _finished(client, "home-alone", blamed, job, lambda: max(1, crew.size // 2)):
            rows.append(row or Row(home.name, "failed", why=KILLED + MEND))
            told(rows[-1])
    return sorted(rows, key=lambda row: row.name)


def _finished(
    client: Client, kind: str, homes: Iterable[HomeFolder], job: Job, room: Callable[[], int]
) -> Iterator[tuple[HomeFolder, Row | None]]:
    """Each home as its task ends; None where its workers died."""
    waiting = iter(homes)
    under_way: dict[Any, HomeFolder] = {}
    ends = as_completed(loop=client.loop)

    def fill() -> None:
        for home in islice(waiting, max(0, room() - len(under_way))):
            # The scheduler keeps something for each first part of a key for ever, so that all homes share it.
            future = client.submit(one_home, home, job, key=(kind, home.name), pure=False)
            under_way[future.key] = home
            ends.add(future)

    fill()
    for future in ends:
        home = under_way.pop(future.key)
        yield home, _row_of(future, home)
        fill()


def _row_of(future: Any, home: HomeFolder) -> Row | None:
    if future.cancelled():
        raise Unreachable("The scheduler is lost. What is done is kept: run the same command again to go on.")
    try:
        row: Row = future.result()
    except KilledWorker:
        return None
    except Exception as error:  # such as a worker that joined later and has no Nightshift
        return Row(home.name, "failed", why=f"{type(error).__name__}: {error}")
    return row


class Crew:
    """How many homes all workers can do at once, as last asked."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.size = 0
        self.ask()

    def ask(self) -> None:
        had, self.size = self.size, sum(self._client.nthreads().values())
        if (ours := self._client.cluster) is not None:
            # Begins anew each process that died and was given up, as Dask does with one that is slow to come back.
            ours.scale(len(ours.worker_spec))
        if had and not self.size:
            print("No worker is left; the homes wait for one.", file=sys.stderr)


@contextmanager
def _crew(client: Client) -> Iterator[Crew]:
    """A crew that is counted anew while the block runs, since workers come and go."""
    crew, over = Crew(client), threading.Event()

    def count() -> None:
        while not over.wait(ASKED_EVERY_SECONDS):
            try:
                crew.ask()
            except Exception:  # the scheduler is lost, and the homes under way are told the same
                return

    thread = threading.Thread(target=count, daemon=True)
    thread.start()
    try:
        yield crew
    finally:
        over.set()
