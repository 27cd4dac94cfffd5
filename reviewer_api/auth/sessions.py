"""Sign-in: sessions in a cookie, the local token, and long-lived tokens of the home's users."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reviewer_api.auth.caller import Caller
from reviewer_api.diary.one_time_tokens import SIGN_IN, OneTimeTokens, digest
from reviewer_api.diary.sessions import Role, Session, Sessions
from schemas.errors import NightshiftError, Unreachable

SESSION_LIFETIME = timedelta(days=30)
RENEW_AFTER = timedelta(hours=12)
OLD_TOKEN_LIFETIME = timedelta(seconds=60)
"""Requests that were under way when the token was renewed still carry the old one."""
USER_CACHE_LIFETIME = timedelta(minutes=5)
"""How long Home Assistant's answer about a token is cached, yes or no: asking often for a wrong one could ban us."""
MAX_CACHED_USERS = 200


@dataclass(frozen=True)
class HomeUser:
    """A user of the home, as Home Assistant knows them."""

    name: str
    is_admin: bool
    user_id: str = ""

    @property
    def role(self) -> Role:
        return "approver" if self.is_admin else "reader"


UserLookup = Callable[[str], Awaitable[HomeUser | None]]
"""Asks Home Assistant whose token this is; None where it is nobody's; raises Unreachable."""


class Auth:
    """Sessions are in memory and stored in the diary, so that a request costs no query."""

    def __init__(
        self,
        token: str,
        reviewer: str,
        sessions: Sessions,
        one_time_tokens: OneTimeTokens,
        look_up_user: UserLookup | None,
    ) -> None:
        self._token = token
        self._reviewer = reviewer
        self._session_store = sessions
        self._one_time_tokens = one_time_tokens
        self._look_up_user = look_up_user
        self._sessions: dict[str, Session] = {}
        self._user_cache: dict[str, tuple[datetime, HomeUser | None]] = {}

    async def load(self, now: datetime) -> None:
        """Load the sessions of the diary that have not expired, and forget all others."""
        await self._session_store.drop_expired(now)
        self._sessions = {session.digest: session for session in await self._session_store.all()}

    async def reload_if_changed(self, now: datetime) -> None:
        """Reload the sessions where another process wrote to the diary, such as the command `sign-out`."""
        if await self._session_store.changed_elsewhere():
            await self.load(now)

    async def sign_in_here(self, secret: str, now: datetime) -> tuple[Session, str] | None:
        """A session and its token for a link's code or the local token, which nobody else must be asked about."""
        if await self._one_time_tokens.redeem(SIGN_IN, secret, now) is None and not self._is_local_token(secret):
            return None
        return await self.begin_session(self._reviewer, "approver", now)

    async def sign_in_by_home(self, secret: str, now: datetime) -> tuple[Session, str] | None:
        """A session and its token for a user's long-lived token; Unreachable where the home does not answer."""
        user = await self._cached_user(secret, now)
        return await self.begin_session(user.name, user.role, now, user.user_id) if user else None

    async def begin_session(self, name: str, role: Role, now: datetime, user_id: str = "") -> tuple[Session, str]:
        token = secrets.token_urlsafe(32)
        session = Session(
            digest=digest(token),
            session_id=secrets.token_hex(8),
            name=name,
            role=role,
            csrf=secrets.token_urlsafe(24),
            renewed=now,
            expires=now + SESSION_LIFETIME,
            user_id=user_id,
        )
        await self._save(session)
        return session, token

    def session(self, token: str, now: datetime) -> Session | None:
        session = self._sessions.get(digest(token))
        return session if session and session.expires > now else None

    async def renew(self, session: Session, now: datetime) -> str | None:
        """A new token once the present one is older than RENEW_AFTER, else None; the old one soon expires."""
        if now - session.renewed < RENEW_AFTER or session.expires - now <= OLD_TOKEN_LIFETIME:
            return None
        token = secrets.token_urlsafe(32)
        await self._save(replace(session, expires=now + OLD_TOKEN_LIFETIME))
        await self._save(replace(session, digest=digest(token), renewed=now, expires=now + SESSION_LIFETIME))
        return token

    async def sign_out(self, session_id: str) -> None:
        self._sessions = {key: session for key, session in self._sessions.items() if session.session_id != session_id}
        await self._session_store.drop(session_id)

    async def apply_home_users(self, admins: Mapping[str, bool]) -> None:
        """Sign out who is no user of the home any more, and give every other session the role that its user has now.

        `admins` are the home's active users by id, and whether each is an administrator.
        """
        for session in [one for one in self._sessions.values() if one.user_id]:
            if session.user_id not in admins:
                await self.sign_out(session.session_id)
                continue
            role: Role = "approver" if admins[session.user_id] else "reader"
            if role != session.role:
                await self._save(replace(session, role=role))

    def known_caller(self, token: str, now: datetime) -> Caller | None:
        """Whose token it is, where that is known without asking anybody: ours, or one of which the home told lately."""
        if self._is_local_token(token):
            return Caller(self._reviewer, "approver", "token")
        asked_at, user = self._user_cache.get(digest(token), (now, None))
        is_fresh = abs(now - asked_at) <= USER_CACHE_LIFETIME
        return Caller(user.name, user.role, "home_assistant") if user and is_fresh else None

    async def caller_from_home(self, token: str, now: datetime) -> Caller | None:
        """Whose token it is; raises Unreachable where Home Assistant does not answer."""
        user = await self._cached_user(token, now)
        return Caller(user.name, user.role, "home_assistant") if user else None

    def _is_local_token(self, secret: str) -> bool:
        return hmac.compare_digest(secret.encode(), self._token.encode())

    async def _cached_user(self, token: str, now: datetime) -> HomeUser | None:
        if self._look_up_user is None:
            return None
        key = digest(token)
        asked_at, user = self._user_cache.get(key, (None, None))
        if asked_at is None or abs(now - asked_at) > USER_CACHE_LIFETIME:
            user = await _look_up_user(self._look_up_user, token)
            if len(self._user_cache) >= MAX_CACHED_USERS:
                self._user_cache.clear()
            self._user_cache[key] = (now, user)
        return user

    async def _save(self, session: Session) -> None:
        self._sessions[session.digest] = session
        await self._session_store.save(session)


async def _look_up_user(look_up_user: UserLookup, token: str) -> HomeUser | None:
    try:
        return await look_up_user(token)
    except Unreachable:
        raise
    except NightshiftError:
        return None
