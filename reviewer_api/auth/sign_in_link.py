"""The sign-in link: valid once, for an hour, created by whoever can read the service's folder."""

from __future__ import annotations

from datetime import timedelta

from reviewer_api.diary import Diary
from reviewer_api.diary.one_time_tokens import SIGN_IN
from reviewer_api.diary.times import utc_now
from schemas.settings import Settings

LINK_LIFETIME = timedelta(hours=1)


async def create_sign_in_link(settings: Settings, diary: Diary, port: int) -> str:
    """Its code is in the URL's fragment, which a browser sends to no server and no log records."""
    code = await diary.one_time_tokens.issue(SIGN_IN, "", "", utc_now(), LINK_LIFETIME)
    return f"{_page_url(settings, port)}/#code={code}"


def _page_url(settings: Settings, port: int) -> str:
    """The URL at which a person opens the page, without a closing slash."""
    if settings.PUBLIC_URL:
        return settings.PUBLIC_URL.rstrip("/")
    all_interfaces = settings.HOST in ("", "0.0.0.0", "::")  # noqa: S104 - only compared
    host = "127.0.0.1" if all_interfaces else f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    return f"http://{host}:{port}{settings.BASE_PATH.rstrip('/')}"
