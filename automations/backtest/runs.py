"""What a run of the actions does and how long it is busy, for many runs at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from automations.backtest import conditions, templates, triggers
from automations.backtest.conditions import Scene, hold
from automations.backtest.state_history import Past
from automations.backtest.timepoints import Firings, Ints, Mask, Moments, firings_without_entity
from automations.backtest.timers import INSIDE_SECOND_US
from automations.config.values import NotComputable, as_list, duration_us, is_enabled, is_template

FOREVER: Final = np.iinfo(np.int64).max // 4
"""The end of a run that still waits when the history ends, microseconds."""

MOST_ROUNDS: Final = 1000
"""A loop that turns more often than this is not computed (Home Assistant itself stops at 10,000)."""


@dataclass(frozen=True)
class Call:
    """One service call of some runs: `run` are places in the list of runs, `time` when each called, microseconds."""

    step: Mapping[str, Any]
    run: Ints
    time: Ints


@dataclass(frozen=True)
class Runs:
    """`end` is when each run is over; `busy` are those that take any time. `unknown` says why lengths are not known."""

    end: Moments
    busy: Mask
    calls: tuple[Call, ...]
    unknown: str = ""


def run_all(scene: Scene, actions: Any) -> Runs:
    """Every firing of the scene as one run of the actions from its moment on, each as if it were alone."""
    walk = _Walk(scene)
    walk.sequence(as_list(actions), np.ones(len(scene), np.bool_))
    return Runs(Moments(walk.time, walk.seen), walk.busy, tuple(walk.calls), walk.unknown)


class _Walk:
    """Goes through the steps once, with all runs abreast; `here` says which runs take part in a step."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.time, self.seen = scene.fired.at.time.copy(), scene.fired.at.seen.copy()
        self.running = np.ones(len(scene), np.bool_)
        self.busy = np.zeros(len(scene), np.bool_)
        self.calls: list[Call] = []
        self.unknown = ""

    @property
    def past(self) -> Past:
        return self.scene.past

    def sequence(self, steps: list[Any], here: Mask) -> None:
        """A condition that fails ends this sequence only; `stop` ends the whole run."""
        here = here & self.running
        for step in steps:
            if not here.any():
                return
            if isinstance(step, Mapping) and not is_enabled(step):
                continue
            self._step(step, here)
            if _is_condition(step):
                here = here & self._holding(step, here)
            here = here & self.running

    def _step(self, step: Any, here: Mask) -> None:
        if not isinstance(step, Mapping):
            return
        for key, act in _STEPS.items():
            if key in step:
                act(self, step, here)
                return

    def _holding(self, wanted: Any, here: Mask) -> Mask:
        """Which of the runs in `here` see all conditions hold now."""
        chosen = np.flatnonzero(here)
        result = np.zeros(len(here), np.bool_)
        result[chosen] = hold(self._scene(chosen), [wanted] if isinstance(wanted, Mapping) else wanted)
        return result

    def _scene(self, chosen: Ints) -> Scene:
        now = Moments(self.time[chosen], self.seen[chosen])
        return replace(self.scene, fired=replace(self.scene.fired.take(chosen), at=now))

    def call(self, step: Mapping[str, Any], here: Mask) -> None:
        service = str(step.get("action", ""))
        if service.startswith("script.") and service.split(".")[1] not in ("turn_on", "turn_off", "toggle", "reload"):
            self.unknown = self.unknown or f"it waits for {service}, whose length the history does not tell"
        self._call(step, here)

    def _call(self, step: Mapping[str, Any], here: Mask) -> None:
        chosen = np.flatnonzero(here)
        self.calls.append(Call(step, chosen, self.time[chosen]))

    def stop(self, _step: Mapping[str, Any], here: Mask) -> None:
        self.running &= ~here

    def delay(self, step: Mapping[str, Any], here: Mask) -> None:
        chosen = np.flatnonzero(here)
        try:
            lengths = np.array([duration_us(value) for value in self._filled_in(step["delay"], chosen)], np.int64)
        except NotComputable as error:
            self.unknown = self.unknown or str(error)
            return
        chosen = chosen[lengths > 0]
        self._wait_until(chosen, self.time[chosen] + lengths[lengths > 0])

    def _filled_in(self, value: Any, chosen: Ints) -> list[Any]:
        """A duration as each run has it, with the templates in it rendered."""
        if isinstance(value, Mapping):
            parts = {unit: self._filled_in(amount, chosen) for unit, amount in value.items()}
            return [{unit: amounts[place] for unit, amounts in parts.items()} for place in range(len(chosen))]
        if not is_template(value):
            return [value] * len(chosen)
        scene = self._scene(chosen)
        return list(templates.rendered(scene.past, value, scene.fired, scene.triggers))

    def _wait_until(self, chosen: Ints, until: Ints) -> None:
        self.time[chosen] = np.minimum(until, FOREVER)
        self.seen[chosen] = self.past.moments(self.time[chosen]).seen
        self.busy[chosen] = True

    def choose(self, step: Mapping[str, Any], here: Mask) -> None:
        undecided = here.copy()
        for option in as_list(step["choose"]):
            taken = undecided & self._holding(as_list(option.get("conditions")), undecided)
            undecided &= ~taken
            self.sequence(as_list(option.get("sequence")), taken)
        self.sequence(as_list(step.get("default")), undecided)

    def branch(self, step: Mapping[str, Any], here: Mask) -> None:
        taken = here & self._holding(as_list(step["if"]), here)
        self.sequence(as_list(step.get("then")), taken)
        self.sequence(as_list(step.get("else")), here & ~taken)

    def inner(self, step: Mapping[str, Any], here: Mask) -> None:
        self.sequence(as_list(step["sequence"]), here)

    def parallel(self, step: Mapping[str, Any], here: Mask) -> None:
        """All branches start together; the step ends with the last of them."""
        start, running = (self.time.copy(), self.seen.copy()), self.running.copy()
        last, still = (self.time.copy(), self.seen.copy()), self.running.copy()
        for part in as_list(step["parallel"]):
            self.time, self.seen = start[0].copy(), start[1].copy()
            self.running = running.copy()
            alone = isinstance(part, Mapping) and set(part) <= {"sequence", "alias", "enabled", "note"}
            self.sequence(as_list(part["sequence"]) if alone else as_list(part), here)
            last = np.maximum(last[0], self.time), np.maximum(last[1], self.seen)
            still &= self.running
        (self.time, self.seen), self.running = last, still

    def repeat(self, step: Mapping[str, Any], here: Mask) -> None:
        loop = step["repeat"]
        steps = as_list(loop.get("sequence"))
        if "count" in loop or "for_each" in loop:
            for _ in range(self._rounds(loop)):
                self.sequence(steps, here)
            return
        for _ in range(MOST_ROUNDS):
            if "while" in loop:
                here = here & self._holding(as_list(loop["while"]), here)
            here = here & self.running & (self.time < FOREVER)
            if not here.any():
                return
            self.sequence(steps, here)
            if "until" in loop:
                here = here & ~self._ended(as_list(loop["until"]), here)
        raise NotComputable(f"a loop turns more than {MOST_ROUNDS} times")

    def _ended(self, until: list[Any], here: Mask) -> Mask:
        """An `until` that Home Assistant cannot evaluate ends the loop too."""
        chosen = np.flatnonzero(here)
        result = np.zeros(len(here), np.bool_)
        result[chosen] = conditions.all_of(self._scene(chosen), until) != conditions.NO
        return result

    def _rounds(self, loop: Mapping[str, Any]) -> int:
        if "for_each" in loop:
            items = loop["for_each"]
            if not isinstance(items, list):
                raise NotComputable("a loop goes over a list that a template makes")
            return len(items)
        if is_template(loop["count"]):
            raise NotComputable("a template says how often a loop turns")
        count = int(loop["count"])
        if count > MOST_ROUNDS:
            raise NotComputable(f"a loop turns more than {MOST_ROUNDS} times")
        return count

    def wait_for_trigger(self, step: Mapping[str, Any], here: Mask) -> None:
        awaited = triggers.flat(step["wait_for_trigger"])
        listener = self.past.once(("wait", id(step)), lambda: Listener(triggers.firings(self.past, awaited)))
        self._wait(step, here, listener.next_after)

    def wait_template(self, step: Mapping[str, Any], here: Mask) -> None:
        source = step["wait_template"]
        course = self.past.once(("course", source), lambda: templates.course(self.past, source, INSIDE_SECOND_US))
        true = course.at.take(course.verdict == templates.YES)
        listener = self.past.once(("true", source), lambda: Listener(firings_without_entity(true)))

        def next_true(time: int, seen: int) -> tuple[int, int] | None:
            place = int(np.searchsorted(course.at.time, time, side="right")) - 1
            is_true = place >= 0 and course.verdict[place] == templates.YES
            return (time, seen) if is_true else listener.next_after(time, seen)

        self._wait(step, here, next_true)

    def _wait(self, step: Mapping[str, Any], here: Mask, ends: Callable[[int, int], tuple[int, int] | None]) -> None:
        """Waits for the first moment that `ends` gives for a moment, or the time-out."""
        timeout = duration_us(step["timeout"]) if step.get("timeout") is not None else FOREVER
        for run in np.flatnonzero(here & (self.time < FOREVER)).tolist():
            now = int(self.time[run]), int(self.seen[run])
            found = ends(*now) if timeout else None
            limit = min(now[0] + timeout, FOREVER)
            if found and found[0] <= limit:
                self.busy[run] |= found > now
                self.time[run], self.seen[run] = found
                continue
            self._wait_until(np.array([run]), np.array([limit]))
            if not step.get("continue_on_timeout", True):
                self.running[run] = False


