"""Templates that ask only for what a history of states tells; any other is not computable, never a guess.

They are rendered by Jinja itself, once for each different set of the states (and, where asked, time and trigger) that
they look at, so that they mean what they mean in Home Assistant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jinja2
import numpy as np

from automations.backtest.clock import instant
from automations.backtest.state_history import ABSENT, Past
from automations.backtest.template_analysis import Reading, read
from automations.backtest.template_env import Present, StateOf, environment, truth
from automations.backtest.timepoints import Firings, Ints, Moments, Verdicts, firings_without_entity
from automations.config.values import entity_ids
from schemas.clock import SECOND_US

YES, NO, ERROR = 1, 0, -1
FAILED: Final = None
"""What rendering gave where Home Assistant would have raised."""


def rendered(
    past: Past, source: Any, fired: Firings, triggers: tuple[Mapping[str, Any], ...], state: Ints | None = None
) -> list[str | None]:
    """The text at each moment, FAILED where rendering fails; `state` adds the variable `state` (codes)."""
    reading = read(str(source), frozenset({"trigger"} if state is None else {"trigger", "state"}))
    series = [past.series(name) for name in reading.entities]
    places = [each.place(fired.at) for each in series]
    _, first, inverse = np.unique(
        _what_matters(past, reading, fired, places, state), axis=0, return_index=True, return_inverse=True
    )
    present = Present(past.home.tzinfo)
    render = _renderer(environment(present), reading.source)
    texts: list[str | None] = []
    since = reading.last_changed
    for row in first.tolist():
        present.utc = instant(int(fired.at.time[row]))
        present.states = {
            name: StateOf(
                name, past.text(int(each.state[place])), instant(int(each.time[place])) if since else present.utc
            )
            for name, each, column in zip(reading.entities, series, places, strict=True)
            if (place := int(column[row])) >= 0
        }
        variables: dict[str, Any] = {"trigger": _trigger(past, fired, row, triggers)} if reading.trigger else {}
        if state is not None:
            variables["state"] = StateOf("", past.text(int(state[row])) if state[row] >= 0 else "unknown", present.utc)
        texts.append(render(variables))
    return [texts[place] for place in inverse.ravel().tolist()]


def _what_matters(past: Past, reading: Reading, fired: Firings, places: list[Ints], state: Ints | None) -> Ints:
    """One row a moment; moments with equal rows get equal texts."""
    time, columns = fired.at.time, []
    for name, place in zip(reading.entities, places, strict=True):
        columns.append(place if reading.last_changed else past.series(name).state_at(fired.at))
    if reading.exact_clock:
        columns.append(time)
    elif reading.clock_fields:
        of_day = past.clock.of_day(time) // (60 * SECOND_US)
        columns += [of_day if "minute" in reading.clock_fields else of_day // 60]
        if reading.clock_fields & {"day", "month", "year"}:
            columns.append(past.clock.day(time))
        elif reading.clock_fields & {"weekday", "isoweekday"}:
            columns.append(past.clock.weekday(time))
    if reading.trigger:
        columns += [fired.trigger, fired.entity, fired.before, fired.after]
    if state is not None:
        columns.append(state)
    return np.stack(columns, axis=1) if columns else np.zeros((len(time), 1), np.int64)


def _renderer(made: jinja2.Environment, source: str) -> Callable[[dict[str, Any]], str | None]:
    """Renders with one context for all times, which is most of the cost of rendering."""
    template = made.from_string(source)
    context = template.new_context()

    def render(variables: dict[str, Any]) -> str | None:
        context.vars.clear()
        context.vars.update(variables)
        try:
            return made.concat(template.root_render_func(context)).strip()
        except Exception:  # whatever a template raises, Home Assistant takes as an error of the template
            return FAILED

    return render


def _trigger(past: Past, fired: Firings, row: int, triggers: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    """The variable `trigger`."""
    place = int(fired.trigger[row])
    config = triggers[place]
    found: dict[str, Any] = {"id": str(config.get("id", place)), "platform": config.get("trigger")}
    entity, before, after = (int(column[row]) for column in (fired.entity, fired.before, fired.after))
    if entity >= 0:
        name = entity_ids(config)[entity]
        moment = instant(int(fired.at.time[row]))
        found["entity_id"] = name
        found["from_state"] = StateOf(name, past.text(before), moment) if before != ABSENT else None
        found["to_state"] = StateOf(name, past.text(after), moment) if after != ABSENT else None
    return found


def verdicts(past: Past, fired: Firings, triggers: tuple[Mapping[str, Any], ...], source: Any) -> Verdicts:
    """A template as a condition: yes where it says `true`, whatever the case of its letters."""
    texts = rendered(past, source, fired, triggers)
    return np.array([ERROR if text is FAILED else int(text.lower() == "true") for text in texts], np.int8)


@dataclass(frozen=True)
class Course:
    """How a template's answer went over the whole window, at every moment at which it is rendered anew."""

    at: Moments
    verdict: Verdicts
    text: tuple[str | None, ...]


def course(past: Past, source: Any, trigger_at_us: int) -> Course:
    """The template after every change of what it looks at, and each minute where it looks at the clock."""
    reading = read(str(source), frozenset())
    changes = [past.series(name) for name in reading.entities]
    time = [each.time for each in changes]
    seen = [each.seen for each in changes]
    if reading.clock:
        every_minute = past.clock.whenever(np.arange(0, 86_400, 60), past.start_us, past.end_us - trigger_at_us)
        ticks = past.moments(every_minute + trigger_at_us)
        time, seen = [*time, ticks.time], [*seen, ticks.seen]
    time, seen = [*time, past.start.time], [*seen, past.start.seen]
    pairs = np.unique(np.stack([np.concatenate(time), np.concatenate(seen)], axis=1), axis=0)
    at = Moments(pairs[:, 0], np.maximum(pairs[:, 1], 0))
    texts = rendered(past, source, firings_without_entity(at), ())
    return Course(at, np.array([_as_yes(text) for text in texts], np.int8), tuple(texts))


def _as_yes(text: str | None) -> int:
    """Yes, no or an error, as `result_as_boolean` reads what a template says."""
    if text is FAILED:
        return ERROR
    found = truth(text)
    if found is None:
        try:
            found = float(text) != 0
        except ValueError:
            found = False
    return int(found)
