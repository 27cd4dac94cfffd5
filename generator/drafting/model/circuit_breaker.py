"""Stops asking a server that does not answer, so that a dead one costs a night two minutes at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from generator.drafting.model.outcomes import FINAL, TRANSIENT, ModelFailed, Outcome

MAX_SECONDS_WITHOUT_ANSWER: Final = 85.0
"""Without one good answer; a question begun just before still has its 30 seconds."""


class CircuitBreaker:
    """Counts from the first question since the last answer. `clock` is in seconds and never runs back."""

    def __init__(self, clock: Callable[[], float], seconds: float = MAX_SECONDS_WITHOUT_ANSWER) -> None:
        self._clock = clock
        self._seconds = seconds
        self._waiting_since: float | None = None
        self.open_reason: ModelFailed | None = None
        """Why it was given up; None while it is not."""

    def before_request(self) -> None:
        """Raises ModelFailed where the server was given up."""
        if self.open_reason is not None:
            words = f"The model was not asked any more in this run: {self.open_reason.words}"
            raise ModelFailed(Outcome.GIVEN_UP, words)
        self._waiting_since = self._clock() if self._waiting_since is None else self._waiting_since

    def record_success(self) -> None:
        self._waiting_since = None

    def record_failure(self, failure: ModelFailed) -> None:
        waited = self._clock() - self._waiting_since if self._waiting_since is not None else 0.0
        asked_to_wait = (failure.retry_after or 0.0) > self._seconds
        if failure.outcome in FINAL or (failure.outcome in TRANSIENT and (waited >= self._seconds or asked_to_wait)):
            self.open_reason = self.open_reason or failure
