"""What both a suggestion's page and an automation's page show: meaning, findings, differences."""

from __future__ import annotations

from typing import Literal

from reviewer_api.models.base import ResponseModel
from schemas.problems import Severity


class Part(ResponseModel):
    """One trigger, condition or action in words, with the names and areas of its entities."""

    words: str
    entities: list[str]
    areas: list[str]
    icon: str = ""


class Meaning(ResponseModel):
    """What will happen in the home."""

    sentence: str
    triggers: list[Part]
    conditions: list[Part]
    actions: list[Part]


class ProblemAnswer(ResponseModel):
    check: str
    rung: str
    path: str
    message: str
    mend: str
    severity: Severity
    dates: list[str]
    line: int | None = None
    """Line in the YAML, from 1, where it is known."""


class DiffAnswer(ResponseModel):
    """`old` and `new` whole texts (the page draws the lines), `words` what changed in sentences."""

    against: Literal["main", "home"]
    old: str
    new: str
    words: list[str]
