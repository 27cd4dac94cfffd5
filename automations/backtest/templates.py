"""Renders templates that need only a history of states; any other is not computable, never a guess.

They are rendered by Jinja itself, once for each different set of the states (and, where used, time and trigger) that
they depend on, so that they mean what they mean in Home Assistant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jinja2
import numpy as np

from automations.backtest.state_history import ABSENT, StateHistory
from automations.backtest.template_analysis import TemplateDependencies, analyze_template
from automations.backtest.template_env import RenderMoment, TemplateState, environment, parse_boolean
from automations.backtest.timepoints import Firings, Ints, ResultCodes, Timepoints, firings_without_entity
from automations.backtest.values import NotComputable, entity_ids
from automations.backtest.work import RENDERING_STEPS
from schemas.clock import DAY_SECONDS, SECOND_US, datetime_from_us
from schemas.states import UNKNOWN

YES, NO, ERROR = 1, 0, -1
_CHARS_A_STEP: Final = 500
FAILED: Final = None
"""The result of rendering where Home Assistant would have raised."""


def render_texts(
    history: StateHistory,
    source: Any,
    firings: Firings,
    triggers: tuple[Mapping[str, Any], ...],
    state: Ints | None = None,
) -> list[str | None]:
    """The text at each firing, FAILED where rendering fails; `state` adds the variable `state` (codes)."""
    dependencies = analyze_template(str(source), frozenset({"trigger"} if state is None else {"trigger", "state"}))
    series = [history.series(name) for name in dependencies.entities]
    indexes = [each.index_at(firings.at) for each in series]
    _, first, inverse = np.unique(
        _render_keys(history, dependencies, firings, indexes, state), axis=0, return_index=True, return_inverse=True
    )
    history.work.spend(len(first) * (RENDERING_STEPS + dependencies.chars // _CHARS_A_STEP))
    moment = RenderMoment(history.home.tzinfo)
    render = _make_renderer(environment(moment), dependencies.source)
    texts: list[str | None] = []
    since = dependencies.last_changed
    for row in first.tolist():
        moment.utc = datetime_from_us(int(firings.at.time[row]))
        moment.states = {
            name: TemplateState(
                name,
                history.state_text(int(each.state[index])),
                datetime_from_us(int(each.time[index])) if since else moment.utc,
            )
            for name, each, column in zip(dependencies.entities, series, indexes, strict=True)
            if (index := int(column[row])) >= 0
        }
        variables: dict[str, Any] = (
            {"trigger": _trigger_variable(history, firings, row, triggers)} if dependencies.trigger else {}
        )
        if state is not None:
            variables["state"] = TemplateState(
                "", history.state_text(int(state[row])) if state[row] >= 0 else UNKNOWN, moment.utc
            )
        texts.append(render(variables))
    return [texts[index] for index in inverse.ravel().tolist()]


def _render_keys(
    history: StateHistory, dependencies: TemplateDependencies, firings: Firings, indexes: list[Ints], state: Ints | None
) -> Ints:
    """One row for each firing; firings with equal rows get equal texts."""
    time, columns = firings.at.time, []
    for name, index in zip(dependencies.entities, indexes, strict=True):
        columns.append(index if dependencies.last_changed else history.series(name).state_at(firings.at))
    if dependencies.exact_clock:
        columns.append(time)
    elif dependencies.clock_fields:
        of_day = history.clock.time_of_day(time) // (60 * SECOND_US)
        columns += [of_day if "minute" in dependencies.clock_fields else of_day // 60]
        if dependencies.clock_fields & {"day", "month", "year"}:
            columns.append(history.clock.local_day(time))
        elif dependencies.clock_fields & {"weekday", "isoweekday"}:
            columns.append(history.clock.weekday(time))
    if dependencies.trigger:
        columns += [firings.trigger, firings.entity, firings.before, firings.after]
    if state is not None:
        columns.append(state)
    return np.stack(columns, axis=1) if columns else np.zeros((len(time), 1), np.int64)


def _make_renderer(sandbox: jinja2.Environment, source: str) -> Callable[[dict[str, Any]], str | None]:
    """Renders with one context for all times, which is most of the cost of rendering."""
    try:
        template = sandbox.from_string(source)
    except (SyntaxError, RecursionError, MemoryError):
        # Python's own compiler allows fewer brackets than jinja2 writes.
        raise NotComputable("its template is nested too deeply") from None
    context = template.new_context()

    def render(variables: dict[str, Any]) -> str | None:
        context.vars.clear()
        context.vars.update(variables)
        try:
            return sandbox.concat(template.root_render_func(context)).strip()
        except Exception:  # whatever a template raises is a template error in Home Assistant
            return FAILED

    return render


def _trigger_variable(
    history: StateHistory, firings: Firings, row: int, triggers: tuple[Mapping[str, Any], ...]
) -> dict[str, Any]:
    """The variable `trigger`."""
    index = int(firings.trigger[row])
    config = triggers[index]
    variable: dict[str, Any] = {"id": str(config.get("id", index)), "platform": config.get("trigger")}
    entity, before, after = (int(column[row]) for column in (firings.entity, firings.before, firings.after))
    if entity >= 0:
        name = entity_ids(config)[entity]
        moment = datetime_from_us(int(firings.at.time[row]))
        variable["entity_id"] = name
        variable["from_state"] = TemplateState(name, history.state_text(before), moment) if before != ABSENT else None
        variable["to_state"] = TemplateState(name, history.state_text(after), moment) if after != ABSENT else None
    return variable


def evaluate_condition(
    history: StateHistory, firings: Firings, triggers: tuple[Mapping[str, Any], ...], source: Any
) -> ResultCodes:
    """A template as a condition: YES where it renders `true`, in any case."""
    texts = render_texts(history, source, firings, triggers)
    return np.array([ERROR if text is FAILED else int(text.lower() == "true") for text in texts], np.int8)


@dataclass(frozen=True)
class TemplateTimeline:
    """A template's result over the whole window, at every timepoint at which it is rendered anew."""

    at: Timepoints
    result: ResultCodes
    text: tuple[str | None, ...]


def render_timeline(history: StateHistory, source: Any, timer_delay_us: int) -> TemplateTimeline:
    """The template after every change of its entities, and each minute where it depends on the clock.

    `timer_delay_us` is how long after the full minute it is rendered.
    """
    dependencies = analyze_template(str(source), frozenset())
    changes = [history.series(name) for name in dependencies.entities]
    time = [each.time for each in changes]
    seen = [each.rows_seen for each in changes]
    if dependencies.clock:
        every_minute = history.clock.instants_at(
            np.arange(0, DAY_SECONDS, 60), history.start_us, history.end_us - timer_delay_us
        )
        ticks = history.timepoints_at(every_minute + timer_delay_us)
        time, seen = [*time, ticks.time], [*seen, ticks.rows_seen]
    time, seen = [*time, history.start.time], [*seen, history.start.rows_seen]
    pairs = np.unique(np.stack([np.concatenate(time), np.concatenate(seen)], axis=1), axis=0)
    at = Timepoints(pairs[:, 0], np.maximum(pairs[:, 1], 0))
    texts = render_texts(history, source, firings_without_entity(at), ())
    return TemplateTimeline(at, np.array([_result_from_text(text) for text in texts], np.int8), tuple(texts))


def _result_from_text(text: str | None) -> int:
    """YES, NO or ERROR, as Home Assistant's `result_as_boolean` reads a rendered text."""
    if text is FAILED:
        return ERROR
    answer = parse_boolean(text)
    if answer is None:
        try:
            answer = float(text) != 0
        except ValueError:
            answer = False
    return int(answer)
