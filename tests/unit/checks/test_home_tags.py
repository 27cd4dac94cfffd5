"""Laws of what only the home knows: it never makes a right automation wrong, nor a wrong one right."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automations.checks import CheckContext, check
from automations.checks.check_file import check_file
from automations.checks.run_checks import DECIDING_STAGES
from schemas.automation.home_tags import HOME_TAGS, HomeTag
from schemas.problems import Problem, Severity
from tests.builders.checked_home import HOME
from tests.corpus.automations import Automations

TAGGED = [*(f"{tag} a" for tag in sorted(HOME_TAGS)), "automation: ", "blueprint: {}", "id: ", "- {id: 0101}\n"]
PIECES = [*TAGGED, *"[]{}:,-&*!'\"#? \n", "triggers", "actions", "a", "- ", "<<: ", "!secret", "{{", "}}"]


def refusals(config: dict[str, Any]) -> list[Problem]:
    return [p for p in check(config) if p.stage in DECIDING_STAGES and p.severity is Severity.BLOCK]


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*above, key)
        yield from places(item, (*above, key))


def tagged(config: dict[str, Any], place: tuple[Any, ...]) -> dict[str, Any]:
    changed: Any = copy.deepcopy(config)
    node = changed
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = HomeTag("!secret something.yaml")
    return dict(changed)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_a_tag_in_the_place_of_any_value_makes_nothing_wrong(seed: int) -> None:
    config = Automations(Random(seed)).automation()
    if refusals(config):
        return

    for place in places(config):
        assert refusals(tagged(config, place)) == [], place


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_a_tag_elsewhere_hides_no_wrong_key(seed: int) -> None:
    config = {**Automations(Random(seed)).automation(), "mod": "single"}

    for place in places(config):
        if place != ("mod",):
            assert "mod" in [problem.path for problem in refusals(tagged(config, place))], place


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_file_makes_it_raise(text: str) -> None:
    assert check_file(text, CheckContext(HOME)).problems is not None
