"""Sign-in by Home Assistant's own page: the OAuth 2 authorization code flow, as its frontend does it.

Home Assistant has no list of clients: a client is the address of its page, and redirects go only to that host.
We keep none of its tokens; who the person is and whether they are an administrator is all we ask.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from automations.http.client import HttpClient
from reviewer_api.auth.sessions import HomeUser, UserLookup
from reviewer_api.diary.one_time_tokens import HOME_ASSISTANT, OneTimeTokens, digest
from schemas.errors import Unauthorized, Unreachable
from schemas.secrets import Secrets

STATE_LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True)
class HomeAssistantOAuth:
    """`url` is where we reach Home Assistant, `public_url` where a browser does."""

    url: str
    public_url: str
    one_time_tokens: OneTimeTokens
    look_up_user: UserLookup
    struck_out: Secrets | None = None

    async def begin(self, page_url: str, now: datetime) -> tuple[str, str]:
        """The URL to redirect the browser to, and the nonce that it must bring back; `page_url` ends in `/`."""
        nonce = secrets.token_urlsafe(24)
        state = await self.one_time_tokens.issue(HOME_ASSISTANT, "", digest(nonce), now, STATE_LIFETIME)
        parameters = {
            "response_type": "code",
            "client_id": page_url,
            "redirect_uri": redirect_uri(page_url),
            "state": state,
        }
        return f"{self.public_url.rstrip('/')}/auth/authorize?{urlencode(parameters)}", nonce

    async def finish(self, page_url: str, code: str, state: str, nonce: str, now: datetime) -> HomeUser | None:
        """Who signed in; None where `state` is not of this browser, is expired, or the code is refused.

        Raises Unreachable where Home Assistant does not answer.
        """
        nonce_digest = await self.one_time_tokens.redeem(HOME_ASSISTANT, state, now)
        if nonce_digest is None or not hmac.compare_digest(nonce_digest, digest(nonce)):
            return None
        async with HttpClient("Home Assistant", "HA_URL", self.url, secrets=self.struck_out) as site:
            tokens = await _exchange_code(
                site, {"grant_type": "authorization_code", "code": code, "client_id": page_url}
            )
            if tokens is None:
                return None
            access, refresh = tokens
            try:
                return await self.look_up_user(access)
            except Unauthorized:
                return None
            finally:
                await site.request("POST", "/auth/revoke", form={"token": refresh})


def redirect_uri(page_url: str) -> str:
    return f"{page_url}api/sign-in/home-assistant/back"


async def _exchange_code(site: HttpClient, form: dict[str, str]) -> tuple[str, str] | None:
    """Access and refresh token; None where the code is wrong, used or expired."""
    try:
        response = await site.request("POST", "/auth/token", form=form)
    except Unauthorized:
        return None
    if response.status == 400:
        return None
    try:
        tokens = response.json()
        return str(tokens["access_token"]), str(tokens["refresh_token"])
    except (KeyError, TypeError):
        raise Unreachable("Home Assistant's sign-in gave no token; check HA_URL.") from None
