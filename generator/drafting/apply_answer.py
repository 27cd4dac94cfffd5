"""Applies a model's answer to the draft: the answer's words and conditions, the draft's trigger and targets."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from automations.config.times import clock_seconds, clock_text
from generator.drafting.changes import (
    Node,
    light_condition,
    replace_conditions,
    someone_home_condition,
    weekday_condition,
    with_lists,
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
from generator.drafting.text_language import is_in_other_language
from schemas.errors import InputError
from schemas.home import AutomationConfig, Home

MAX_ALIAS_LENGTH = 100
MAX_DESCRIPTION_LENGTH = 400
MAX_CONDITIONS = 6
_MIN_WORDS = 3

_NUMERIC_DOMAINS = ("sensor", "number", "input_number", "counter", "zone")


@dataclass(frozen=True)
class AppliedAnswer:
    """The draft with the answer applied; `left_out` are indices of steps that the answer wants removed."""

    config: AutomationConfig
    left_out: frozenset[int]
    why: str


def apply_answer(
    config: AutomationConfig, answer: DraftAnswer, pseudonyms: Pseudonyms, home: Home, language: str
) -> AppliedAnswer:
    """`config` with the answer's words, conditions and mode. Raises Complaints with all that is wrong at once."""
    if is_in_other_language(f"{answer.alias}. {answer.description}", language):
        raise Complaints(Outcome.OTHER_LANGUAGE, "Write alias and description in the language that the facts name.")
    draft = with_lists(config)
    complaints: list[str] = []
    alias, description = (
        _text(answer.alias, "alias", MAX_ALIAS_LENGTH, pseudonyms, complaints),
        _text(answer.description, "description", MAX_DESCRIPTION_LENGTH, pseudonyms, complaints),
    )
    if not pseudonyms.mentions(answer.alias, "thing") and not pseudonyms.mentions(answer.alias, "room"):
        complaints.append("alias names no thing and no room.")
    if len(answer.description.split()) < _MIN_WORDS:
        complaints.append("description is no sentence.")
    conditions = _conditions(answer.conditions, draft["conditions"], pseudonyms, home, complaints)
    left_out = {_index(pseudonyms.resolve("action", name)) for name in answer.leave_out}
    if None in left_out:
        complaints.append("leave_out names an action that does not exist.")
    if complaints:
        raise Complaints(Outcome.UNFIT, *complaints)
    words = {"alias": alias, "description": description, "mode": answer.mode}
    steps = frozenset(index for index in left_out if index is not None)
    why = plain_text(pseudonyms.restore(answer.why), MAX_DESCRIPTION_LENGTH)
    return AppliedAnswer(_drop_empty_conditions(replace_conditions(draft, conditions) | words, config), steps, why)


def _text(answer: str, field: str, max_length: int, pseudonyms: Pseudonyms, complaints: list[str]) -> str:
    text = plain_text(answer, max_length * 2)
    if not re.search(r"\w", text):
        complaints.append(f"{field} is empty.")
    if pseudonyms.find_unknown(text):
        complaints.append(f"{field} names things that do not exist.")
    # Restored last: a home's own name may well hold what looks like markup.
    return _truncate(pseudonyms.restore(text), max_length)


def _truncate(text: str, max_length: int) -> str:
    return text if len(text) <= max_length else text[: max_length - 1].rstrip() + "…"


def _conditions(
    answers: Sequence[ConditionAnswer],
    current: Sequence[Node],
    pseudonyms: Pseudonyms,
    home: Home,
    complaints: list[str],
) -> list[Node]:
    if len(answers) > MAX_CONDITIONS:
        complaints.append(f"There are more than {MAX_CONDITIONS} conditions.")
    chosen: list[Node] = []
    for answer in answers[:MAX_CONDITIONS]:
        try:
            condition = _condition(answer, current, pseudonyms, home)
        except (Complaints, InputError) as error:
            complaints.append(f"Condition {answer.kind}: {error}")
            continue
        if condition not in chosen:
            chosen.append(condition)
    return chosen


def _condition(answer: ConditionAnswer, current: Sequence[Node], pseudonyms: Pseudonyms, home: Home) -> Node:
    match answer:
        case Keep():
            index = _index(pseudonyms.resolve("condition", answer.id))
            if index is None or index >= len(current):
                raise Complaints(Outcome.UNFIT, "no condition has this id.")
            return current[index]
        case Light():
            return light_condition(answer.kind == "dark")
        case SomeoneHome():
            return someone_home_condition(home)
        case Weekdays():
            if not answer.days:
                raise Complaints(Outcome.UNFIT, "no day is named.")
            return weekday_condition(answer.days)
        case Between():
            return _between(answer, pseudonyms)
        case HasState():
            state = pseudonyms.resolve("state", answer.state)
            if state is None:
                raise Complaints(Outcome.UNFIT, "this state was not sent.")
            return {"condition": "state", "entity_id": _entity_id_of(answer.thing, pseudonyms), "state": state}
        case Number():
            return _number(answer, pseudonyms)


def _between(answer: Between, pseudonyms: Pseudonyms) -> Node:
    after, before = (clock_seconds(pseudonyms.resolve("time", text) or text) for text in (answer.after, answer.before))
    if after is None or before is None or after == before:
        raise Complaints(Outcome.UNFIT, "after and before must be two different times such as 22:00.")
    return {"condition": "time", "after": clock_text(after), "before": clock_text(before)}


def _number(answer: Number, pseudonyms: Pseudonyms) -> Node:
    entity_id = _entity_id_of(answer.thing, pseudonyms)
    bounds = {key: value for key, value in (("above", answer.above), ("below", answer.below)) if value is not None}
    if entity_id.split(".", 1)[0] not in _NUMERIC_DOMAINS:
        raise Complaints(Outcome.UNFIT, "this thing measures no number.")
    if not bounds or not all(math.isfinite(bound) and abs(bound) < 1e6 for bound in bounds.values()):
        raise Complaints(Outcome.UNFIT, "above or below must be a number.")
    if len(bounds) == 2 and bounds["above"] >= bounds["below"]:
        raise Complaints(Outcome.UNFIT, "above must be smaller than below.")
    return {"condition": "numeric_state", "entity_id": entity_id, **bounds}


def _entity_id_of(pseudonym: str, pseudonyms: Pseudonyms) -> str:
    entity_id = pseudonyms.resolve("thing", pseudonym)
    if entity_id is None:
        raise Complaints(Outcome.UNFIT, "this thing was not sent.")
    return entity_id


def _index(path: str | None) -> int | None:
    """2 of `actions[2]`."""
    match = re.search(r"\[(\d+)\]$", path or "")
    return int(match[1]) if match else None


def _drop_empty_conditions(config: AutomationConfig, before: AutomationConfig) -> AutomationConfig:
    """No empty list of conditions where there was none."""
    if config["conditions"] or "conditions" in before:
        return config
    return {key: value for key, value in config.items() if key != "conditions"}
