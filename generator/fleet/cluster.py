"""The workers: processes of this machine, or those of a scheduler; and whether they are set up as they should be."""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask.config
import dask.utils
from distributed import Client, LocalCluster, WorkerPlugin

from schemas.errors import InputError, Unreachable, UsageError

CONNECT_SECONDS = 10
NOISY_LOGGERS = ("distributed", "distributed.client", "tornado.application")
PACKAGES = ("numpy", "pandas", "scikit-learn")
COMPARED_PACKAGES = ("python", *PACKAGES, "distributed", "dask")
SOURCE_PACKAGES = ("schemas", "automations", "generator")
DASK_CONFIG = {"distributed.admin.tick.interval": "10s"}
"""The scheduler and the workers' nannies need not check their event loops fifty times a second."""


@contextmanager
def open_client(scheduler: str | None, workers: int, memory: str) -> Iterator[Client]:
    """A client of the scheduler at that address, or of `workers` processes of this machine with `memory` each.

    Raises Unreachable where no scheduler answers.
    """
    for name in NOISY_LOGGERS:  # what matters of it is reported here
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if scheduler is None:
        with (
            dask.config.set(DASK_CONFIG),
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                memory_limit=_bytes_from(memory),
                dashboard_address=None,
                silence_logs=50,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Unreachable(
            f"No scheduler answers at {scheduler} ({error}); start one, or leave --scheduler out."
        ) from None
    with client:
        yield client


def prepare_workers(client: Client) -> list[str]:
    """Set up the workers; returns what is wrong with them, in sentences.

    Raises InputError where a worker has no Nightshift: it would fail every home that it gets, and quickly.
    """
    versions = client.get_versions(check=False, packages=list(PACKAGES))
    local_versions = {**_package_versions(versions["client"]), "Nightshift": source_digest()}
    worker_versions = {address: _package_versions(found) for address, found in versions["workers"].items()}
    for address, digest in client.run(source_digest, on_error="return").items():
        if isinstance(digest, BaseException):
            raise InputError(f"The worker {address} has no Nightshift ({digest}); start it where it is installed.")
        worker_versions.setdefault(address, {})["Nightshift"] = digest
    client.register_plugin(WorkerSetup())
    crowded = [address for address, threads in client.nthreads().items() if threads > 1]
    notes = (
        [f"{_workers_text(crowded)} may do several homes in one process; start it with --nthreads 1."]
        if crowded
        else []
    )
    if not worker_versions:
        notes = ["The scheduler has no workers yet; the homes wait for the first."]
    return [*_version_differences(local_versions, worker_versions), *notes]


class WorkerSetup(WorkerPlugin):  # type: ignore[misc]
    """Sets up present and later workers for runs of days.

    Dask's profiler is stopped, since what it records grows to hundreds of MiB an hour, and so are its checks of its
    event loop: fifty a second take a hundredth of a processor. A worker does not pause when its memory is nearly
    full: nothing there can be spilled to disk, so it would pause for ever; Dask still ends it.
    """

    name = "nightshift-fit"

    def setup(self, worker: Any) -> None:
        for name in ("profile", "profile-cycle", "tick", "ticks"):
            if callback := worker.periodic_callbacks.pop(name, None):
                callback.stop()
        worker.memory_manager.memory_pause_fraction = False


def source_digest() -> str:
    """Identifies this Nightshift by its source; 8 hexadecimal digits."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for room in SOURCE_PACKAGES:
        for path in sorted((root / room).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:8]


def _version_differences(
    local_versions: Mapping[str, str], worker_versions: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """A sentence for all workers that differ alike."""
    alike: dict[str, list[str]] = defaultdict(list)
    for address, found in sorted(worker_versions.items()):
        words = ", ".join(
            f"{name} {version} (here {local_versions.get(name, 'none')})"
            for name, version in found.items()
            if version != local_versions.get(name)
        )
        if words:
            alike[words].append(address)
    for words, addresses in alike.items():
        yield f"{_workers_text(addresses)} has {words}; results may differ."


def _workers_text(addresses: list[str]) -> str:
    more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
    return f"The worker {addresses[0]}{more}"


def _package_versions(info: Any) -> dict[str, str]:
    packages = {**info.get("packages", {})}
    packages["python"] = packages.get("python") or info.get("host", {}).get("python", "")
    return {name: str(packages[name]) for name in COMPARED_PACKAGES if packages.get(name)}


def _bytes_from(memory: str) -> int:
    try:
        return int(dask.utils.parse_bytes(memory))
    except ValueError:
        raise UsageError(f"--memory '{memory}' is no amount of memory; write it like 2GiB.") from None
