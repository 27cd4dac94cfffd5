"""Signing in and out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from reviewer_api.api.services import AddressDep, AuthDep, ClockDep, LimiterDep, OAuthDep
from reviewer_api.auth.caller import CallerDep
from reviewer_api.auth.cookies import session_cookie
from reviewer_api.models.base import ErrorAnswer
from reviewer_api.models.session import SessionAnswer, SignInQuestion
from reviewer_api.web.peer import peer_of

router = APIRouter(prefix="/session", tags=["session"])


@router.get("")
async def who_am_i(caller: CallerDep, home_assistant_oauth: OAuthDep) -> SessionAnswer:
    """Who is signed in."""
    return SessionAnswer(
        name=caller.name,
        role=caller.role,
        csrf=caller.csrf,
        home_assistant_sign_in=home_assistant_oauth is not None,
    )


@router.post("", responses={401: {"model": ErrorAnswer}}, response_model=SessionAnswer)
async def sign_in(
    question: SignInQuestion,
    request: Request,
    auth: AuthDep,
    home_assistant_oauth: OAuthDep,
    address: AddressDep,
    limiter: LimiterDep,
    clock: ClockDep,
) -> Response:
    """Sign in by a link's code or a token; the session comes as a cookie."""
    signed_in = await auth.sign_in_here(question.secret, clock())
    if signed_in is None and (seconds := await limiter.sign_in_wait_seconds(peer_of(request))):
        detail = f"Too many tries to sign in; try again in {seconds} seconds."
        return JSONResponse({"detail": detail}, 429, {"Retry-After": str(seconds)})
    signed_in = signed_in or await auth.sign_in_by_home(question.secret, clock())
    if signed_in is None:
        await limiter.count_sign_in(peer_of(request))
        detail = "That link or token does not sign in; links work once and for an hour. Ask for a new one with"
        return JSONResponse({"detail": f"{detail} `python -m reviewer_api link`."}, 401)
    session, token = signed_in
    answer = SessionAnswer(
        name=session.name,
        role=session.role,
        csrf=session.csrf,
        home_assistant_sign_in=home_assistant_oauth is not None,
    )
    return JSONResponse(answer.model_dump(), headers={"set-cookie": session_cookie(token, request, address.base_path)})


@router.delete("", status_code=204)
async def sign_out(caller: CallerDep, request: Request, auth: AuthDep, address: AddressDep) -> Response:
    """End this session everywhere that its cookie went."""
    if caller.auth_method == "session":
        await auth.sign_out(caller.session_id)
    return Response(status_code=204, headers={"set-cookie": session_cookie("", request, address.base_path)})
