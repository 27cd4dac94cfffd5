"""Who is signed in, and how one signs in."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reviewer_api.models.base import RequestModel, ResponseModel


class SessionAnswer(ResponseModel):
    """Who is signed in; `csrf` goes into the header `X-CSRF-Token` of every request that changes something."""

    name: str
    role: Literal["approver", "reader"]
    csrf: str
    home_assistant_sign_in: bool


class SignInQuestion(RequestModel):
    """`secret` is the code of a sign-in link, the local token, or a long-lived token of Home Assistant."""

    secret: str = Field(min_length=16, max_length=4_096)
