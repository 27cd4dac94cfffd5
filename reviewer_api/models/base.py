"""Bases of all request and response models: a field that the contract does not name is an error."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict, model_validator


class ResponseModel(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RequestModel(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _require_characters(cls, data: object) -> object:
        try:
            json.dumps(data, ensure_ascii=False, default=repr).encode()
        except UnicodeEncodeError:
            raise ValueError("it holds half a character (a lone surrogate), which no text can") from None
        return data


class ErrorAnswer(ResponseModel):
    """The body of every error: a sentence that says what to do."""

    detail: str
