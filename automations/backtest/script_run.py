"""What a run of the actions does and how long it is busy, for many runs at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from automations.backtest import conditions, templates, triggers
from automations.backtest.conditions import EvaluationContext, conditions_pass
from automations.backtest.state_history import StateHistory
from automations.backtest.time_triggers import TIMER_DELAY_US
from automations.backtest.timepoints import Firings, Ints, Mask, Timepoints, firings_without_entity
from automations.backtest.values import NotComputable, duration_us, is_enabled
from automations.backtest.work import CALL_STEPS, FIRING_STEPS
from automations.config.values import as_list, is_template

FOREVER: Final = np.iinfo(np.int64).max // 4
"""The end of a run that still waits when the history ends, microseconds."""

MAX_ITERATIONS: Final = 1000
"""A loop with more iterations than this is not computed (Home Assistant itself stops at 10,000)."""


@dataclass(frozen=True)
class Call:
    """One service call of some runs: `run_index` are indexes of runs, `time` when each called, microseconds."""

    step: Mapping[str, Any]
    run_index: Ints
    time: Ints


@dataclass(frozen=True)
class Runs:
    """`end` is when each run is over; `busy` are those that take any time.

    `unknown_reason` says why the lengths are not known; "" where they are.
    """

    end: Timepoints
    busy: Mask
    calls: tuple[Call, ...]
    unknown_reason: str = ""


def run_all(context: EvaluationContext, actions: Any) -> Runs:
    """Every firing of the context as one run of the actions from its timepoint on, each as if it were alone."""
    script = ScriptRun(context)
    script.run_sequence(as_list(actions), np.ones(len(context), np.bool_))
    return Runs(Timepoints(script.time, script.rows_seen), script.busy, tuple(script.calls), script.unknown_reason)


class ScriptRun:
    """Goes through the steps once, for all runs at a time; `active` says which runs take a step."""

    def __init__(self, context: EvaluationContext) -> None:
        self.context = context
        self.time, self.rows_seen = context.firings.at.time.copy(), context.firings.at.rows_seen.copy()
        self.running = np.ones(len(context), np.bool_)
        self.busy = np.zeros(len(context), np.bool_)
        self.calls: list[Call] = []
        self.unknown_reason = ""

    @property
    def history(self) -> StateHistory:
        return self.context.history

    def run_sequence(self, steps: list[Any], active: Mask) -> None:
        """A condition that fails ends this sequence only; `stop` ends the whole run."""
        active = active & self.running
        for step in steps:
            if not active.any():
                return
            self.history.work.spend(CALL_STEPS + len(active))
            if isinstance(step, Mapping) and not is_enabled(step):
                continue
            self._run_step(step, active)
            if _is_condition(step):
                active = active & self._condition_mask(step, active)
            active = active & self.running

    def _run_step(self, step: Any, active: Mask) -> None:
        if not isinstance(step, Mapping):
            return
        for key, run in _STEPS.items():
            if key in step:
                run(self, step, active)
                return

    def _condition_mask(self, to_check: Any, active: Mask) -> Mask:
        """For which of the `active` runs all conditions hold now."""
        chosen = np.flatnonzero(active)
        result = np.zeros(len(active), np.bool_)
        result[chosen] = conditions_pass(
            self._context_of(chosen), [to_check] if isinstance(to_check, Mapping) else to_check
        )
        return result

    def _context_of(self, chosen: Ints) -> EvaluationContext:
        now = Timepoints(self.time[chosen], self.rows_seen[chosen])
        return replace(self.context, firings=replace(self.context.firings.take(chosen), at=now))

    def call_action(self, step: Mapping[str, Any], active: Mask) -> None:
        service = str(step.get("action", ""))
        if service.startswith("script.") and service.split(".")[1] not in ("turn_on", "turn_off", "toggle", "reload"):
            self.unknown_reason = (
                self.unknown_reason or f"it waits for {service}, whose length the history does not tell"
            )
        self._record_call(step, active)

    def _record_call(self, step: Mapping[str, Any], active: Mask) -> None:
        chosen = np.flatnonzero(active)
        self.calls.append(Call(step, chosen, self.time[chosen]))

    def stop(self, _step: Mapping[str, Any], active: Mask) -> None:
        self.running &= ~active

    def delay(self, step: Mapping[str, Any], active: Mask) -> None:
        chosen = np.flatnonzero(active)
        try:
            lengths = np.array([duration_us(value) for value in self._render_value(step["delay"], chosen)], np.int64)
        except NotComputable as error:
            self.unknown_reason = self.unknown_reason or str(error)
            return
        chosen = chosen[lengths > 0]
        self._wait_until(chosen, self.time[chosen] + lengths[lengths > 0])

    def _render_value(self, value: Any, chosen: Ints) -> list[Any]:
        """A duration as each run has it, with the templates in it rendered."""
        if isinstance(value, Mapping):
            parts = {unit: self._render_value(amount, chosen) for unit, amount in value.items()}
            return [{unit: amounts[index] for unit, amounts in parts.items()} for index in range(len(chosen))]
        if not is_template(value):
            return [value] * len(chosen)
        context = self._context_of(chosen)
        return list(templates.render_texts(context.history, value, context.firings, context.triggers))

    def _wait_until(self, chosen: Ints, until: Ints) -> None:
        self.time[chosen] = np.minimum(until, FOREVER)
        self.rows_seen[chosen] = self.history.timepoints_at(self.time[chosen]).rows_seen
        self.busy[chosen] = True

    def choose(self, step: Mapping[str, Any], active: Mask) -> None:
        undecided = active.copy()
        for option in as_list(step["choose"]):
            taken = undecided & self._condition_mask(as_list(option.get("conditions")), undecided)
            undecided &= ~taken
            self.run_sequence(as_list(option.get("sequence")), taken)
        self.run_sequence(as_list(step.get("default")), undecided)

    def run_if(self, step: Mapping[str, Any], active: Mask) -> None:
        taken = active & self._condition_mask(as_list(step["if"]), active)
        self.run_sequence(as_list(step.get("then")), taken)
        self.run_sequence(as_list(step.get("else")), active & ~taken)

    def run_nested_sequence(self, step: Mapping[str, Any], active: Mask) -> None:
        self.run_sequence(as_list(step["sequence"]), active)

    def run_parallel(self, step: Mapping[str, Any], active: Mask) -> None:
        """All branches start together; the step ends with the last of them."""
        start, running = (self.time.copy(), self.rows_seen.copy()), self.running.copy()
        last, still = (self.time.copy(), self.rows_seen.copy()), self.running.copy()
        for part in as_list(step["parallel"]):
            self.time, self.rows_seen = start[0].copy(), start[1].copy()
            self.running = running.copy()
            is_sequence = isinstance(part, Mapping) and set(part) <= {"sequence", "alias", "enabled", "note"}
            self.run_sequence(as_list(part["sequence"]) if is_sequence else as_list(part), active)
            last = np.maximum(last[0], self.time), np.maximum(last[1], self.rows_seen)
            still &= self.running
        (self.time, self.rows_seen), self.running = last, still

    def repeat(self, step: Mapping[str, Any], active: Mask) -> None:
        loop = step["repeat"]
        steps = as_list(loop.get("sequence"))
        if "count" in loop or "for_each" in loop:
            for _ in range(self._iteration_count(loop)):
                self.run_sequence(steps, active)
            return
        for _ in range(MAX_ITERATIONS):
            if "while" in loop:
                active = active & self._condition_mask(as_list(loop["while"]), active)
            active = active & self.running & (self.time < FOREVER)
            if not active.any():
                return
            self.run_sequence(steps, active)
            if "until" in loop:
                active = active & ~self._until_mask(as_list(loop["until"]), active)
        raise NotComputable(f"a loop turns more than {MAX_ITERATIONS} times")

    def _until_mask(self, until: list[Any], active: Mask) -> Mask:
        """An `until` that Home Assistant cannot evaluate ends the loop too."""
        chosen = np.flatnonzero(active)
        result = np.zeros(len(active), np.bool_)
        result[chosen] = conditions.all_of(self._context_of(chosen), until) != conditions.NO
        return result

    def _iteration_count(self, loop: Mapping[str, Any]) -> int:
        if "for_each" in loop:
            items = loop["for_each"]
            if not isinstance(items, list):
                raise NotComputable("a loop goes over a list that a template makes")
            return len(items)
        if is_template(loop["count"]):
            raise NotComputable("a template says how often a loop turns")
        count = int(loop["count"])
        if count > MAX_ITERATIONS:
            raise NotComputable(f"a loop turns more than {MAX_ITERATIONS} times")
        return count

    def wait_for_trigger(self, step: Mapping[str, Any], active: Mask) -> None:
        awaited = triggers.flatten(step["wait_for_trigger"])
        listener = self.history.compute_once(
            ("wait", id(step)), lambda: Listener(triggers.find_firings(self.history, awaited))
        )
        self._wait(step, active, listener.next_after)

    def wait_template(self, step: Mapping[str, Any], active: Mask) -> None:
        source = step["wait_template"]
        timeline = self.history.compute_once(
            ("course", source), lambda: templates.render_timeline(self.history, source, TIMER_DELAY_US)
        )
        true = timeline.at.take(timeline.result == templates.YES)
        listener = self.history.compute_once(("true", source), lambda: Listener(firings_without_entity(true)))

        def next_true(time: int, seen: int) -> tuple[int, int] | None:
            index = int(np.searchsorted(timeline.at.time, time, side="right")) - 1
            is_true = index >= 0 and timeline.result[index] == templates.YES
            return (time, seen) if is_true else listener.next_after(time, seen)

        self._wait(step, active, next_true)

    def _wait(self, step: Mapping[str, Any], active: Mask, ends: Callable[[int, int], tuple[int, int] | None]) -> None:
        """Waits until the time and rows seen that `ends` gives for those of each run, or until the time-out."""
        timeout = duration_us(step["timeout"]) if step.get("timeout") is not None else FOREVER
        waiting = np.flatnonzero(active & (self.time < FOREVER))
        self.history.work.spend(FIRING_STEPS * len(waiting))
        for run in waiting.tolist():
            now = int(self.time[run]), int(self.rows_seen[run])
            end = ends(*now) if timeout else None
            limit = min(now[0] + timeout, FOREVER)
            if end and end[0] <= limit:
                self.busy[run] |= end > now
                self.time[run], self.rows_seen[run] = end
                continue
            self._wait_until(np.array([run]), np.array([limit]))
            if not step.get("continue_on_timeout", True):
                self.running[run] = False


class Listener:
    """Firings as a listener sees them that is armed at any time."""

    def __init__(self, firings: Firings) -> None:
        self._time, self._rows_seen = firings.at.time.tolist(), firings.at.rows_seen.tolist()
        self._armed_before_row = firings.armed_before_row.tolist()

    def next_after(self, time: int, seen: int) -> tuple[int, int] | None:
        """The time and rows seen of the first firing after those at which it is armed."""
        for index in range(bisect_left(self._time, time), len(self._time)):
            moment = self._time[index], self._rows_seen[index]
            if moment > (time, seen) and self._armed_before_row[index] > seen:
                return moment
        return None


def _is_condition(step: Any) -> bool:
    if not isinstance(step, Mapping):
        return isinstance(step, (str, bool))
    return "condition" in step or any(key in step for key in ("and", "or", "not"))


_STEPS: Final[Mapping[str, Any]] = {
    "choose": ScriptRun.choose,
    "if": ScriptRun.run_if,
    "repeat": ScriptRun.repeat,
    "parallel": ScriptRun.run_parallel,
    "sequence": ScriptRun.run_nested_sequence,
    "delay": ScriptRun.delay,
    "wait_for_trigger": ScriptRun.wait_for_trigger,
    "wait_template": ScriptRun.wait_template,
    "stop": ScriptRun.stop,
    "action": ScriptRun.call_action,
    "scene": ScriptRun._record_call,
    "device_id": ScriptRun._record_call,
}
"""What each kind of step does; conditions are evaluated in `run_sequence`, other kinds take no time and do nothing."""


def move_firing(firings: Firings, run: int, at: Timepoints) -> Firings:
    """The one firing `run`, moved to another timepoint (when its queued run starts)."""
    return replace(firings.take(np.array([run])), at=at)
