"""The floor of any analysis: read the events, sort them, count them, with the library everybody has.

Run in a fresh process, its imports included: `python -m tests.bench.floor FILE.csv`. Never changed to help a ratio.
"""

import sys

import pandas as pd


def floor(path: str) -> int:
    events = pd.read_csv(path, dtype={"time": "str", "entity_id": "category", "state": "category", "cause": "category"})
    events = events.sort_values("time", kind="stable")
    return int(events.groupby("entity_id", observed=True).size().sum())


if __name__ == "__main__":
    print(floor(sys.argv[1]))
