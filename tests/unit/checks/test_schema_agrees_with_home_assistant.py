"""The schema rung against the verdicts of two real releases on the labelled corpus (`tests/corpus`)."""

from __future__ import annotations

import pytest

from automations.checks import CheckContext
from automations.checks.schema import schema
from automations.config.normalize import modernize
from automations.config.yaml import decode
from schemas.home import Home
from tests.corpus.cases import Case, kept_cases

CASES = kept_cases()


def accepts(case: Case, version: str | None) -> bool:
    config = decode(case.yaml).config
    return config is not None and not list(schema(modernize(config), CheckContext(home=Home("UTC", version=version))))


def disagreements(version: str | None, truth: list[bool]) -> tuple[list[Case], list[Case]]:
    """Falsely refused and falsely accepted."""
    ours = [accepts(case, version) for case in CASES]
    refused = [case for case, our, true in zip(CASES, ours, truth, strict=True) if true and not our]
    accepted = [case for case, our, true in zip(CASES, ours, truth, strict=True) if our and not true]
    return refused, accepted


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "truth"),
    [
        ("2026.11.0", [case.new for case in CASES]),
        ("2025.4.4", [case.old for case in CASES]),
        (None, [case.old or case.new for case in CASES]),
    ],
    ids=["2026.11", "2025.4", "unknown release"],
)
def test_verdicts_are_those_of_the_real_package(version: str | None, truth: list[bool]) -> None:
    refused, accepted = disagreements(version, truth)

    assert len(refused) <= 0.005 * sum(truth), [case.yaml for case in refused]
    assert len(accepted) <= 0.03 * (len(truth) - sum(truth)), [case.yaml for case in accepted]


def test_the_corpus_holds_enough_of_both_kinds() -> None:
    accepted = [case for case in CASES if case.new]

    assert len(accepted) > 1000
    assert len(CASES) - len(accepted) > 1000
