"""A model's answer laid over the draft we hold: its words and conditions, our trigger and targets."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from generator.drafting.changes import (
    Node,
    light_condition,
    listed,
    someone_home_condition,
    weekday_condition,
    with_conditions,
)
from generator.drafting.model.answers import (
    Between,
    ConditionAnswer,
    DraftAnswer,
    HasState,
    Keep,
    Light,
    Number,
    SomeoneHome,
    Weekdays,
)
from generator.drafting.model.outcomes import Complaints, Outcome
from generator.drafting.privacy.plain_text import plain_text
from generator.drafting.privacy.pseudonyms import Pseudonyms
from generator.drafting.wording.durations import clock_seconds, duration_text
from generator.drafting.wording.language import in_other_language
from schemas.errors import InputError
from schemas.home import AutomationConfig, Home

LONGEST_ALIAS = 100
LONGEST_DESCRIPTION = 400
MOST_CONDITIONS = 6
_FEWEST_WORDS = 3

_MEASURING = ("sensor", "number", "input_number", "counter", "zone")


@dataclass(frozen=True)
class Refined:
    """The draft with the answer laid over it; `left_out` are indices of steps that the answer wants away."""

    config: AutomationConfig
    left_out: frozenset[int]
    why: str


def refined(config: AutomationConfig, answer: DraftAnswer, names: Pseudonyms, home: Home, language: str) -> Refined:
    """`config` with the answer's words, conditions and mode. Raises Complaints with all that is wrong at once."""
    if in_other_language(f"{answer.alias}. {answer.description}", language):
        raise Complaints(Outcome.OTHER_LANGUAGE, "Write alias and description in the language that the facts name.")
    draft = listed(config)
    wrong: list[str] = []
    alias, description = (
        _text(answer.alias, "alias", LONGEST_ALIAS, names, wrong),
        _text(answer.description, "description", LONGEST_DESCRIPTION, names, wrong),
    )
    if not names.mentions(answer.alias, "thing") and not names.mentions(answer.alias, "room"):
        wrong.append("alias names no thing and no room.")
    if len(answer.description.split()) < _FEWEST_WORDS:
        wrong.append("description is no sentence.")
    conditions = _conditions(answer.conditions, draft["conditions"], names, home, wrong)
    left_out = {_index(names.real("action", name)) for name in answer.leave_out}
    if None in left_out:
        wrong.append("leave_out names an action that does not exist.")
    if wrong:
        raise Complaints(Outcome.UNFIT, *wrong)
    words = {"alias": alias, "description": description, "mode": answer.mode}
    steps = frozenset(index for index in left_out if index is not None)
    why = plain_text(names.restored(answer.why), LONGEST_DESCRIPTION)
    return Refined(_without_nothing(with_conditions(draft, conditions) | words, config), steps, why)


def _text(said: str, field: str, longest: int, names: Pseudonyms, wrong: list[str]) -> str:
    text = plain_text(said, longest * 2)
    if not re.search(r"\w", text):
        wrong.append(f"{field} is empty.")
    if names.strangers(text):
        wrong.append(f"{field} names things that do not exist.")
    # Restored last: a home's own name may well hold what we would take for markup.
    return _fitting(names.restored(text), longest)


def _fitting(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _conditions(
    said: Sequence[ConditionAnswer], held: Sequence[Node], names: Pseudonyms, home: Home, wrong: list[str]
) -> list[Node]:
    if len(said) > MOST_CONDITIONS:
        wrong.append(f"There are more than {MOST_CONDITIONS} conditions.")
    chosen: list[Node] = []
    for answer in said[:MOST_CONDITIONS]:
        try:
            condition = _condition(answer, held, names, home)
        except (Complaints, InputError) as error:
            wrong.append(f"Condition {answer.kind}: {error}")
            continue
        if condition not in chosen:
            chosen.append(condition)
    return chosen


def _condition(answer: ConditionAnswer, held: Sequence[Node], names: Pseudonyms, home: Home) -> Node:
    match answer:
        case Keep():
            index = _index(names.real("condition", answer.id))
            if index is None or index >= len(held):
                raise Complaints(Outcome.UNFIT, "no condition has this id.")
            return held[index]
        case Light():
            return light_condition(answer.kind == "dark")
        case SomeoneHome():
            return someone_home_condition(home)
        case Weekdays():
            if not answer.days:
                raise Complaints(Outcome.UNFIT, "no day is named.")
            return weekday_condition(answer.days)
        case Between():
            return _between(answer, names)
        case HasState():
            state = names.real("state", answer.state)
            if state is None:
                raise Complaints(Outcome.UNFIT, "this state was not sent.")
            return {"condition": "state", "entity_id": _thing(answer.thing, names), "state": state}
        case Number():
            return _number(answer, names)


def _between(answer: Between, names: Pseudonyms) -> Node:
    after, before = (clock_seconds(names.real("time", text) or text) for text in (answer.after, answer.before))
    if after is None or before is None or after == before:
        raise Complaints(Outcome.UNFIT, "after and before must be two different times such as 22:00.")
    return {"condition": "time", "after": duration_text(after), "before": duration_text(before)}


def _number(answer: Number, names: Pseudonyms) -> Node:
    entity_id = _thing(answer.thing, names)
    bounds = {key: value for key, value in (("above", answer.above), ("below", answer.below)) if value is not None}
    if entity_id.split(".", 1)[0] not in _MEASURING:
        raise Complaints(Outcome.UNFIT, "this thing measures no number.")
    if not bounds or not all(math.isfinite(bound) and abs(bound) < 1e6 for bound in bounds.values()):
        raise Complaints(Outcome.UNFIT, "above or below must be a number.")
    if len(bounds) == 2 and bounds["above"] >= bounds["below"]:
        raise Complaints(Outcome.UNFIT, "above must be smaller than below.")
    return {"condition": "numeric_state", "entity_id": entity_id, **bounds}


def _thing(pseudonym: str, names: Pseudonyms) -> str:
    entity_id = names.real("thing", pseudonym)
    if entity_id is None:
        raise Complaints(Outcome.UNFIT, "this thing was not sent.")
    return entity_id


def _index(path: str | None) -> int | None:
    """2 of `actions[2]`."""
    found = re.search(r"\[(\d+)\]$", path or "")
    return int(found[1]) if found else None


def _without_nothing(config: AutomationConfig, before: AutomationConfig) -> AutomationConfig:
    """No empty list of conditions where there was none."""
    if config["conditions"] or "conditions" in before:
        return config
    return {key: value for key, value in config.items() if key != "conditions"}
