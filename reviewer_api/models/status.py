"""The state of Nightshift and its dependencies, and the editor's completions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reviewer_api.models.base import RequestModel, ResponseModel
from reviewer_api.models.runs import RunRow


class Dependency(ResponseModel):
    name: Literal["home", "broker", "model", "repository", "disk", "schedule", "history"]
    ok: bool | None
    """None: not set up, which is fine."""
    words: str
    mend: str = ""


class Status(ResponseModel):
    version: str
    timezone: str
    language: str
    paused: bool
    dependencies: list[Dependency]
    next_run: str | None
    last_run: RunRow | None
    open_suggestions: int
    problems: int
    held_plan: bool
    embedded: bool
    """True: no Home Assistant is connected, the home is a folder."""


class PauseQuestion(RequestModel):
    paused: bool
    reason: str = Field("", max_length=500)


class Health(ResponseModel):
    status: Literal["ok"]
    version: str


class Readiness(ResponseModel):
    ready: bool
    dependencies: list[Dependency]


class CompletionEntity(ResponseModel):
    entity_id: str
    name: str
    area: str | None


class Catalogue(ResponseModel):
    """For completion in the editor."""

    entities: list[CompletionEntity]
    services: list[str]
