"""Why a model's server could not be asked or would not answer, each with what a person can do about it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from generator.drafting.model.outcomes import ModelFailed, Outcome
from generator.drafting.privacy.plain_text import plain_text
from schemas.secrets import Secrets

if TYPE_CHECKING:  # imported late: a night without a model is not to pay for it
    from openai import APIStatusError

_FAILURES_BY_STATUS: Final = {
    401: (Outcome.UNAUTHORIZED, "The model's server refused the key (401); check OPENAI_API_KEY."),
    402: (Outcome.NO_QUOTA, "The account at the model's server has no credit left (402)."),
    403: (Outcome.UNAUTHORIZED, "The model's server refused the key for this model (403); check OPENAI_API_KEY."),
    404: (
        Outcome.UNKNOWN_MODEL,
        "The server knows no such model or address (404); check OPENAI_MODEL, OPENAI_BASE_URL.",
    ),
    429: (Outcome.RATE_LIMITED, "The model's server has too many requests or no quota left (429)."),
}
_QUOTED: Final = 300
"""Letters of the server's own words."""


def check_address(base_url: str | None) -> None:
    address = base_url or "https://api.openai.com/v1"
    plain = address.isascii() and address.isprintable() and " " not in address
    try:
        parts = urlsplit(address)
        usable = plain and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        words = "OPENAI_BASE_URL is not an address such as http://127.0.0.1:8080/v1; correct it or leave it empty."
        raise ModelFailed(Outcome.NOT_AN_ADDRESS, words)


def check_key(key: str | None) -> None:
    if key and not (key.isascii() and key.isprintable()):
        raise ModelFailed(Outcome.UNAUTHORIZED, "OPENAI_API_KEY holds characters that no key has; copy it once more.")


def failure_of_connection(too_slow: bool) -> ModelFailed:
    if too_slow:
        return ModelFailed(Outcome.TIMED_OUT, "The model's server did not answer in time.")
    return ModelFailed(Outcome.UNREACHABLE, "The model's server cannot be reached; check OPENAI_BASE_URL.")


def failure_of_status(error: APIStatusError, secrets: Secrets) -> ModelFailed:
    """What the status means; the server's words are quoted where it alone knows the cause."""
    status, waiting = error.status_code, _retry_after(error.response.headers.get("retry-after"))
    if error.code == "insufficient_quota":
        return ModelFailed(Outcome.NO_QUOTA, "The account at the model's server has no credit left (429).")
    if status in _FAILURES_BY_STATUS:
        outcome, words = _FAILURES_BY_STATUS[status]
        return ModelFailed(outcome, words, waiting)
    said = _quoted(error, secrets)
    if status in (408, 409) or status >= 500:
        return ModelFailed(Outcome.SERVER_ERROR, f"The model's server failed ({status}): {said}.", waiting)
    if status < 400:
        words = f"OPENAI_BASE_URL redirects elsewhere ({status}); set it to the address itself."
        return ModelFailed(Outcome.NOT_A_MODEL_SERVER, words)
    return ModelFailed(Outcome.REQUEST_REFUSED, f"The model's server refused the request ({status}): {said}.")


def _quoted(error: APIStatusError, secrets: Secrets) -> str:
    """Struck out before it is cut: half a key is no secret that could be found any more."""
    said = plain_text(secrets.strike(f"{error.param or ''} {error.message}"), _QUOTED)
    return said.rstrip(" .") or "it does not say why"


def _retry_after(header: str | None) -> float | None:
    """Seconds from now that `Retry-After` asks for, given as seconds or as a date."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
