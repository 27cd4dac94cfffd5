"""What every question and answer is made of. Nothing is taken or sent that the contract does not name."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ResponseModel(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RequestModel(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ErrorAnswer(ResponseModel):
    """The body of every error: a sentence that says what to do."""

    detail: str
