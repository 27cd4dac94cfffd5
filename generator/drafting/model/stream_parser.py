"""The body of a streamed chat completion, read defensively: it may break off, be too long, or not be one at all.

The client's own reader raises a bare JSONDecodeError on a malformed chunk and nothing at all where a stream ends too
early, so the few fields needed are read here, and the bytes are kept for the receipt.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from generator.drafting.model.answers import is_whole
from generator.drafting.model.completion_chunk import Finish, Usage, read_chunk
from generator.drafting.model.model import Reply
from generator.drafting.model.outcomes import ModelFailed, Outcome
from generator.drafting.privacy.plain_text import plain_text
from schemas.secrets import Secrets

MAX_BYTES: Final = 512 * 1024
MAX_BYTES_WITH_THOUGHTS: Final = 2 * 1024 * 1024
"""A token of a thought comes in a chunk of up to 400 bytes."""
MAX_TEXT: Final = 16 * 1024
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class StreamParser:
    """A body as far as it was read: `raw` every byte, `text` what the model said, `thoughts` what it showed of them."""

    def __init__(self, secrets: Secrets | None = None) -> None:
        self._secrets = secrets or Secrets()
        self.raw = bytearray()
        self.text = ""
        self.thoughts = ""
        self.usage: Usage | None = None
        self._thought_unseen = False
        self._refusal = ""
        self._finish: Finish = ""
        self._done = False
        self._chunks = 0

    async def parse(self, body: AsyncIterator[bytes]) -> Reply:
        """Read `body` to its end. Raises ModelFailed where it is broken, endless or no completion."""
        pending = b""
        async for part in body:
            self.raw += part
            self._limit(len(self.raw), MAX_BYTES_WITH_THOUGHTS if self.thought else MAX_BYTES, "kB")
            *lines, pending = (pending + part).split(b"\n")
            for line in lines:
                self._line(line)
        self._line(pending)
        whole = bytes(self.raw).removeprefix(_BYTE_ORDER_MARK).strip()
        if not self._chunks and not self._done and whole.startswith(b"{"):  # a server that does not stream
            self._chunk(whole)
            self._done = bool(self._chunks)
        return self._reply()

    @property
    def thought(self) -> bool:
        """Some of it went into thinking, shown or not."""
        return bool(self.thoughts) or self._thought_unseen or without_thoughts(self.text) != self.text

    def _line(self, line: bytes) -> None:
        line = line.removeprefix(_BYTE_ORDER_MARK).strip()
        if not line.startswith(b"data:"):
            return
        event = line.removeprefix(b"data:").strip()
        if event == b"[DONE]":
            self._done = True
        elif event:
            self._chunk(event)

    def _chunk(self, document: bytes) -> None:
        chunk = read_chunk(document)
        if chunk.error:
            said = plain_text(self._secrets.strike(chunk.error), 200)
            words = f"The model's server reported an error in its answer: {said}."
            raise ModelFailed(Outcome.SERVER_ERROR, words)
        self._chunks += chunk.is_completion
        self.usage = chunk.usage or self.usage
        self.text += chunk.text
        self.thoughts += chunk.thoughts
        self._thought_unseen |= chunk.thought_unseen
        self._refusal += chunk.refusal
        self._finish = chunk.finish or self._finish
        self._limit(len(without_thoughts(self.text)), MAX_TEXT, "kB of text")

    def _limit(self, length: int, limit: int, unit: str) -> None:
        if length > limit:
            raise ModelFailed(Outcome.TOO_LONG, f"The answer passed {limit // 1024} {unit} and was cut off.")

    def _reply(self) -> Reply:
        said = without_thoughts(self.text)
        if not self._chunks and not self._done and self.raw.strip():
            words = "What answered does not speak as an OpenAI-compatible server does; check OPENAI_BASE_URL."
            raise ModelFailed(Outcome.NOT_A_MODEL_SERVER, words)
        if not self._finish and not self._done and not is_whole(said):
            raise ModelFailed(Outcome.BROKE_OFF, "The answer broke off in the middle.")
        if self._finish == "failed":
            raise ModelFailed(Outcome.SERVER_ERROR, "The model's server gave up in the middle of its answer.")
        if self._refusal or self._finish == "refused":
            return Reply(self._refusal, "refused")
        return Reply(said, "length" if self._finish == "length" else "stop", self.thought)


def without_thoughts(text: str) -> str:
    """What was said behind the thoughts that some servers leave in the answer; "" where it holds nothing else.

    The opening mark may be missing: with some models it belongs to the question.
    """
    _, closed, said = text.rpartition("</think>")
    if closed:
        return said
    return "" if text.lstrip().startswith("<think>") else text
