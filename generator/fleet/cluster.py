"""Homes over workers: a bounded number is under way at once, so the scheduler stays small however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from distributed import Client, LocalCluster, as_completed

from generator.fleet.homes import HomeFolder
from generator.fleet.work import Job, Row, one_home
from schemas.errors import Unreachable

AHEAD = 3
"""Homes a worker has waiting, so that it never does."""
WAIT_SECONDS = 20
RETRIES = 2
"""After a worker died with it."""
COMPARED = ("python", "numpy", "pandas", "scikit-learn", "distributed", "dask")


@contextmanager
def opened(scheduler: str | None, workers: int, memory: str) -> Iterator[Client]:
    """A client of the scheduler at that address, or of `workers` processes of this machine with `memory` each.

    Raises Unreachable where no scheduler answers.
    """
    if scheduler is None:
        with (
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                memory_limit=memory,
                dashboard_address=None,
                silence_logs=40,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=WAIT_SECONDS, set_as_default=False)
    except OSError as error:
        raise Unreachable(
            f"No scheduler answers at {scheduler} ({error}); start one, or leave --scheduler out."
        ) from None
    with client:
        yield client


def differences(client: Client) -> list[str]:
    """What workers have in other versions than we do, in sentences; results may differ then."""
    told = client.get_versions(check=False, packages=["numpy", "pandas", "scikit-learn"])
    ours = _versions(told["client"])
    rows = []
    for address, found in sorted(told["workers"].items()):
        other = {name: version for name, version in _versions(found).items() if ours.get(name) != version}
        if other:
            words = ", ".join(f"{name} {version} (here {ours.get(name)})" for name, version in other.items())
            rows.append(f"The worker {address} has {words}.")
    return rows


def mapped(client: Client, homes: Sequence[HomeFolder], job: Job, told: Callable[[Row], None]) -> list[Row]:
    """Every home's row, in the order of their names; `told` hears each as it comes."""
    waiting = iter(homes)
    count = max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
    first = [_submit(client, home, job) for home in islice(waiting, count * (1 + AHEAD))]
    names = {future.key: home.name for future, home in zip(first, homes, strict=False)}
    under_way = as_completed(first, loop=client.loop)
    rows = []
    for future in under_way:
        row = _row_of(future, names.pop(future.key))
        rows.append(row)
        told(row)
        for home in islice(waiting, 1):
            new = _submit(client, home, job)
            names[new.key] = home.name
            under_way.add(new)
    return sorted(rows, key=lambda row: row.name)


def _submit(client: Client, home: HomeFolder, job: Job) -> Any:
    return client.submit(one_home, home, job, key=f"home-{home.name}", pure=False, retries=RETRIES)


def _row_of(future: Any, name: str) -> Row:
    try:
        row: Row = future.result()
    except Exception as error:  # whatever a home does to its worker is that home's row
        return Row(name, "failed", why=f"{type(error).__name__}: {error}")
    return row


def _versions(found: Any) -> dict[str, str]:
    packages = {**found.get("packages", {}), "python": found.get("host", {}).get("python", "")}
    packages |= {"python": packages["python"] or str(found.get("python", ""))}
    return {name: str(packages[name]) for name in COMPARED if packages.get(name)}
