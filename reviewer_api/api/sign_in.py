"""The redirect to Home Assistant's sign-in page and back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from reviewer_api.api.services import AddressDep, AuthDep, ClockDep, OAuthDep
from reviewer_api.auth.cookies import SIGN_IN_COOKIE, session_cookie, sign_in_cookie
from reviewer_api.auth.home_assistant_oauth import HomeAssistantOAuth
from reviewer_api.auth.page_address import PageAddress
from reviewer_api.models.base import ErrorAnswer

router = APIRouter(prefix="/sign-in", tags=["session"])


async def require_oauth(home_assistant_oauth: OAuthDep) -> HomeAssistantOAuth:
    if home_assistant_oauth is None:
        raise HTTPException(404, "No Home Assistant is set up; sign in with the link that the service printed.")
    return home_assistant_oauth


HomeSignInDep = Annotated[HomeAssistantOAuth, Depends(require_oauth)]


@router.get(
    "/home-assistant",
    status_code=303,
    response_class=RedirectResponse,
    responses={404: {"model": ErrorAnswer}},
)
async def ask_home_assistant(
    request: Request, sign_in: HomeSignInDep, address: AddressDep, clock: ClockDep
) -> Response:
    """Send the browser to Home Assistant's own sign-in page."""
    target, nonce = await sign_in.begin(_page_url(request, address), clock())
    return RedirectResponse(target, 303, {"set-cookie": sign_in_cookie(nonce, request, address.base_path)})


@router.get(
    "/home-assistant/back",
    status_code=303,
    response_class=RedirectResponse,
    responses={401: {"model": ErrorAnswer}, 404: {"model": ErrorAnswer}},
)
async def come_back(
    request: Request,
    sign_in: HomeSignInDep,
    auth: AuthDep,
    address: AddressDep,
    clock: ClockDep,
    code: str = Query(min_length=1, max_length=1_000),
    state: str = Query(min_length=1, max_length=200),
) -> Response:
    """Home Assistant sent the browser back: begin a session in the person's name and show the page."""
    nonce = request.cookies.get(SIGN_IN_COOKIE, "")
    user = await sign_in.finish(_page_url(request, address), code, state, nonce, clock())
    if user is None:
        raise HTTPException(401, "Home Assistant did not sign you in; go back to the page and try again.")
    _, token = await auth.begin_session(user.name, user.role, clock(), user.user_id)
    answer = RedirectResponse(f"{address.base_path}/", 303)
    answer.headers.append("set-cookie", session_cookie(token, request, address.base_path))
    answer.headers.append("set-cookie", sign_in_cookie("", request, address.base_path))
    return answer


def _page_url(request: Request, address: PageAddress) -> str:
    """Our address as the browser knows it, with a closing slash."""
    if address.public_url:
        return f"{address.public_url.rstrip('/')}/"
    return f"{str(request.base_url).rstrip('/')}{address.base_path}/"
