"""The body of a streamed chat completion, read defensively: it may break off, be too long, or not be one at all.

The client's own reader raises a bare JSONDecodeError on a malformed chunk and nothing at all where a stream ends too
early, so the few fields needed are read here, and the bytes are kept for the receipt.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from generator.drafting.model.model import Reply
from generator.drafting.model.outcomes import ModelFailed, Outcome

MAX_BYTES: Final = 512 * 1024
MAX_TEXT: Final = 16 * 1024


class _Loose(BaseModel):
    """Servers add fields of their own."""

    model_config = ConfigDict(extra="ignore")


class _Piece(_Loose):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Loose):
    delta: _Piece | None = None
    message: _Piece | None = None
    finish_reason: str | None = None


class Usage(_Loose):
    prompt_tokens: int
    completion_tokens: int


class _Chunk(_Loose):
    choices: list[_Choice] = []
    usage: Usage | None = None
    error: object = None


class StreamParser:
    """A body as far as it was read: `raw` every byte, `text` what the model said."""

    def __init__(self) -> None:
        self.raw = bytearray()
        self.text = ""
        self.usage: Usage | None = None
        self._refusal = ""
        self._finish: str | None = None
        self._done = False
        self._chunks = 0

    async def parse(self, body: AsyncIterator[bytes]) -> Reply:
        """Read `body` to its end. Raises ModelFailed where it is broken, endless or no completion."""
        pending = b""
        async for part in body:
            self.raw += part
            if len(self.raw) > MAX_BYTES:
                raise ModelFailed(Outcome.TOO_LONG, f"The answer passed {MAX_BYTES // 1024} kB and was cut off.")
            *lines, pending = (pending + part).split(b"\n")
            for line in lines:
                self._line(line)
        self._line(pending)
        if not self._chunks and self.raw.lstrip().startswith(b"{"):  # a server that does not stream
            self._chunk(bytes(self.raw))
        return self._reply()

    def _line(self, line: bytes) -> None:
        line = line.strip()
        if not line.startswith(b"data:"):
            return
        event = line.removeprefix(b"data:").strip()
        if event == b"[DONE]":
            self._done = True
        elif event:
            self._chunk(event)

    def _chunk(self, document: bytes) -> None:
        try:
            chunk = _Chunk.model_validate_json(document)
        except ValidationError:
            words = "The answer held a chunk that is not valid JSON of a chat completion."
            raise ModelFailed(Outcome.BROKE_OFF, words) from None
        if chunk.error is not None:
            raise ModelFailed(Outcome.SERVER_ERROR, "The server reported an error in the middle of its answer.")
        self._chunks += 1
        self.usage = chunk.usage or self.usage
        for choice in chunk.choices[:1]:
            piece = choice.delta or choice.message or _Piece()
            self.text += piece.content or ""
            self._refusal += piece.refusal or ""
            self._finish = choice.finish_reason or self._finish
        if len(self.text) > MAX_TEXT:
            raise ModelFailed(Outcome.TOO_LONG, f"The answer passed {MAX_TEXT // 1024} kB of text and was cut off.")

    def _reply(self) -> Reply:
        if not self._chunks and not self._done and self.raw.strip():
            words = "What answered does not speak as an OpenAI-compatible server does; check OPENAI_BASE_URL."
            raise ModelFailed(Outcome.NOT_A_MODEL_SERVER, words)
        if self._finish is None and not self._done:
            raise ModelFailed(Outcome.BROKE_OFF, "The answer broke off in the middle.")
        if self._refusal or self._finish == "content_filter":
            return Reply(self._refusal, "refused")
        ended: Literal["stop", "length"] = "length" if self._finish == "length" else "stop"
        return Reply(self.text, ended)
