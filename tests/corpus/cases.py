"""The labelled corpus: our own automations with the verdicts of two real releases of Home Assistant."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import yaml

from tests.corpus.automations import Automations
from tests.corpus.breaking import broken

CASES = Path(__file__).parent / "cases.jsonl.gz"


@dataclass(frozen=True)
class Case:
    """`how` it was made; `old` and `new`: whether 2025.4.4 and 2026.11.0 accept it."""

    yaml: str
    how: str
    old: bool
    new: bool


class _Written(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def made(seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Texts and how each was made; every second one is broken somewhere."""
    for number in range(count):
        random = Random(seed * 1_000_003 + number)
        config, how = Automations(random, new=random.random() < 0.5).automation(), "as made"
        if number % 2:
            config, how = broken(config, random)
        yield yaml.dump(config, Dumper=_Written, sort_keys=False, allow_unicode=True), how


def kept_cases() -> list[Case]:
    with gzip.open(CASES, "rt", encoding="utf-8") as file:
        return [Case(**json.loads(line)) for line in file]


def keep(cases: list[Case]) -> None:
    lines = [json.dumps(asdict(case), ensure_ascii=False) + "\n" for case in cases]
    CASES.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
