"""The model behind an OpenAI-compatible server: asked with retries, within the night's budget, every byte recorded."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from generator.drafting.model.budget import Budget
from generator.drafting.model.model import RecordExchange, Reply
from generator.drafting.model.outcomes import TRANSIENT, ModelFailed, Outcome
from generator.drafting.model.prompt import Question
from generator.drafting.model.server_capabilities import MAX_TOKENS_OUT, ServerCapabilities
from generator.drafting.model.stream_parser import MAX_BYTES, StreamParser
from generator.drafting.privacy.plain_text import plain_text
from schemas.suggestion_files import Exchange

if TYPE_CHECKING:  # imported late: a night without a model is not to pay for it
    from openai import APIStatusError, AsyncOpenAI

_RETRIES: Final = 2
_LONGEST_WAIT: Final = 20.0
_BYTES_PER_TOKEN: Final = 3
"""For estimates only, on the safe side: English has about four."""

_FAILURES_BY_STATUS: Final = {
    401: (Outcome.UNAUTHORIZED, "The model's server refused the key (401); check OPENAI_API_KEY."),
    403: (Outcome.UNAUTHORIZED, "The model's server refused the key for this model (403); check OPENAI_API_KEY."),
    404: (
        Outcome.UNKNOWN_MODEL,
        "The server knows no such model or address (404); check OPENAI_MODEL, OPENAI_BASE_URL.",
    ),
    429: (Outcome.RATE_LIMITED, "The model's server has too many requests or no quota left (429)."),
}


@dataclass
class _Request:
    """One request as it goes: filled while it lasts, so that a receipt can be written however it ends."""

    started: float
    sent: bytes = b""
    parser: StreamParser = field(default_factory=StreamParser)
    outcome: Outcome = Outcome.TIMED_OUT
    refused: bool = False
    """Answered with an error status, which costs nothing."""


_current: ContextVar[_Request] = ContextVar("request")


class OpenAIModel:
    """`name` at the server `base_url` (None: OpenAI's own). Cancelling a question leaves its receipt.

    A question is asked again after `first_wait` seconds, then after twice as long, unless the server names a time.
    """

    def __init__(
        self, name: str, key: str | None, base_url: str | None, budget: Budget, first_wait: float = 0.5
    ) -> None:
        self._name = name
        self._key = key
        self._base_url = base_url
        self._budget = budget
        self._first_wait = first_wait
        self._capabilities = ServerCapabilities()
        self._client: AsyncOpenAI | None = None

    @property
    def name(self) -> str:
        return self._name

    async def ask(self, question: Question, record: RecordExchange) -> Reply:
        """The model's reply; steps down to what the server supports, and waits where it asks for it."""
        failures = 0
        while True:
            capabilities = self._capabilities
            try:
                return await self._exchange(question, capabilities, record)
            except ModelFailed as failure:
                plainer = (
                    capabilities.after_refusal(failure.words) if failure.outcome is Outcome.REQUEST_REFUSED else None
                )
                if plainer is not None:
                    self._capabilities = plainer if self._capabilities == capabilities else self._capabilities
                    continue
                wait = self._wait(failure, failures)
                if failure.outcome not in TRANSIENT or failures == _RETRIES or wait > _LONGEST_WAIT:
                    raise
                failures += 1
                await asyncio.sleep(wait)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _wait(self, failure: ModelFailed, failures: int) -> float:
        """What the server asked for, else longer each time, spread so that three questions do not return as one."""
        if failure.retry_after is not None:
            return failure.retry_after
        return float(self._first_wait * 2**failures) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret

    async def _exchange(self, question: Question, capabilities: ServerCapabilities, record: RecordExchange) -> Reply:
        body = capabilities.body(question, self._name)
        request = _Request(time.monotonic())
        estimate = len(str(body)) // _BYTES_PER_TOKEN
        with self._budget.reserve(estimate, MAX_TOKENS_OUT):
            try:
                reply = await self._send(body, request)
                reply = replace(reply, text=self._redact_key(reply.text))
                request.outcome = Outcome.ANSWERED
            except ModelFailed as failure:
                request.outcome = failure.outcome
                raise
            finally:  # also when cancelled
                if request.sent:
                    record(self._receipt(request, question))
        if "{" not in reply.text and self._capabilities == capabilities:
            # The server accepted the format and ignored it, so step down from now on.
            self._capabilities = capabilities.step_down() or capabilities
        return reply

    async def _send(self, body: dict[str, Any], request: _Request) -> Reply:
        client = self._connect()
        import openai

        _current.set(request)
        try:
            async with client.chat.completions.with_streaming_response.create(**body) as response:
                return await request.parser.parse(_with_transport_errors(response.iter_bytes()))
        except openai.APIStatusError as error:
            request.parser.raw += error.response.content[:MAX_BYTES]
            request.refused = True
            raise _failure_of_status(error) from None
        except openai.APIConnectionError as error:
            if type(error.__cause__).__name__ in ("ConnectError", "ConnectTimeout"):
                request.sent = b""  # nothing was sent
            raise _failure_of_connection(isinstance(error, openai.APITimeoutError)) from None

    def _connect(self) -> AsyncOpenAI:
        if self._client is None:
            _check_address(self._base_url)
            _check_key(self._key)
            from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Omit, Timeout

            # The library sends facts about this machine by itself, which concern nobody.
            quiet: dict[str, Any] = {f"X-Stainless-{name}": Omit() for name in _STAINLESS_HEADERS}
            self._client = AsyncOpenAI(
                api_key=self._key or "none",
                base_url=self._base_url,
                max_retries=0,
                timeout=Timeout(600.0, connect=5.0),  # the caller has its own time limit
                default_headers={"User-Agent": "Nightshift", **quiet},
                http_client=DefaultAsyncHttpxClient(event_hooks={"request": [_capture_sent]}, follow_redirects=False),
            )
        return self._client

    def _receipt(self, request: _Request, question: Question) -> Exchange:
        parser, usage = request.parser, request.parser.usage
        guess_in = 0 if request.refused else len(request.sent) // _BYTES_PER_TOKEN
        tokens_in = usage.prompt_tokens if usage else guess_in
        tokens_out = usage.completion_tokens if usage else len(parser.text.encode()) // _BYTES_PER_TOKEN
        return Exchange(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            model=self._name,
            prompt=question.prompt,
            sent=request.sent.decode(),
            received=self._redact_key(parser.raw.decode(errors="replace")),
            answer=self._redact_key(parser.text),
            outcome=request.outcome,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            counted=usage is not None,
            dollars=self._budget.spend(tokens_in, tokens_out),
            seconds=round(time.monotonic() - request.started, 3),
        )

    def _redact_key(self, said: str) -> str:
        """A server may repeat the key, above all in why it refuses it; receipts stay in git for ever."""
        return said.replace(self._key, "[secret]") if self._key else said


_STAINLESS_HEADERS: Final = (
    "Arch",
    "Async",
    "Lang",
    "OS",
    "Package-Version",
    "Raw-Response",
    "Runtime",
    "Runtime-Version",
)


async def _capture_sent(http_request: Any) -> None:
    """Runs in the task that asked, just before the bytes leave."""
    _current.get().sent = http_request.content


async def _with_transport_errors(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """`body`, with whatever the transport raises turned into ModelFailed."""
    try:
        async for part in body:
            yield part
    except Exception as error:
        # Which library carries the bytes differs between versions of openai (httpx, httpx2), and so do its errors.
        outcome = Outcome.TIMED_OUT if "Timeout" in type(error).__name__ else Outcome.BROKE_OFF
        raise ModelFailed(outcome, f"The connection to the model's server broke ({type(error).__name__}).") from None


def _check_address(base_url: str | None) -> None:
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


def _check_key(key: str | None) -> None:
    if key and not (key.isascii() and key.isprintable()):
        raise ModelFailed(Outcome.UNAUTHORIZED, "OPENAI_API_KEY holds characters that no key has; copy it once more.")


def _failure_of_connection(too_slow: bool) -> ModelFailed:
    if too_slow:
        return ModelFailed(Outcome.TIMED_OUT, "The model's server did not answer in time.")
    return ModelFailed(Outcome.UNREACHABLE, "The model's server cannot be reached; check OPENAI_BASE_URL.")


def _failure_of_status(error: APIStatusError) -> ModelFailed:
    status = error.status_code
    if error.code == "insufficient_quota":
        return ModelFailed(Outcome.NO_QUOTA, "The account at the model's server has no credit left (429).")
    if status in _FAILURES_BY_STATUS:
        outcome, words = _FAILURES_BY_STATUS[status]
        return ModelFailed(outcome, words, _retry_after(error.response.headers.get("retry-after")))
    if status in (408, 409) or status >= 500:
        waiting = _retry_after(error.response.headers.get("retry-after"))
        return ModelFailed(Outcome.SERVER_ERROR, f"The model's server failed ({status}).", waiting)
    if status < 400:
        words = f"OPENAI_BASE_URL redirects elsewhere ({status}); set it to the address itself."
        return ModelFailed(Outcome.NOT_A_MODEL_SERVER, words)
    said = plain_text(f"{error.param or ''} {error.message}", 300)
    return ModelFailed(Outcome.REQUEST_REFUSED, f"The model's server refused the request ({status}): {said}.")


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
