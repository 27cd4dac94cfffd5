"""Makes the labelled corpus anew: `python -m tests.e2e.label_corpus [count]` writes tests/corpus/cases.jsonl.gz."""

from __future__ import annotations

import sys

from tests.builders.real_home import CURRENT, OLDER
from tests.corpus.by_hand import BY_HAND
from tests.corpus.cases import Case, keep, made
from tests.e2e.verdicts import verdicts

SEED = 2026


def main(count: int) -> None:
    texts = [*((text, "by hand") for text in BY_HAND), *made(SEED, count)]
    old, new = (verdicts([text for text, _ in texts], version) for version in (OLDER, CURRENT))
    cases = [Case(text, how, a is None, b is None) for (text, how), a, b in zip(texts, old, new, strict=True)]
    keep(cases)
    accepted = {OLDER: sum(case.old for case in cases), CURRENT: sum(case.new for case in cases)}
    print(f"{len(cases)} cases, accepted: {accepted}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2400)
