"""The redirect to Home Assistant's sign-in page and back."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from reviewer_api.api.services import Services, ServicesDep
from reviewer_api.auth.cookies import SIGN_IN_COOKIE, session_cookie, sign_in_cookie
from reviewer_api.auth.home_assistant_oauth import HomeAssistantOAuth
from reviewer_api.models.base import ErrorAnswer

router = APIRouter(prefix="/sign-in", tags=["session"])


@router.get(
    "/home-assistant",
    status_code=303,
    response_class=RedirectResponse,
    responses={404: {"model": ErrorAnswer}},
)
async def ask_home_assistant(request: Request, services: ServicesDep) -> Response:
    """Send the browser to Home Assistant's own sign-in page."""
    sign_in = _require_oauth(services)
    target, nonce = await sign_in.begin(_page_url(request, services), services.clock())
    return RedirectResponse(target, 303, {"set-cookie": sign_in_cookie(nonce, request, services.base_path)})


@router.get(
    "/home-assistant/back",
    status_code=303,
    response_class=RedirectResponse,
    responses={401: {"model": ErrorAnswer}, 404: {"model": ErrorAnswer}},
)
async def come_back(
    request: Request,
    services: ServicesDep,
    code: str = Query(min_length=1, max_length=1_000),
    state: str = Query(min_length=1, max_length=200),
) -> Response:
    """Home Assistant sent the browser back: begin a session in the person's name and show the page."""
    nonce = request.cookies.get(SIGN_IN_COOKIE, "")
    user = await _require_oauth(services).finish(_page_url(request, services), code, state, nonce, services.clock())
    if user is None:
        raise HTTPException(401, "Home Assistant did not sign you in; go back to the page and try again.")
    _, token = await services.auth.begin_session(user.name, user.role, services.clock(), user.user_id)
    answer = RedirectResponse(f"{services.base_path}/", 303)
    answer.headers.append("set-cookie", session_cookie(token, request, services.base_path))
    answer.headers.append("set-cookie", sign_in_cookie("", request, services.base_path))
    return answer


def _require_oauth(services: Services) -> HomeAssistantOAuth:
    if services.home_assistant_oauth is None:
        raise HTTPException(404, "No Home Assistant is set up; sign in with the link that the service printed.")
    return services.home_assistant_oauth


def _page_url(request: Request, services: Services) -> str:
    """Our address as the browser knows it, with a closing slash."""
    host = (services.settings.PUBLIC_URL or str(request.base_url)).rstrip("/")
    return f"{host}/" if services.settings.PUBLIC_URL else f"{host}{services.base_path}/"
