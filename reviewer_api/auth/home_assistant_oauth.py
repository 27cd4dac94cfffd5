"""Sign-in by Home Assistant's own page: OAuth 2 with the authorization code, as its frontend does it.

Home Assistant has no list of clients: a client is the address of its page, and answers go only to that host.
We keep none of its tokens; who the person is and whether they are an administrator is all we ask.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from automations.http.client import HttpClient
from reviewer_api.auth.sign_in import Person, WhoIs
from reviewer_api.diary.one_time_tokens import HOME_ASSISTANT, Tickets, digest
from schemas.errors import Unauthorized, Unreachable

LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class HomeSignIn:
    """`url` is where we reach Home Assistant, `public_url` where a browser does."""

    url: str
    public_url: str
    tickets: Tickets
    who_is: WhoIs

    async def begin(self, page: str, now: datetime) -> tuple[str, str]:
        """Where the browser goes to, and the nonce that it must bring back; `page` is our own address with a `/`."""
        nonce = secrets.token_urlsafe(24)
        state = await self.tickets.issue(HOME_ASSISTANT, "", digest(nonce), now, LASTS)
        question = {"response_type": "code", "client_id": page, "redirect_uri": way_back(page), "state": state}
        return f"{self.public_url.rstrip('/')}/auth/authorize?{urlencode(question)}", nonce

    async def finish(self, page: str, code: str, state: str, nonce: str, now: datetime) -> Person | None:
        """Who signed in; None where the answer is not to a question of this browser, is late or is refused.

        Raises Unreachable where Home Assistant does not answer.
        """
        asked = await self.tickets.use(HOME_ASSISTANT, state, now)
        if asked is None or not hmac.compare_digest(asked, digest(nonce)):
            return None
        async with HttpClient("Home Assistant", "HA_URL", self.url) as site:
            tokens = await _tokens(site, {"grant_type": "authorization_code", "code": code, "client_id": page})
            if tokens is None:
                return None
            access, refresh = tokens
            try:
                return await self.who_is(access)
            except Unauthorized:
                return None
            finally:
                await site.request("POST", "/auth/revoke", form={"token": refresh})


def way_back(page: str) -> str:
    return f"{page}api/sign-in/home-assistant/back"


async def _tokens(site: HttpClient, question: dict[str, str]) -> tuple[str, str] | None:
    """Access and refresh token; None where the code is wrong, used or late."""
    try:
        answer = await site.request("POST", "/auth/token", form=question)
    except Unauthorized:
        return None
    if answer.status == 400:
        return None
    try:
        tokens = answer.json()
        return str(tokens["access_token"]), str(tokens["refresh_token"])
    except (KeyError, TypeError):
        raise Unreachable("Home Assistant's sign-in gave no token; check HA_URL.") from None
