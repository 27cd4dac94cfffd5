"""The users of the home, as Home Assistant lists them, and which of them are administrators."""

from __future__ import annotations

import logging

from automations.home_assistant.client import HomeAssistant
from reviewer_api.auth.sessions import Auth
from schemas.errors import NightshiftError

log = logging.getLogger(__name__)
ADMIN_GROUP = "system-admin"


class HomeUsers:
    """As the home last listed them. The ids of administrators are `in` it; every other user may only read.

    Their sessions in `auth` follow.
    """

    def __init__(self, url: str, token: str, auth: Auth) -> None:
        self._url, self._token, self._auth = url, token, auth
        self._admins: dict[str, bool] = {}

    def __contains__(self, user_id: object) -> bool:
        return isinstance(user_id, str) and self._admins.get(user_id, False)

    async def refresh(self) -> None:
        """Where the home does not answer the last list stays: a failure says nothing about any user."""
        try:
            async with HomeAssistant(self._url, self._token) as home:
                users = await home.send_command("config/auth/list")
        except NightshiftError as error:
            log.warning("the home's people could not be asked", extra={"why": str(error)})
            return
        self._admins = {
            user["id"]: bool(user.get("is_owner") or ADMIN_GROUP in user["group_ids"])
            for user in users
            if user.get("is_active")
        }
        await self._auth.apply_home_users(self._admins)
