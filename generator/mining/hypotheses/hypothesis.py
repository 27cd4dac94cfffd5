"""One hypothesis on a manual action: when its trigger fired, which firings were followed, how well it explains."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, Seconds, WindowClock
from generator.mining.events.manual_actions import ManualAction
from generator.mining.hypotheses.evidence import log_likelihood_ratio
from schemas.patterns import EVERY_DAY, Condition, DailyTrigger, PatternKind, Trigger

BINS = 96
WAIT_FROM_SECONDS = 45.0
"""A learned delay under this is a person's way to the switch; from it on it is part of the habit."""


@dataclass(frozen=True)
class Hypothesis:
    """All arrays have one entry per firing that was a chance: the entity was not in its target state already.

    `hit_index` is the index of the person's time in the manual action's `times`, -1 where there is none. `offsets` are
    the person's time minus the trigger's in seconds (0 where there is no hit), `density_ratio` their density over the
    base rate. `prior` is the cost, in nats, of having picked this hypothesis among its like. `center` and `spread`
    describe `offsets` in seconds. `candidate` is an index into the stream's candidate triggers, -1 for other kinds.
    """

    kind: PatternKind
    trigger: Trigger
    firings: Seconds
    hit_index: NDArray[np.int64]
    offsets: Seconds
    density_ratio: Seconds
    center: float
    spread: float
    prior: float = 0.0
    weekdays: frozenset[int] = EVERY_DAY
    conditions: tuple[Condition, ...] = ()
    is_undo: bool = False
    """The trigger is another state of the same entity: the action only ever undoes it."""
    candidate: int = -1

    @property
    def is_daily(self) -> bool:
        """Its trigger comes once a day; others wait for a change."""
        return isinstance(self.trigger, DailyTrigger)

    @property
    def hits(self) -> int:
        return int(np.count_nonzero(self.hit_index >= 0))

    @property
    def chances(self) -> int:
        return len(self.firings)

    @property
    def confidence(self) -> float:
        return self.hits / self.chances if self.chances else 0.0

    @property
    def score(self) -> float:
        """Nats by which it explains the actions better than chance does, less its prior."""
        return log_likelihood_ratio(self.density_ratio[self.hit_index >= 0], self.hits, self.chances) - self.prior

    @property
    def score_upper_bound(self) -> float:
        """What the score would be if a condition took away every miss: no condition can do better."""
        return log_likelihood_ratio(self.density_ratio[self.hit_index >= 0], self.hits, self.hits) - self.prior

    def where(self, keep: NDArray[np.bool_]) -> Hypothesis:
        return replace(
            self,
            firings=self.firings[keep],
            hit_index=self.hit_index[keep],
            offsets=self.offsets[keep],
            density_ratio=self.density_ratio[keep],
        )


@dataclass(frozen=True)
class BaseRate:
    """How often the action happens by chance, by time of day: `rate` per second in each of BINS equal parts of the day.

    `open_share` is the share of the days, 0..1, on which it could still be done then: the entity was not in its target
    state already.
    """

    rate: Seconds
    open_share: Seconds
    clock: WindowClock

    def rate_at_local(self, local: Seconds) -> Seconds:
        return np.asarray(self.rate[_bin(local)])

    def rate_while_open(self, time: Seconds) -> Seconds:
        """Rate per second among the moments at which it could still be done: a lamp that is on goes off soon anyway."""
        place = _bin(self.clock.to_local(time))
        return np.asarray(self.rate[place] / self.open_share[place])


def _bin(local: Seconds) -> NDArray[np.int64]:
    return np.asarray(((local % DAY) * (BINS / DAY)).astype(np.int64) % BINS)


def daily_density(local: Seconds, width_seconds: float) -> Seconds:
    """Density over the day, BINS values that sum to 1: times smoothed by a Gaussian around the circle."""
    counts = np.bincount(((local % DAY) * (BINS / DAY)).astype(np.int64) % BINS, minlength=BINS).astype(np.float64)
    apart = np.minimum(np.arange(BINS), BINS - np.arange(BINS)) * (DAY / BINS)
    kernel = np.exp(-0.5 * (apart / width_seconds) ** 2)
    smooth = np.fft.irfft(np.fft.rfft(counts) * np.fft.rfft(kernel), BINS)
    smooth = np.maximum(smooth, 0) + 1e-9
    return np.asarray(smooth / smooth.sum())


def base_rate_from(manual_action: ManualAction, home_density: Seconds, clock: WindowClock, days: int) -> BaseRate:
    """Chance alone: this manual action's count, spread over the day as it and as all of the home's are (half each).

    The kernel is two hours wide, so that a habit stands out of it and an evening does not. A tenth is spread evenly.
    """
    own_density = daily_density(clock.to_local(manual_action.times), 7200.0)
    shape = 0.45 * own_density + 0.45 * home_density + 0.1 / BINS
    rate = shape * (len(manual_action.times) / max(days, 1)) / (DAY / BINS)
    moments = np.arange(int(clock.length_seconds * BINS / DAY)) * (DAY / BINS)
    place = _bin(clock.to_local(moments))
    still = np.bincount(place, weights=~manual_action.was_in_state(moments), minlength=BINS)
    share = (still + 0.5) / (np.bincount(place, minlength=BINS) + 1.0)
    return BaseRate(rate, share, clock)
