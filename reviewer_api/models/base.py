"""Bases of all request and response models: a field that the contract does not name is an error."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ResponseModel(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RequestModel(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ErrorAnswer(ResponseModel):
    """The body of every error: a sentence that says what to do."""

    detail: str
