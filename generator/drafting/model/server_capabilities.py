"""How to ask this server: the format, the fields and the room that it was found to take, or to need."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from generator.drafting.model.prompt import Question

Format = Literal["json_schema", "json_object", "text"]

TOKENS_OUT: Final = 700
"""Enough for an answer."""
TOKENS_OUT_WITH_THOUGHTS: Final = 4_000
"""Enough for an answer and what a model thinks before it, with little effort: thoughts count as tokens too."""
_NEXT_FORMAT: Final[dict[Format, Format]] = {"json_schema": "json_object", "json_object": "text"}
_OPTIONAL_FIELDS: Final = ("stream_options", "temperature", "reasoning_effort", "stream")
_ROLE_SYSTEM: Final = re.compile(r"\bsystem\b.*\b(role|support)|\brole\b.*\bsystem\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class ServerCapabilities:
    """`unsupported` are optional fields that the server does not accept; `thinks`: it needs room for its thoughts."""

    format: Format = "json_schema"
    unsupported: frozenset[str] = frozenset()
    thinks: bool = False

    @property
    def tokens_out(self) -> int:
        return TOKENS_OUT_WITH_THOUGHTS if self.thinks else TOKENS_OUT

    def body(self, question: Question, model: str) -> dict[str, Any]:
        """The request. The fixed text comes first and is the same for every habit."""
        body: dict[str, Any] = {
            "model": model,
            "messages": self._messages(question),
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0.2,
            self._token_limit: self.tokens_out,
        }
        if self.thinks:
            body["reasoning_effort"] = "low"
        if self.format == "json_schema":
            schema = {"name": question.shape.__name__, "strict": True, "schema": question.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.format == "json_object":
            body["response_format"] = {"type": "json_object"}
        return {field: value for field, value in body.items() if field not in self.unsupported}

    def after_refusal(self, words: str) -> ServerCapabilities | None:
        """What to try once the server has refused a request with `words`; None where nothing is left."""
        for field in (self._token_limit, *_OPTIONAL_FIELDS):
            if re.search(rf"\b{field}\b", words) and field not in self.unsupported:
                return self._without(field)
        if _ROLE_SYSTEM.search(words) and "system" not in self.unsupported:
            return self._without("system")
        if self.thinks and "reasoning_effort" not in self.unsupported:  # the newest field is the likeliest one
            return self._without("reasoning_effort")
        return self.step_down()

    def step_down(self) -> ServerCapabilities | None:
        return replace(self, format=_NEXT_FORMAT[self.format]) if self.format in _NEXT_FORMAT else None

    def with_room_to_think(self) -> ServerCapabilities | None:
        """With more tokens and less effort; None where that was tried."""
        return None if self.thinks else replace(self, thinks=True)

    def _without(self, field: str) -> ServerCapabilities:
        # The options of a stream are refused where there is none.
        fields = {field, "stream_options"} if field == "stream" else {field}
        return replace(self, unsupported=self.unsupported | fields)

    @property
    def _token_limit(self) -> str:
        return "max_completion_tokens" if "max_tokens" in self.unsupported else "max_tokens"

    def _messages(self, question: Question) -> list[dict[str, str]]:
        """The instructions, and turns of user and model; without a role for the former they open the first turn."""
        turns = [
            {"role": "assistant" if index % 2 else "user", "content": text} for index, text in enumerate(question.turns)
        ]
        instructions = self._instructions(question)
        if "system" not in self.unsupported:
            return [{"role": "system", "content": instructions}, *turns]
        return [{"role": "user", "content": f"{instructions}\n\n{turns[0]['content']}"}, *turns[1:]]

    def _instructions(self, question: Question) -> str:
        """A server that accepts no schema gets it as text."""
        if self.format == "json_schema":
            return question.instructions
        schema = json.dumps(question.schema, separators=(",", ":"))
        return f"{question.instructions}\n\nAnswer with JSON only, following this JSON Schema:\n{schema}"
