"""Measures many homes: `make bench-fleet` (`python -m tests.bench.fleet [HOMES] [NOTHINGS]`, 200 and 20000).

A plain loop and one worker take turns home by home, then one worker and two by blocks of simulated homes of 30 days, so
that whatever else the machine does hits both alike; processor time stands beside wall time. Then a scheduler hands out
homes that are not there, which cost nothing but the way to a worker and back: what it holds, and how many it can hand
out. Last a home with fifty times the changes, beside ordinary ones.
"""

from __future__ import annotations

import csv
import gzip
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
from distributed import Client
from rich.console import Console
from rich.progress import track

from automations.history.history_file import read_history
from automations.home_assistant.home_file import load_home_file
from generator.fleet.cluster import open_client, prepare_workers
from generator.fleet.dispatch import dispatch
from generator.fleet.homes import HomeFolder, find_homes
from generator.fleet.task import HomeResult, TaskSpec
from generator.mining import mine
from generator.night.analysis_report import analysis_document
from generator.sample.sample_home import write_sample
from tests.bench.big_home import write_home
from tests.builders.loopback import free_port

BLOCKS = 4
WARM = 3
MIB = 1 << 20
UNTIL = date(2026, 3, 1)
QUIET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_TRIM_THRESHOLD_": "65536"}
"""What Dask sets for its workers, so that the loop is measured under the same."""


@dataclass
class Taken:
    """Seconds a block: of the wall, of processors in what does the work, and in client and scheduler."""

    wall: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    around: list[float] = field(default_factory=list)

    def add(self, wall: float, work: float, around: float) -> None:
        self.wall.append(wall)
        self.work.append(work)
        self.around.append(around)


Way = Callable[[Sequence[HomeFolder], Path], tuple[float, float, float]]
"""Does homes into a folder: wall seconds, processor seconds of the work and around it."""


def plain(homes: Sequence[HomeFolder], out: Path) -> None:
    """The loop that anybody would write."""
    out.mkdir(parents=True)
    for folder in homes:
        home = load_home_file(Path(folder.url, "home.json"))
        events = read_history(Path(folder.url, "history.csv.gz"), home).events
        found = analysis_document(mine(events, home, window_days=30), events, home)
        (out / f"{folder.name}.json").write_text(json.dumps(found, ensure_ascii=False, indent=1))


def loop_process(orders: Connection) -> None:
    while (order := orders.recv()) is not None:
        wall, cpu = time.perf_counter(), time.process_time()
        plain(*order)
        orders.send((time.perf_counter() - wall, time.process_time() - cpu, 0.0))


