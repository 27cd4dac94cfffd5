"""Who calls: a name that becomes the git author, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, cast

from fastapi import Depends
from starlette.requests import Request

from reviewer_api.diary.sessions import Role


@dataclass(frozen=True)
class Caller:
    """`session_id` and `csrf` are empty for a bearer token, which no browser sends by itself."""

    name: str
    role: Role
    auth_method: Literal["session", "token", "home_assistant", "ingress"]
    session_id: str = ""
    csrf: str = ""


async def caller_from_request(request: Request) -> Caller:
    """Whoever the auth middleware authenticated; unprotected routes have none."""
    # async, though it waits for nothing: FastAPI runs others in a thread.
    return cast(Caller, request.state.caller)


CallerDep = Annotated[Caller, Depends(caller_from_request)]
