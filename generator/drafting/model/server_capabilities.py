"""How to ask this server for JSON: the format it was found to accept, from strict schema down to plain text."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from generator.drafting.model.prompt import Question

Format = Literal["json_schema", "json_object", "text"]

MAX_TOKENS_OUT: Final = 700
_NEXT_FORMAT: Final[dict[Format, Format]] = {"json_schema": "json_object", "json_object": "text"}


@dataclass(frozen=True)
class ServerCapabilities:
    """`unsupported` are optional fields that the server does not accept."""

    format: Format = "json_schema"
    unsupported: frozenset[str] = frozenset()

    def body(self, question: Question, model: str) -> dict[str, Any]:
        """The request. The fixed text comes first and is the same for every habit."""
        body: dict[str, Any] = {
            "model": model,
            "messages": [{"role": "system", "content": self._instructions(question)}, *_turns(question)],
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0.2,
            self._token_limit: MAX_TOKENS_OUT,
        }
        if self.format == "json_schema":
            schema = {"name": question.shape.__name__, "strict": True, "schema": question.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.format == "json_object":
            body["response_format"] = {"type": "json_object"}
        return {field: value for field, value in body.items() if field not in self.unsupported}

    def after_refusal(self, words: str) -> ServerCapabilities | None:
        """What to try once the server has refused a request with `words`; None where nothing is left."""
        for field in (self._token_limit, "stream_options", "temperature"):
            if f"{field}" in words and field not in self.unsupported:
                return replace(self, unsupported=self.unsupported | {field})
        return self.step_down()

    def step_down(self) -> ServerCapabilities | None:
        return replace(self, format=_NEXT_FORMAT[self.format]) if self.format in _NEXT_FORMAT else None

    @property
    def _token_limit(self) -> str:
        return "max_completion_tokens" if "max_tokens" in self.unsupported else "max_tokens"

    def _instructions(self, question: Question) -> str:
        """A server that accepts no schema gets it as text."""
        if self.format == "json_schema":
            return question.instructions
        schema = json.dumps(question.schema, separators=(",", ":"))
        return f"{question.instructions}\n\nAnswer with JSON only, following this JSON Schema:\n{schema}"


def _turns(question: Question) -> list[dict[str, str]]:
    return [
        {"role": "assistant" if index % 2 else "user", "content": text} for index, text in enumerate(question.turns)
    ]