class Listener:
    """Firings as someone hears them who begins to listen at any moment."""

    def __init__(self, fired: Firings) -> None:
        self._time, self._seen = fired.at.time.tolist(), fired.at.seen.tolist()
        self._needs = fired.needs.tolist()

    def next_after(self, time: int, seen: int) -> tuple[int, int] | None:
        """The time and rows seen of the first firing that is heard."""
        for place in range(bisect_left(self._time, time), len(self._time)):
            moment = self._time[place], self._seen[place]
            if moment > (time, seen) and self._needs[place] > seen:
                return moment
        return None


def _is_condition(step: Any) -> bool:
    if not isinstance(step, Mapping):
        return isinstance(step, (str, bool))
    return "condition" in step or any(key in step for key in ("and", "or", "not"))


_STEPS: Final[Mapping[str, Any]] = {
    "choose": _Walk.choose,
    "if": _Walk.branch,
    "repeat": _Walk.repeat,
    "parallel": _Walk.parallel,
    "sequence": _Walk.inner,
    "delay": _Walk.delay,
    "wait_for_trigger": _Walk.wait_for_trigger,
    "wait_template": _Walk.wait_template,
    "stop": _Walk.stop,
    "action": _Walk.call,
    "scene": _Walk._call,
    "device_id": _Walk._call,
}
"""What each kind of step does; conditions are asked in `sequence`, all other kinds take no time and leave no trace."""


def fired_again(fired: Firings, run: int, at: Moments) -> Firings:
    """The one firing `run`, moved to another moment (its turn in a queue)."""
    return replace(fired.take(np.array([run])), at=at)
