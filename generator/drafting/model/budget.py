"""What a night may cost and what it has cost: tokens and dollars, kept in one file per night."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from generator.drafting.model.outcomes import ModelFailed, Outcome

_PRICES = Path(__file__).parent / "prices.toml"
_KEPT_NIGHTS = 30


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens."""

    input: float = 0.0
    output: float = 0.0

    def dollars(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self.input + tokens_out * self.output) / 1e6


@lru_cache
def _prices() -> dict[str, Price]:
    table = tomllib.loads(_PRICES.read_text(encoding="utf-8"))
    return {model: Price(**price) for model, price in table.items()}


def price_of(model: str, base_url: str | None) -> Price:
    """The price of `model`, dated names (`gpt-4o-mini-2024-07-18`) as their family; free on a server of one's own.

    A model at OpenAI that the table does not know counts as its dearest one.
    """
    prices = _prices()
    family = re.sub(r"-\d{4}-\d{2}-\d{2}$", "", model)
    if family in prices:
        return prices[family]
    host = urlsplit(base_url).hostname if base_url else "api.openai.com"
    is_own_server = host is not None and not host.endswith("openai.com")
    return Price() if is_own_server else max(prices.values(), key=lambda price: price.input + price.output)


class Budget:
    """One night's tokens and dollars against its caps.

    `file` keeps them between the runs of a night, one line per exchange; without it they are lost at exit.
    """

    def __init__(self, max_tokens: int, max_dollars: float, price: Price, file: Path | None = None) -> None:
        self._max_tokens, self._max_dollars = max_tokens, max_dollars
        self._price = price
        self._file = file
        self.tokens, self.dollars = _spent_before(file) if file else (0, 0.0)

    @contextmanager
    def reserve(self, tokens_in: int, tokens_out: int) -> Iterator[None]:
        """Hold an estimate while a question is out; raises ModelFailed where it would pass a cap."""
        dollars = self._price.dollars(tokens_in, tokens_out)
        if self.tokens + tokens_in + tokens_out > self._max_tokens:
            words = f"The night's {self._max_tokens} tokens are used up (LLM_NIGHTLY_TOKENS)."
            raise ModelFailed(Outcome.TOKEN_CAP, words)
        if self.dollars + dollars > self._max_dollars and dollars:
            words = f"The night's {self._max_dollars:.2f} dollars are used up (LLM_NIGHTLY_DOLLARS)."
            raise ModelFailed(Outcome.MONEY_CAP, words)
        self._add(tokens_in + tokens_out, dollars)
        try:
            yield
        finally:
            self._add(-tokens_in - tokens_out, -dollars)

    def spend(self, tokens_in: int, tokens_out: int) -> float:
        """Count an exchange; returns its dollars."""
        dollars = self._price.dollars(tokens_in, tokens_out)
        self._add(tokens_in + tokens_out, dollars)
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"tokens": tokens_in + tokens_out, "dollars": dollars}) + "\n")
        return dollars

    def _add(self, tokens: int, dollars: float) -> None:
        self.tokens += tokens
        self.dollars += dollars


def budget_file(folder: Path, night: date) -> Path:
    """The night's file in `folder`; those of more than a month ago are removed."""
    for old in sorted(folder.glob("????-??-??.jsonl"))[:-_KEPT_NIGHTS]:
        old.unlink(missing_ok=True)
    return folder / f"{night.isoformat()}.jsonl"


def _spent_before(file: Path) -> tuple[int, float]:
    """What earlier runs of this night have spent; a line cut off by a power failure counts as nothing."""
    tokens, dollars = 0, 0.0
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            spent = json.loads(line)
            tokens, dollars = tokens + int(spent["tokens"]), dollars + float(spent["dollars"])
        except (ValueError, KeyError, TypeError):
            continue
    return tokens, dollars
