"""Laws of the ladder: it never raises, and the spelling makes no difference."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from automations.checks import CheckContext, check, check_schema, check_text
from automations.config.normalize import modernize
from automations.config.yaml import encode
from tests.builders.checked_home import HOME
from tests.builders.configs import CONFIGS, VALUES
from tests.corpus.automations import Automations
from tests.corpus.breaking import broken

SEEDS = st.integers(0, 2**32)
OTHERS = {str(seed): Automations(Random(seed)).automation() for seed in range(20)}
CONTEXT = CheckContext(HOME, OTHERS, previous_version=OTHERS["3"])
FORM = ("yaml", "schema", "triggers", "conditions", "actions")
PIECES = [*"[]{}:,-&*!|>'\"#?%@` \n\t", "triggers", "actions", "a", "on", "- ", "<<", "\x00", "{{", "}}"]
YAMLISH = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(st.text(max_size=200) | YAMLISH)
def test_no_text_makes_it_raise(text: str) -> None:
    assert isinstance(check_text(text, CONTEXT), list)


@given(CONFIGS, VALUES, VALUES, VALUES)
def test_no_config_makes_it_raise(config: dict[str, Any], triggers: Any, conditions: Any, actions: Any) -> None:
    whole = {**config, "triggers": triggers, "conditions": conditions, "actions": actions}

    assert isinstance(check(whole, CONTEXT), list)


@settings(max_examples=200)
@given(SEEDS, SEEDS)
def test_no_broken_automation_makes_it_raise_alone_or_as_another(seed: int, place: int) -> None:
    config, _ = broken(Automations(Random(seed)).automation(), Random(place))

    assert isinstance(check(config, CONTEXT), list)
    assert isinstance(check(OTHERS["5"], CheckContext(HOME, {"broken": config}, previous_version=config)), list)


@settings(max_examples=200)
@given(SEEDS)
def test_old_and_new_spelling_get_the_same_verdict(seed: int) -> None:
    config = Automations(Random(seed)).automation()

    assert check(config, CONTEXT) == check(modernize(config), CONTEXT) == check_text(encode(config), CONTEXT)


@settings(max_examples=200)
@given(SEEDS, SEEDS)
def test_the_form_alone_gets_the_verdict_that_the_whole_ladder_gives_it(seed: int, place: int) -> None:
    whole = Automations(Random(seed)).automation()

    for config in (whole, broken(whole, Random(place))[0], {**whole, "alias": "deceiving\u202e"}):
        form = [problem for problem in check(config) if problem.stage in FORM]
        assert check_schema(config) == form
