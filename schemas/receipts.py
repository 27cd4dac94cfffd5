"""The privacy receipt: one exchange with the model's server, word for word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Receipt:
    """What left the house and what came back, kept beside the suggestion.

    `sent` is the body of the request and `received` the body of the answer, each exactly as on the wire (UTF-8; the
    answer as far as it was read). `answer` is the text that the answer's chunks add up to. `tokens_in` and `tokens_out`
    are the server's own counts, or an estimate where it told none (`counted` False). `dollars` is 0 for a server
    without a price. `outcome` is `answered`, or the name of what went wrong.
    """

    at: datetime
    model: str
    prompt: str
    sent: str
    received: str
    answer: str
    outcome: str
    tokens_in: int
    tokens_out: int
    counted: bool
    dollars: float
    seconds: float
