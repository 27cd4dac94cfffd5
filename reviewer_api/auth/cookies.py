"""The cookies of sessions and sign-in: no script reads them, no other site makes a browser send the session's."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

SESSION_COOKIE: Final = "nightshift_session"
SESSION_COOKIE_SECONDS: Final = 30 * 24 * 3600


SIGN_IN_COOKIE: Final = "nightshift_sign_in"
SIGN_IN_COOKIE_SECONDS: Final = 600


def sign_in_cookie(nonce: str, request: Request, base_path: str) -> str:
    """Binds the redirect to Home Assistant's sign-in page and back to one browser.

    Lax, not Strict: the redirect back is a navigation from another site.
    """
    parts = [f"{SIGN_IN_COOKIE}={nonce}", f"Path={base_path}/api/sign-in", "HttpOnly", "SameSite=Lax"]
    parts.append(f"Max-Age={SIGN_IN_COOKIE_SECONDS if nonce else 0}")
    return "; ".join([*parts, "Secure"] if request.url.scheme == "https" else parts)


def session_cookie(token: str, request: Request, base_path: str) -> str:
    """The `Set-Cookie` value with the token; an empty token deletes the cookie.

    `base_path` is the path that the page is mounted at, "" where it is the root.

    `Secure` is set where the page came over https, which a proxy says by `X-Forwarded-Proto`.
    """
    parts = [f"{SESSION_COOKIE}={token}", f"Path={base_path}/", "HttpOnly", "SameSite=Strict"]
    parts.append(f"Max-Age={SESSION_COOKIE_SECONDS if token else 0}")
    if request.url.scheme == "https":
        parts.append("Secure")
    return "; ".join(parts)
