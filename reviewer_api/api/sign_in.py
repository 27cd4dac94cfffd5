"""To Home Assistant's sign-in page and back."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from reviewer_api.api.services import Parts, PartsHere
from reviewer_api.auth.cookies import SIGN_IN_COOKIE, session_cookie, sign_in_cookie
from reviewer_api.auth.home_assistant_oauth import HomeSignIn
from reviewer_api.models.base import ErrorAnswer

router = APIRouter(prefix="/sign-in", tags=["session"])


@router.get(
    "/home-assistant",
    status_code=303,
    response_class=RedirectResponse,
    responses={404: {"model": ErrorAnswer}},
)
async def ask_home_assistant(request: Request, parts: PartsHere) -> Response:
    """Send the browser to Home Assistant's own sign-in page."""
    sign_in = _set_up(parts)
    target, nonce = await sign_in.begin(_page(request, parts), parts.clock())
    return RedirectResponse(target, 303, {"set-cookie": sign_in_cookie(nonce, request, parts.base)})


@router.get(
    "/home-assistant/back",
    status_code=303,
    response_class=RedirectResponse,
    responses={401: {"model": ErrorAnswer}, 404: {"model": ErrorAnswer}},
)
async def come_back(
    request: Request,
    parts: PartsHere,
    code: str = Query(min_length=1, max_length=1_000),
    state: str = Query(min_length=1, max_length=200),
) -> Response:
    """Home Assistant sent the browser back: begin a session in the person's name and show the page."""
    nonce = request.cookies.get(SIGN_IN_COOKIE, "")
    person = await _set_up(parts).finish(_page(request, parts), code, state, nonce, parts.clock())
    if person is None:
        raise HTTPException(401, "Home Assistant did not sign you in; go back to the page and try again.")
    _, token = await parts.auth.begin(person.name, person.role, parts.clock(), person.user_id)
    answer = RedirectResponse(f"{parts.base}/", 303)
    answer.headers.append("set-cookie", session_cookie(token, request, parts.base))
    answer.headers.append("set-cookie", sign_in_cookie("", request, parts.base))
    return answer


def _set_up(parts: Parts) -> HomeSignIn:
    if parts.home_sign_in is None:
        raise HTTPException(404, "No Home Assistant is set up; sign in with the link that the service printed.")
    return parts.home_sign_in


def _page(request: Request, parts: Parts) -> str:
    """Our address as the browser knows it, with a closing slash."""
    host = (parts.settings.PUBLIC_URL or str(request.base_url)).rstrip("/")
    return f"{host}/" if parts.settings.PUBLIC_URL else f"{host}{parts.base}/"
