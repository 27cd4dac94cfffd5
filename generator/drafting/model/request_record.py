"""One request as it goes: filled while it lasts, so that a receipt can be written however it ends."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from generator.drafting.model.budget import Budget
from generator.drafting.model.outcomes import Outcome
from generator.drafting.model.stream_parser import StreamParser
from schemas.secrets import REDACTED, Secrets
from schemas.suggestion_files import Exchange

BYTES_PER_TOKEN: Final = 3
"""For estimates only, on the safe side: English has about four."""


@dataclass
class RequestRecord:
    """`refused`: answered with an error status, which costs nothing."""

    parser: StreamParser
    started: float = field(default_factory=time.monotonic)
    sent: bytes = b""
    outcome: Outcome = Outcome.TIMED_OUT
    refused: bool = False

    def receipt(self, model: str, prompt: str, budget: Budget, secrets: Secrets) -> Exchange:
        """What was sent, what came back and what it cost, which is spent from `budget`."""
        usage, said = self.parser.usage, self.parser.text + self.parser.thoughts
        guess_in = 0 if self.refused else len(self.sent) // BYTES_PER_TOKEN
        tokens_in = usage.prompt_tokens if usage else guess_in
        tokens_out = usage.completion_tokens if usage else len(said.encode("utf-8", "replace")) // BYTES_PER_TOKEN
        return Exchange(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            model=model,
            prompt=prompt,
            sent=self.sent.decode(),
            received=self._received(said, secrets),
            answer=secrets.strike_answer(self.parser.text),
            outcome=self.outcome,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            counted=usage is not None,
            dollars=budget.spend(tokens_in, tokens_out),
            seconds=round(time.monotonic() - self.started, 3),
        )

    def _received(self, said: str, secrets: Secrets) -> str:
        """Every byte, without our secrets; nothing where one was spelled over several pieces."""
        raw = bytes(self.parser.raw)
        struck = secrets.strike_data(raw)
        spelled = struck == raw and secrets.strike_answer(said) != said
        return REDACTED if spelled else struck.decode(errors="replace")
