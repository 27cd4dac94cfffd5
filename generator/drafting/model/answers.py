"""What a model may answer, and how strictly it is read.

The model never writes an automation: it names words and conditions for one that we hold, so it can neither stray to
another trigger or device nor invent a template.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from automations.config.times import Weekday
from generator.drafting.model.outcomes import Complaints, Outcome


class _Part(BaseModel):
    """No defaults and no bounds: strict structured outputs want every field and know no ranges; we check those."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Keep(_Part):
    kind: Literal["keep"]
    id: str


class Light(_Part):
    """Outside: `dark` between sunset and sunrise, `daylight` between sunrise and sunset."""

    kind: Literal["dark", "daylight"]


class SomeoneHome(_Part):
    kind: Literal["someone_home"]


class Weekdays(_Part):
    kind: Literal["weekdays"]
    days: list[Weekday]


class Between(_Part):
    kind: Literal["between"]
    after: str
    before: str


class HasState(_Part):
    kind: Literal["state"]
    thing: str
    state: str


class Number(_Part):
    kind: Literal["number"]
    thing: str
    above: float | None
    below: float | None


ConditionAnswer = Annotated[
    Keep | Light | SomeoneHome | Weekdays | Between | HasState | Number, Field(discriminator="kind")
]


class DraftAnswer(_Part):
    """Better words, conditions and mode for a draft; `conditions` is the whole list that it should have."""

    alias: str
    description: str
    conditions: list[ConditionAnswer]
    mode: Literal["single", "restart", "queued"]
    leave_out: list[str]
    why: str


class RedraftAnswer(DraftAnswer):
    """The same on a person's comment, which may also move the time; `leave_out` are actions to drop."""

    shift_minutes: int
    understood: bool


AnswerT = TypeVar("AnswerT", bound=DraftAnswer)


def read_answer(text: str, shape: type[AnswerT]) -> AnswerT:
    """The answer in `text`, bare, in a code fence or amid words; raises Complaints with what the model should mend.

    The last whole object that has one of the fields asked for counts: words, thoughts and first drafts stand before it.
    """
    documents = [document for document in _objects(text) if document.keys() & shape.model_fields.keys()]
    if not documents:
        raise Complaints(Outcome.UNREADABLE, "The answer is not one JSON object with the fields asked for.")
    try:
        return shape.model_validate_json(json.dumps(documents[-1]))
    except ValidationError as error:
        raise Complaints(Outcome.UNREADABLE, _complaint(error)) from None


def is_whole(text: str) -> bool:
    """`text` is an object from its first brace to its end: nothing of it is missing."""
    try:
        return isinstance(json.loads(text[text.find("{") :]), dict)
    except (ValueError, RecursionError):
        return False


def strict_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of `shape` as strict structured outputs take it: no titles, and `anyOf` for `oneOf`."""
    schema: dict[str, Any] = _trimmed(shape.model_json_schema())
    return schema


def _trimmed(node: Any) -> Any:
    if isinstance(node, list):
        return [_trimmed(item) for item in node]
    if not isinstance(node, dict):
        return node
    trimmed: dict[str, Any] = {}
    for key, value in node.items():
        if key in ("properties", "$defs"):
            trimmed[key] = {name: _trimmed(part) for name, part in value.items()}
        elif key not in ("title", "description", "discriminator"):
            trimmed["anyOf" if key == "oneOf" else key] = _trimmed(value)
    return trimmed


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The whole outermost JSON objects in `text`; braces of prose and of what was cut off are passed over."""
    start = text.find("{")
    while start >= 0:
        try:
            document, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield document
        start = text.find("{", end)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse)


def _complaint(error: ValidationError) -> str:
    """The first few wrong fields by place and rule; nothing that the answer said is repeated."""
    wrong = []
    for problem in error.errors()[:5]:
        place = problem["loc"][:-1] if problem["type"] == "extra_forbidden" else problem["loc"]
        wrong.append(f"{'.'.join(str(part) for part in place) or 'answer'}: {problem['type']}")
    return "The answer does not fit the schema: " + "; ".join(wrong) + "."
