"""The cookies of sessions and sign-in: no script reads them, no other site makes a browser send the session's."""

from __future__ import annotations

from http.cookies import Morsel
from typing import Final, Literal

from starlette.requests import Request

SESSION_COOKIE: Final = "nightshift_session"
SESSION_COOKIE_SECONDS: Final = 30 * 24 * 3600

SIGN_IN_COOKIE: Final = "nightshift_sign_in"
SIGN_IN_COOKIE_SECONDS: Final = 600


def sign_in_cookie(nonce: str, request: Request, base_path: str) -> str:
    """Binds the redirect to Home Assistant's sign-in page and back to one browser.

    Lax, not Strict: the redirect back is a navigation from another site.
    """
    path = f"{base_path}/api/sign-in"
    return _set_cookie(SIGN_IN_COOKIE, nonce, request, path, SIGN_IN_COOKIE_SECONDS, "Lax")


def session_cookie(token: str, request: Request, base_path: str) -> str:
    """The `Set-Cookie` value with the token.

    `base_path` is the path that the page is mounted at, "" where it is the root.
    """
    return _set_cookie(SESSION_COOKIE, token, request, f"{base_path}/", SESSION_COOKIE_SECONDS, "Strict")


def _set_cookie(
    name: str, value: str, request: Request, path: str, max_age_seconds: int, same_site: Literal["Lax", "Strict"]
) -> str:
    """An empty value deletes the cookie.

    `Secure` is set where the page came over https, which a proxy says by `X-Forwarded-Proto`.
    """
    cookie: Morsel[str] = Morsel()
    cookie.set(name, value, value)
    cookie["path"] = path
    cookie["httponly"] = "yes"
    cookie["samesite"] = same_site
    cookie["max-age"] = str(max_age_seconds if value else 0)
    cookie["secure"] = "yes" if request.url.scheme == "https" else ""
    return cookie.OutputString()
