"""How fast mining is, against the floor: `python -m tests.bench.bench_mining [EVENTS...]` (100000 1000000 5000000).

Both run in fresh processes with their imports, in the same run on the same file; medians of RUNS. Also 300 and 1000
entities at one size, to see that pairs do not cost the square.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RUNS = 5
LARGE = 5_000_000
ENTITIES = (300, 1000)


def seconds_of(command: list[str], runs: int) -> tuple[float, str]:
    """Median wall seconds, and what the last run printed."""
    taken, printed = [], ""
    for _ in range(runs):
        began = time.perf_counter()
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        taken.append(time.perf_counter() - began)
    return statistics.median(taken), printed


def measure(events: int, entities: int, runs: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        history, home = Path(folder) / "history.csv", Path(folder) / "home.json"
        subprocess.run([sys.executable, "-m", "tests.bench.big_home", folder, str(events), str(entities)], check=True)
        floor, _ = seconds_of([sys.executable, "-m", "tests.bench.floor", str(history)], runs)
        analyze = [sys.executable, "-m", "generator", "analyze", "--json"]
        whole, printed = seconds_of([*analyze, "--history", str(history), "--home", str(home)], runs)
    report = json.loads(printed)
    return {"events": report["events"], "entities": entities, "floor": floor, "whole": whole, **report}


def line(row: dict[str, Any]) -> str:
    stages = " ".join(f"{stage} {seconds:.2f}" for stage, seconds in row["timings"].items())
    return (
        f"| {row['events']:>9,} | {row['entities']:>5} | {row['floor']:6.2f} | {row['whole']:6.2f} | "
        f"{row['whole'] / row['floor']:5.2f} | {row['events'] / row['whole']:>9,.0f} | {row['peak_rss_mb']:6.0f} | "
        f"{len(row['patterns'])} | {stages} |"
    )


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:]] or [100_000, 1_000_000, LARGE]
    print("| events | entities | floor s | analysis s | ratio | events/s | peak MiB | habits | stages, s |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---|")
    for events in sizes:
        print(line(measure(events, 100, 1 if events >= LARGE else RUNS)), flush=True)
    for entities in ENTITIES:
        print(line(measure(min(sizes[-1], 1_000_000), entities, 1)), flush=True)


if __name__ == "__main__":
    main()
