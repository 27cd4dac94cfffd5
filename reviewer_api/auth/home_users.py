"""The home's people, as Home Assistant tells them: who is there, and who is an administrator."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from automations.home_assistant.client import HomeAssistant
from schemas.errors import NightshiftError

log = logging.getLogger(__name__)
ADMIN_GROUP = "system-admin"


class HomeUsers:
    """As last told by the home. A user id is `in` it whose person is an administrator; whoever is not may read."""

    def __init__(self, url: str, token: str, on_refresh: Callable[[Mapping[str, bool]], Awaitable[None]]) -> None:
        self._url, self._token, self._on_refresh = url, token, on_refresh
        self._admins: dict[str, bool] = {}

    def __contains__(self, user_id: object) -> bool:
        return isinstance(user_id, str) and self._admins.get(user_id, False)

    async def refresh(self) -> None:
        """What was known stays where the home does not answer; that proves nothing about anybody."""
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
        await self._on_refresh(self._admins)
