"""The night's tokens and dollars."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from generator.drafting.model.budget import Budget, Price, budget_file, price_of
from generator.drafting.model.outcomes import ModelFailed, Outcome
from schemas.clock import night_of

CHEAP = Price(input=1.0, output=2.0)


def test_a_price_is_per_million_tokens() -> None:
    assert CHEAP.dollars(500_000, 250_000) == pytest.approx(1.0)


def test_a_dated_model_costs_what_its_family_costs() -> None:
    assert price_of("gpt-4o-mini-2024-07-18", None) == price_of("gpt-4o-mini", None)


def test_a_model_that_openai_added_later_counts_as_the_dearest() -> None:
    assert price_of("gpt-99", None) == price_of("gpt-4o", None)


def test_a_server_of_ones_own_is_free() -> None:
    assert price_of("gemma", "http://127.0.0.1:8080/v1").dollars(10**6, 10**6) == 0


@pytest.mark.parametrize(
    ("tokens", "dollars", "outcome"), [(999, 1.0, Outcome.TOKEN_CAP), (10_000, 0.0001, Outcome.MONEY_CAP)]
)
def test_a_question_that_would_pass_a_cap_is_not_asked(tokens: int, dollars: float, outcome: Outcome) -> None:
    spending = Budget(tokens, dollars, CHEAP)

    with pytest.raises(ModelFailed) as refused, spending.reserve(900, 100):
        pass

    assert refused.value.outcome is outcome


def test_questions_that_are_out_count_until_they_are_back() -> None:
    spending = Budget(1_500, 1.0, CHEAP)

    with spending.reserve(900, 100), pytest.raises(ModelFailed), spending.reserve(900, 100):
        pass

    with spending.reserve(900, 100):
        assert spending.tokens == 1_000


def test_another_run_of_the_night_goes_on_where_the_last_one_stopped(tmp_path: Path) -> None:
    file = tmp_path / "model" / "2026-11-02.jsonl"
    first = Budget(10_000, 1.0, CHEAP, file)
    first.spend(900, 100)
    first.spend(100, 0)

    second = Budget(10_000, 1.0, CHEAP, file)

    assert (second.tokens, second.dollars) == (first.tokens, pytest.approx(first.dollars))


def test_a_line_cut_off_by_a_power_failure_counts_as_nothing(tmp_path: Path) -> None:
    file = tmp_path / "night.jsonl"
    file.write_text('{"tokens": 5, "dollars": 0.5}\n{"tok')

    assert Budget(10, 1.0, CHEAP, file).tokens == 5


def test_a_night_lasts_from_noon_to_noon() -> None:
    zone = ZoneInfo("Europe/Amsterdam")

    assert night_of(datetime(2026, 11, 2, 23, 0, tzinfo=zone), zone) == date(2026, 11, 2)
    assert night_of(datetime(2026, 11, 3, 3, 0, tzinfo=zone), zone) == date(2026, 11, 2)


def test_only_a_months_nights_are_kept(tmp_path: Path) -> None:
    for day in range(1, 32):
        (tmp_path / f"2026-10-{day:02}.jsonl").touch()

    file = budget_file(tmp_path, date(2026, 11, 2))

    assert file.name == "2026-11-02.jsonl"
    assert len(list(tmp_path.iterdir())) == 30