@contextmanager
def looping() -> Iterator[Way]:
    """A plain loop in a process of its own."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=loop_process, args=(theirs,), daemon=True)
    process.start()

    def run(homes: Sequence[HomeFolder], out: Path) -> tuple[float, float, float]:
        ours.send((homes, out))
        taken: tuple[float, float, float] = ours.recv()
        return taken

    yield run
    ours.send(None)
    process.join(20)


def cpu_of(processes: Sequence[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def workers_of(client: Client) -> list[psutil.Process]:
    return [psutil.Process(pid) for pid in client.run(os.getpid).values()]


def over(client: Client, homes: Sequence[HomeFolder], out: Path) -> tuple[float, float, float]:
    workers, here = workers_of(client), [psutil.Process()]
    wall, work, around = time.perf_counter(), cpu_of(workers), cpu_of(here)
    rows = dispatch(client, homes, TaskSpec(str(out)), lambda _: None)
    assert [row.why for row in rows if row.status != "done"] == []
    return time.perf_counter() - wall, cpu_of(workers) - work, cpu_of(here) - around


def overhead(homes: Sequence[HomeFolder], folder: Path) -> None:
    """A plain loop and one worker, home by home: two neighbours of a second meet the same machine."""
    with ExitStack() as stack:
        loop, client = stack.enter_context(looping()), stack.enter_context(open_client(None, 1, "1GiB"))
        assert prepare_workers(client) == []
        ways: dict[str, Way] = {"a plain loop": loop, "1 worker": lambda part, out: over(client, part, out)}
        taken = in_turns(ways, homes, 1, folder)
    table(taken, len(homes))
    first, second = taken.values()
    for name, a, b in (("the wall", first.wall, second.wall), ("processor time", first.work, second.work)):
        ratios = [after / before - 1 for before, after in zip(a, b, strict=True)]
        print(f"Overhead of 1 worker by {name}, of {len(homes)} pairs: median {median(ratios):+.1%}, ", end="")
        low, _, high = statistics.quantiles(ratios, n=4)
        print(f"quartiles {low:+.1%} and {high:+.1%}; of all together {sum(b) / sum(a) - 1:+.1%}")
    print(flush=True)


def efficiency(homes: Sequence[HomeFolder], folder: Path) -> None:
    """One worker and two, by blocks, since the last home of a block leaves one of two without work."""
    began = time.perf_counter()
    with ExitStack() as stack:
        one, two = (stack.enter_context(open_client(None, workers, "1GiB")) for workers in (1, 2))
        assert [prepare_workers(one), prepare_workers(two)] == [[], []]
        started = time.perf_counter() - began
        ways: dict[str, Way] = {
            "1 worker": lambda part, out: over(one, part, out),
            "2 workers": lambda part, out: over(two, part, out),
        }
        held = [memory_of(two)]
        taken = in_turns(ways, homes, len(homes) // BLOCKS, folder)
        held.append(memory_of(two))
    table(taken, len(homes))
    first, second = taken.values()
    wall = [a / (2 * b) for a, b in zip(first.wall, second.wall, strict=True)]
    print(f"Efficiency at 2 workers: {median(wall):.2f} of ideal by the wall (blocks {listed(wall)}), ", end="")
    print(f"{sum(first.work) / sum(second.work):.2f} by processor time of the work")
    print(f"Both clusters started in {started:.1f} s")
    print("Memory of the two workers, new and at the end, MiB:", "; ".join(listed(row, 0) for row in held))
    print(f"Load average at the end {os.getloadavg()[0]:.1f}\n", flush=True)


def in_turns(ways: dict[str, Way], homes: Sequence[HomeFolder], size: int, folder: Path) -> dict[str, Taken]:
    """Both ways over the same blocks of homes, each first as often as the other, once both are warm."""
    for name, way in ways.items():
        way(homes[: WARM * 2], folder / "warm" / name)
    taken = {name: Taken() for name in ways}
    names = list(ways)
    for block, first in enumerate(track(range(0, len(homes) - size + 1, size), console=Console(stderr=True))):
        for name in names if block % 2 == 0 else names[::-1]:
            taken[name].add(*ways[name](homes[first : first + size], folder / f"{block}" / name))
    return taken


def table(taken: dict[str, Taken], homes: int) -> None:
    print("| way | wall, ms a home | processor, ms a home: work | client and scheduler |\n|---|---|---|---|")
    for name, of in taken.items():
        wall, work, around = (sum(part) / homes * 1000 for part in (of.wall, of.work, of.around))
        print(f"| {name} | {wall:.0f} | {work:.0f} | {around:.0f} |")


def memory_of(client: Client) -> list[float]:
    return [process.memory_info().rss / MIB for process in workers_of(client)]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def listed(values: Sequence[float], digits: int = 2) -> str:
    return " ".join(f"{value:.{digits}f}" for value in values)


@contextmanager
def cluster_of_processes(workers: int) -> Iterator[tuple[Client, psutil.Process]]:
    """A scheduler in a process of its own, as a cluster has it."""
    address = f"tcp://127.0.0.1:{free_port()}"
    run = [sys.executable, "-m"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with ExitStack() as stack:
        command = [*run, "distributed.cli.dask_scheduler", "--host", address, "--no-dashboard"]
        scheduler = stack.enter_context(subprocess.Popen(command, **quiet))  # type: ignore[call-overload]
        stack.callback(scheduler.kill)
        command = [*run, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        for _ in range(workers):
            worker = stack.enter_context(subprocess.Popen(command, **quiet))  # type: ignore[call-overload]
            stack.callback(worker.kill)
        client = stack.enter_context(open_client(address, 0, ""))
        client.wait_for_workers(workers, timeout=60)
        prepare_workers(client)
        yield client, psutil.Process(scheduler.pid)


def scheduling(count: int, folder: Path) -> None:
    nobody = [HomeFolder(f"home{number:06}", f"{folder}/nobody/home{number:06}") for number in range(count)]
    with cluster_of_processes(2) as (client, scheduler):
        marks: list[str] = []
        seen = 0
        step = max(1, count // 8)

        def tell(_: HomeResult) -> None:
            nonlocal seen
            seen += 1
            if seen % step == 0:
                here = psutil.Process().memory_info().rss / MIB
                marks.append(f"| {seen} | {scheduler.memory_info().rss / MIB:.0f} | {here:.0f} |")

        here, cpu, wall = psutil.Process(), cpu_of([scheduler]), time.perf_counter()
        marks.append(f"| 0 | {scheduler.memory_info().rss / MIB:.0f} | {here.memory_info().rss / MIB:.0f} |")
        cpu_here = cpu_of([here])
        dispatch(client, nobody, TaskSpec(str(folder / "out")), tell)
        wall, cpu, cpu_here = time.perf_counter() - wall, cpu_of([scheduler]) - cpu, cpu_of([here]) - cpu_here
    print("| homes handed out | scheduler, MiB | command, MiB |\n|---|---|---|", *marks, sep="\n")
    print(f"\n{count / wall:.0f} homes a second by the wall; processor time a home: ", end="")
    print(f"scheduler {cpu / count * 1000:.2f} ms, command {cpu_here / count * 1000:.2f} ms\n", flush=True)


def skewed(homes: Sequence[HomeFolder], folder: Path) -> None:
    events = sum(1 for _ in csv.reader(_lines(homes[0])))
    large = folder / "large" / "large"
    write_home(large, events * 50, 43)
    with open_client(None, 2, "1GiB") as client:
        prepare_workers(client)
        began = time.perf_counter()
        ends: dict[str, float] = {}
        largest = HomeFolder("large", str(large))
        rows = dispatch(
            client,
            [largest, *homes[:20]],
            TaskSpec(str(folder / "skew")),
            lambda row: ends.setdefault(row.name, time.perf_counter() - began),
        )
    found = {row.name: row for row in rows}
    others = [row for row in rows if row.name != "large"]
    print(f"A home of {found['large'].events} changes beside 20 of about {events}: {found['large'].status}", end=" ")
    print(
        f"in {found['large'].seconds:.1f} s, {found['large'].peak_mb:.0f} MiB at its peak (the others at most", end=" "
    )
    print(f"{max(row.peak_mb for row in others):.0f}, and done after {max(ends[row.name] for row in others):.1f} s)")


def _lines(home: HomeFolder) -> Iterator[str]:
    with gzip.open(Path(home.url, "history.csv.gz"), "rt") as lines:
        yield from lines


def write_one(place: tuple[int, Path]) -> None:
    seed, folder = place
    write_sample(folder / f"home{seed:04}", UNTIL, seed)


def main() -> None:
    count, nothings = (int(text) for text in [*sys.argv[1:], "200", "20000"][:2])
    os.environ.update(QUIET)
    with tempfile.TemporaryDirectory(prefix="nightshift-bench-") as name:
        folder = Path(name)
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            pool.map(write_one, [(seed, folder / "homes") for seed in range(count)])
        homes = find_homes(f"{folder}/homes/*")
        overhead(homes, folder / "overhead")
        efficiency(homes, folder / "efficiency")
        scheduling(nothings, folder)
        skewed(homes, folder)


if __name__ == "__main__":
    main()
