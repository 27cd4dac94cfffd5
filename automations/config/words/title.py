"""What an automation is called: "Turn on Kitchen light at 06:42 on weekdays when it is dark"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from automations.config.normalize import canonicalize
from automations.config.reading.actions import Call, Step, Wait, read_step
from automations.config.reading.conditions import Condition, TimeIs, read_condition
from automations.config.reading.triggers import read_trigger
from automations.config.times import WEEKDAYS, common_weekdays
from automations.config.words.actions import step_words
from automations.config.words.conditions import condition_words
from automations.config.words.describe import capitalized, nodes_of
from automations.config.words.phrase_book import ENGLISH
from automations.config.words.triggers import trigger_words
from automations.config.words.wording import Wording
from schemas.home import AutomationConfig, Home

_SHORTEST_WAIT_SECONDS = 60


@dataclass(frozen=True)
class TitleParts:
    """Each may be ""; which comes where is the language's."""

    actions: str
    when: str
    days: str
    conditions: str
    wait: str


def title_from(config: AutomationConfig, home: Home, language: str = ENGLISH) -> str:
    title = Wording.of(home, language).say("title.whole", **asdict(title_parts(config, home, language)))
    return capitalized(" ".join(title.split()))


def title_parts(config: AutomationConfig, home: Home, language: str = ENGLISH) -> TitleParts:
    full, wording = canonicalize(config), Wording.of(home, language).for_title()
    conditions = nodes_of(full, "conditions")
    steps = [read_step(node) for node in nodes_of(full, "actions")]
    return TitleParts(
        wording.all_of(step_words(step, wording) for step in steps if isinstance(step, Call)),
        wording.one_of(trigger_words(read_trigger(node), wording) for node in nodes_of(full, "triggers")),
        wording.days(common_weekdays(conditions)),
        " ".join(filter(None, _conditions(map(read_condition, conditions), wording))),
        _wait_words(steps, wording),
    )


def _conditions(conditions: Iterator[Condition], wording: Wording) -> Iterator[str]:
    """Without the days, which have a place of their own."""
    for condition in conditions:
        plain = replace(condition, weekdays=frozenset(WEEKDAYS)) if isinstance(condition, TimeIs) else condition
        yield condition_words(plain, wording)


def _wait_words(steps: list[Step], wording: Wording) -> str:
    """How long it waits before it does anything; seconds are too little to tell."""
    first = steps[0] if steps else None
    if not isinstance(first, Wait) or (isinstance(first.duration, int) and first.duration < _SHORTEST_WAIT_SECONDS):
        return ""
    return wording.say("title.wait", duration=wording.duration(first.duration))
