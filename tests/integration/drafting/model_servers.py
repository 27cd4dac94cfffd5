"""Model servers as they are: each answers one habit's question in the shape of a real one, over a real socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.builders.habits import answer

Body = Mapping[str, Any]
Said = Sequence[Mapping[str, Any]] | Response
"""Chunks to stream, or a response as it is."""
WHOLE = answer()
THOUGHTS = 'The lamp is {"kind": "light"}, so { maybe [something] } like {"alias": "light_1"} would do. '


def piece(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def said(*texts: Any, finish: str = "stop") -> list[dict[str, Any]]:
    return [*(piece(content=text) for text in texts), piece(finish)]


def refusal(words: str, param: str | None = None, status: int = 400) -> Response:
    return JSONResponse({"error": {"message": words, "param": param, "code": "unsupported_value"}}, status)


def thinks_unseen(body: Body) -> Said:
    """OpenAI's o-series: thoughts count as tokens and are not shown."""
    if "max_tokens" in body:
        return refusal("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "max_tokens")
    if body.get("temperature", 1) != 1:
        return refusal("Unsupported value: 'temperature' does not support 0.2 with this model.", "temperature")
    room = body["max_completion_tokens"]
    details = {"completion_tokens_details": {"reasoning_tokens": min(room, 900)}}
    if room < 1000:
        end = {"choices": [], "usage": {"prompt_tokens": 900, "completion_tokens": room, **details}}
        return [piece(role="assistant", content=""), piece("length"), end]
    return [*said(WHOLE), {"choices": [], "usage": {"prompt_tokens": 900, "completion_tokens": 990, **details}}]


def needs_less_effort(body: Body) -> Said:
    """The class of gpt-5: as above; and an organization that is not verified gets no stream."""
    if body.get("stream"):
        return refusal("Your organization must be verified to stream this model.", "stream")
    if "stream_options" in body:
        return refusal("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
    chunks = thinks_unseen(body)
    if isinstance(chunks, Response):
        return chunks
    is_quiet = body.get("reasoning_effort") == "low"
    message = {"role": "assistant", "content": WHOLE if is_quiet else "", "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop" if is_quiet else "length"}
    return JSONResponse({"object": "chat.completion", "choices": [choice], "usage": chunks[-1]["usage"]})


def knows_no_effort(body: Body) -> Said:
    """A server that thinks and refuses what it does not know without naming it."""
    if "reasoning_effort" in body:
        return JSONResponse({"detail": "Extra inputs are not permitted"}, 422)
    return [piece("length", content="")] if body["max_tokens"] < 2000 else said(WHOLE)


def thinks_aside(body: Body) -> Said:
    """Ollama: thoughts in a field of their own, and none with little effort."""
    if body.get("reasoning_effort") == "low":
        return said(WHOLE)
    return [*(piece(role="assistant", content="", reasoning=word) for word in THOUGHTS.split()), piece("length")]


def thinks_in_content_field(_: Body) -> Said:
    """DeepSeek's reasoner, vLLM: `content` is null while it thinks."""
    thoughts = [piece(content=None, reasoning_content=word) for word in THOUGHTS.split()]
    usage = {"prompt_tokens": 900, "completion_tokens": 300, "completion_tokens_details": {"reasoning_tokens": 200}}
    return [*thoughts, *said(WHOLE), {"choices": [], "usage": usage}]


def thinks_aloud(_: Body) -> Said:
    """Qwen behind a plain server: thoughts in the answer."""
    return said("<think>\n", THOUGHTS, "\n</think>\n\n```json\n", WHOLE, "\n```")


def thinks_aloud_without_beginning(_: Body) -> Said:
    """DeepSeek R1's template: the opening mark belongs to the question."""
    return said(THOUGHTS, "</think>", WHOLE)


def is_cut_while_thinking_aloud(body: Body) -> Said:
    return thinks_aloud(body) if body["max_tokens"] > 2000 else said("<think>\n", THOUGHTS, finish="length")


def is_cut_after_thoughts(body: Body) -> Said:
    """The answer has begun: shorter words would not help, more room does."""
    whole = body["max_tokens"] > 2000
    return said("<think>", THOUGHTS, "</think>", WHOLE if whole else WHOLE[:80], finish="stop" if whole else "length")


def talks_around_it(_: Body) -> Said:
    return said(
        f"I first thought of {answer(alias='light_1')}, {{like this}}: no. ", WHOLE, '\nIts {"shape": "right"}.'
    )


def sends_parts(_: Body) -> Said:
    """Mistral's magistral: content is a list of parts."""
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": THOUGHTS}]}
    return said([thinking], [{"type": "text", "text": WHOLE[:50]}, {"type": "text", "text": WHOLE[50:]}])


def sends_odd_fields(_: Body) -> Said:
    """Proxies: empty, null and odd `choices` and `usage`, before, amid and after the answer."""
    return [
        {"choices": [], "prompt_filter_results": [{}]},
        {"choices": None, "usage": None},
        {"choices": [{"index": 0, "delta": None, "finish_reason": None, "logprobs": []}], "usage": {}},
        {"choices": {}, "usage": "none", "error": None},
        {"choices": [None], "usage": [1], "model": 7},
        *said(WHOLE[:9], WHOLE[9:], finish="eos"),
        {"usage": {"prompt_tokens": None, "completion_tokens": "many"}},
        {"choices": [], "usage": {"prompt_tokens": -5, "completion_tokens": 1e30}},
        {"choices": [], "usage": {"prompt_tokens": 0, "completion_tokens": 0}},
    ]


def ends_without_a_word(_: Body) -> Said:
    """No `finish_reason` and no `[DONE]`; the object is whole."""
    text = "".join(f"data: {json.dumps(piece(content=part))}\r\n\r\n" for part in (WHOLE[:60], WHOLE[60:]))
    return Response("\ufeff: hello\r\n\r\n" + text, media_type="text/event-stream")


def does_not_stream(_: Body) -> Said:
    return JSONResponse({"choices": [{"message": {"content": [{"type": "text", "text": WHOLE}]}}], "usage": None})


def has_no_system_role(body: Body) -> Said:
    """Gemma's template."""
    if body["messages"][0]["role"] == "system":
        return refusal("System role not supported")
    return said(WHOLE)


def never_stops_thinking(_: Body) -> Said:
    return [*(piece(reasoning_content=word) for word in THOUGHTS.split()), piece("length", content="")]


def is_cut_and_says_nothing(_: Body) -> Said:
    return [piece("length", content="")]


def says_nothing(_: Body) -> Said:
    return said("")


def babbles(_: Body) -> Said:
    return said('{"alias": "', "light_1 " * 90, finish="length")


def fails_in_its_answer(_: Body) -> Said:
    return [{"error": {"message": "model requires more system memory (9.1 GiB) than is available", "code": 500}}]


def answers_something_else(_: Body) -> Said:
    return JSONResponse({"detail": "Not this way"})


@dataclass
class ModelServer:
    """Answers as `habit` does; counts the questions that were answered, which a provider would charge for."""

    habit: Callable[[Body], Said]
    asked: list[dict[str, Any]] = field(default_factory=list)
    paid: int = 0

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/chat/completions", self.complete, methods=["POST"])])

    async def complete(self, request: Request) -> Response:
        self.asked.append(await request.json())
        chunks = self.habit(self.asked[-1])
        self.paid += not isinstance(chunks, Response) or chunks.status_code == 200
        if isinstance(chunks, Response):
            return chunks
        events = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)
        return Response(f"{events}data: [DONE]\n\n", media_type="text/event-stream")
