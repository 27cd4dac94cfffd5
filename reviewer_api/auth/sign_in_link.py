"""The sign-in link: valid once, for an hour, created by whoever can read the service's folder."""

from __future__ import annotations

from datetime import timedelta

from reviewer_api.auth.page_address import PageAddress
from reviewer_api.diary.one_time_tokens import SIGN_IN, OneTimeTokens
from reviewer_api.diary.times import utc_now

LINK_LIFETIME = timedelta(hours=1)


async def create_sign_in_link(address: PageAddress, one_time_tokens: OneTimeTokens, port: int) -> str:
    """Its code is in the URL's fragment, which a browser sends to no server and no log records."""
    code = await one_time_tokens.issue(SIGN_IN, "", "", utc_now(), LINK_LIFETIME)
    return f"{address.url(port)}/#code={code}"
