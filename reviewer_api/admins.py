"""Who of the home's people is an administrator; asked only where Home Assistant's ingress brings them."""

from __future__ import annotations

import logging

from automations.home.client import HomeAssistant
from schemas.errors import NightshiftError

log = logging.getLogger(__name__)
GROUP = "system-admin"


class Admins:
    """User ids, as last told by the home; whoever is not among them may read."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._ids: frozenset[str] = frozenset()

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._ids

    async def refresh(self) -> None:
        """What was known stays where the home does not answer."""
        try:
            async with HomeAssistant(self._url, self._token) as home:
                users = await home.ask("config/auth/list")
        except NightshiftError as error:
            log.warning("the home's administrators could not be asked", extra={"why": str(error)})
            return
        self._ids = frozenset(
            user["id"]
            for user in users
            if user.get("is_active") and (user.get("is_owner") or GROUP in user["group_ids"])
        )
