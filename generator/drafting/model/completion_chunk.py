"""One chunk of a chat completion, in the shapes that servers really send; a field of another shape counts as absent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from generator.drafting.model.outcomes import ModelFailed, Outcome

Finish = Literal["", "stop", "length", "refused", "failed"]

_FINISHES: Final[dict[str, Finish]] = {
    **dict.fromkeys(("length", "max_tokens", "max_output_tokens"), "length"),
    **dict.fromkeys(("content_filter", "safety", "refusal"), "refused"),
    **dict.fromkeys(("error", "insufficient_system_resource"), "failed"),
}
"""How servers call the ends that are not the model's own."""
_MOST_TOKENS: Final = 1_000_000
"""A count beyond that is no count, and would use up the night."""


@dataclass(frozen=True)
class Usage:
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class Chunk:
    """`thoughts` are not part of the answer, and `thought_unseen` says that some were counted that are not shown."""

    text: str = ""
    thoughts: str = ""
    thought_unseen: bool = False
    refusal: str = ""
    finish: Finish = ""
    usage: Usage | None = None
    error: str = ""
    is_completion: bool = False


def read_chunk(document: bytes) -> Chunk:
    """Raises ModelFailed where `document` is no JSON object."""
    try:
        chunk = json.loads(document.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise ModelFailed(Outcome.BROKE_OFF, "The answer held a chunk that is not valid JSON.") from None
    if not isinstance(chunk, dict):
        raise ModelFailed(Outcome.BROKE_OFF, "The answer held a chunk that is no JSON object.")
    choices, usage = chunk.get("choices"), _mapping(chunk.get("usage"))
    choice = _mapping(choices[0]) if isinstance(choices, list) and choices else {}
    piece = _mapping(choice.get("delta") or choice.get("message"))
    parts = _parts(piece.get("content"))
    return Chunk(
        text="".join(_text(part) for part in parts if _kind(part) in ("text", "output_text")),
        thoughts="".join(_text(piece.get(name)) for name in ("reasoning_content", "reasoning"))
        + "".join(_text(part) for part in parts if _kind(part) in ("thinking", "reasoning")),
        thought_unseen=bool(_mapping(usage.get("completion_tokens_details")).get("reasoning_tokens")),
        refusal=_text(piece.get("refusal")) + "".join(_text(part) for part in parts if _kind(part) == "refusal"),
        finish=_finish(choice.get("finish_reason")),
        usage=_usage(usage),
        error=_error(chunk.get("error")),
        is_completion="choices" in chunk or bool(usage),
    )


def _mapping(node: Any) -> Mapping[str, Any]:
    return node if isinstance(node, dict) else {}


def _parts(content: Any) -> Sequence[Any]:
    return content if isinstance(content, list) else [content]


def _kind(part: Any) -> str:
    return str(_mapping(part).get("type", "text"))


def _text(node: Any) -> str:
    """The words in a text, a part or a list of parts: under the name of its kind, or under `text`."""
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return "".join(_text(part) for part in node)
    if isinstance(node, dict):
        return _text(node.get(_kind(node)) or node.get("text"))
    return ""


def _finish(reason: Any) -> Finish:
    return _FINISHES.get(reason.lower(), "stop") if isinstance(reason, str) and reason else ""


def _usage(usage: Mapping[str, Any]) -> Usage | None:
    """What was counted; None where the counts are missing or cannot be: our own estimate stands for them then."""
    asked, said = (_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens"))
    return Usage(asked, said) if asked and said is not None else None


def _count(number: Any) -> int | None:
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    return int(number) if is_number and 0 <= number <= _MOST_TOKENS else None


def _error(error: Any) -> str:
    """The server's words; "" where it reports none."""
    if not error:
        return ""
    return _text(_mapping(error).get("message")) or (error if isinstance(error, str) else "it does not say which")
