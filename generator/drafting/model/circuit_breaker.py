"""When to stop asking a server that does not answer, so that a dead one costs a night two minutes at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from generator.drafting.model.outcomes import FINAL, TRANSIENT, ModelFailed, Outcome

SECONDS: Final = 85.0
"""Without one good answer; a question begun just before still has its 30 seconds."""


class Patience:
    """Counts from the first question since the last answer. `clock` is in seconds and never runs back."""

    def __init__(self, clock: Callable[[], float], seconds: float = SECONDS) -> None:
        self._clock = clock
        self._seconds = seconds
        self._since: float | None = None
        self.lost: ModelFailed | None = None
        """Why it was given up; None while it is not."""

    def begin(self) -> None:
        """Raises ModelFailed where the server was given up."""
        if self.lost is not None:
            words = f"The model was not asked any more in this run: {self.lost.words}"
            raise ModelFailed(Outcome.GIVEN_UP, words)
        self._since = self._clock() if self._since is None else self._since

    def answered(self) -> None:
        self._since = None

    def failed(self, failure: ModelFailed) -> None:
        waited = self._clock() - self._since if self._since is not None else 0.0
        asked_to_wait = (failure.retry_after or 0.0) > self._seconds
        if failure.outcome in FINAL or (failure.outcome in TRANSIENT and (waited >= self._seconds or asked_to_wait)):
            self.lost = self.lost or failure
