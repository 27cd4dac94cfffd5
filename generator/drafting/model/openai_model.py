"""The model behind an OpenAI-compatible server: asked with retries, within the night's budget, every byte recorded."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from generator.drafting.model.budget import Budget
from generator.drafting.model.model import RecordExchange, Reply
from generator.drafting.model.outcomes import TRANSIENT, ModelFailed, Outcome
from generator.drafting.model.prompt import Question
from generator.drafting.model.request_record import BYTES_PER_TOKEN, RequestRecord
from generator.drafting.model.server_capabilities import ServerCapabilities
from generator.drafting.model.server_failures import (
    check_address,
    check_key,
    failure_of_connection,
    failure_of_status,
)
from generator.drafting.model.stream_parser import MAX_BYTES, StreamParser
from schemas.secrets import Secrets

if TYPE_CHECKING:  # imported late: a night without a model is not to pay for it
    from openai import AsyncOpenAI

_RETRIES: Final = 2
_LONGEST_WAIT: Final = 20.0


_current: ContextVar[RequestRecord] = ContextVar("request")


class OpenAIModel:
    """`name` at the server `base_url` (None: OpenAI's own). Cancelling a question leaves its receipt.

    A question is asked again after `first_wait` seconds, then after twice as long, unless the server names a time.
    """

    def __init__(
        self,
        name: str,
        key: str | None,
        base_url: str | None,
        budget: Budget,
        secrets: Secrets | None = None,
        first_wait: float = 0.5,
    ) -> None:
        self._name = name
        self._key = key
        self._base_url = base_url
        self._budget = budget
        self._secrets = (secrets or Secrets()).with_values(key)
        self._first_wait = first_wait
        self._capabilities = ServerCapabilities()
        self._client: AsyncOpenAI | None = None

    @property
    def name(self) -> str:
        return self._name

    async def ask(self, question: Question, record: RecordExchange) -> Reply:
        """The model's reply; a passing failure is waited out, for as long as the server asks where that is short."""
        patiently = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, ModelFailed) and error.outcome in TRANSIENT),
            stop=_give_up,
            wait=self._wait,
            reraise=True,
        )
        return await patiently(self._ask_as_supported, question, record)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _wait(self, state: RetryCallState) -> float:
        """What the server asked for, else longer each time, spread so that three questions do not return as one."""
        spread = random.uniform(0.75, 1.25)  # noqa: S311 - no secret
        return _asked_to_wait(state) or self._first_wait * 2.0 ** (state.attempt_number - 1) * spread

    async def _ask_as_supported(self, question: Question, record: RecordExchange) -> Reply:
        """The reply, asked for less or with more room until the server takes it; what was found holds from then on.

        Raises ModelFailed where nothing is left to try.
        """
        while True:
            asked = self._capabilities
            try:
                reply = await self._exchange(question, asked, record)
            except ModelFailed as failure:
                other = asked.after_refusal(failure.words) if failure.outcome is Outcome.REQUEST_REFUSED else None
                if other is None:
                    raise
            else:
                if not _needs_room(reply):
                    return reply
                other = asked.with_room_to_think()
                if other is None:
                    return reply
            self._found(asked, other)

    def _found(self, asked: ServerCapabilities, other: ServerCapabilities) -> None:
        """Go on with `other`, unless another question has found something meanwhile."""
        self._capabilities = other if self._capabilities == asked else self._capabilities

    async def _exchange(self, question: Question, asked: ServerCapabilities, record: RecordExchange) -> Reply:
        body = asked.body(question, self._name)
        request = RequestRecord(StreamParser(self._secrets))
        estimate = len(str(body)) // BYTES_PER_TOKEN
        with self._budget.reserve(estimate, asked.tokens_out):
            try:
                reply = self._checked(await self._send(body, request), asked)
                request.outcome = _outcome_of(reply)
            except ModelFailed as failure:
                request.outcome = failure.outcome
                raise
            finally:  # also when cancelled
                if request.sent:
                    record(request.receipt(self._name, question.prompt, self._budget, self._secrets))
        if reply.ended == "stop" and "{" not in reply.text:
            # The server accepted the format and ignored it, so step down from now on.
            self._found(asked, asked.step_down() or asked)
        return reply

    def _checked(self, reply: Reply, asked: ServerCapabilities) -> Reply:
        """The reply; ModelFailed where it repeats a secret, or where there is no more room to give."""
        if self._secrets.strike_answer(reply.text) != reply.text:
            raise ModelFailed(Outcome.UNFIT, "The model's answer repeats a secret of ours, so it was not used.")
        if _nothing_said(reply) and asked.thinks:
            thinking = "it was still thinking" if reply.thought else "most likely it was still thinking, unseen"
            words = f"The model's answer ended at {asked.tokens_out} tokens with nothing said: {thinking}"
            raise ModelFailed(Outcome.NO_ROOM, f"{words}; choose one that thinks less (OPENAI_MODEL).")
        return reply

    async def _send(self, body: dict[str, Any], request: RequestRecord) -> Reply:
        client = self._connect()
        import openai

        _current.set(request)
        try:
            async with client.chat.completions.with_streaming_response.create(**body) as response:
                return await request.parser.parse(_with_transport_errors(response.iter_bytes()))
        except openai.APIStatusError as error:
            request.parser.raw += self._secrets.strike_data(error.response.content)[:MAX_BYTES]
            request.refused = True
            raise failure_of_status(error, self._secrets) from None
        except openai.APIConnectionError as error:
            if type(error.__cause__).__name__ in ("ConnectError", "ConnectTimeout"):
                request.sent = b""  # nothing was sent
            raise failure_of_connection(isinstance(error, openai.APITimeoutError)) from None

    def _connect(self) -> AsyncOpenAI:
        if self._client is None:
            check_address(self._base_url)
            check_key(self._key)
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


def _give_up(state: RetryCallState) -> bool:
    return state.attempt_number > _RETRIES or _asked_to_wait(state) > _LONGEST_WAIT


def _asked_to_wait(state: RetryCallState) -> float:
    """The seconds that the server asked for; 0 where it did not."""
    failure = state.outcome.exception() if state.outcome else None
    return (failure.retry_after or 0.0) if isinstance(failure, ModelFailed) else 0.0


def _nothing_said(reply: Reply) -> bool:
    return reply.ended == "length" and not reply.text.strip()


def _needs_room(reply: Reply) -> bool:
    """Cut off because of its thoughts, or with nothing said at all."""
    return _nothing_said(reply) or (reply.ended == "length" and reply.thought)


def _outcome_of(reply: Reply) -> Outcome:
    if reply.ended == "length":
        return Outcome.TOO_LONG if reply.text.strip() else Outcome.NO_ROOM
    return Outcome.REFUSED if reply.ended == "refused" else Outcome.ANSWERED


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
