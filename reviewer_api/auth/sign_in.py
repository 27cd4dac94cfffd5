"""Sign-in: sessions in a cookie, the local token, and long-lived tokens of the home's people."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reviewer_api.auth.callers import Caller
from reviewer_api.diary.one_time_tokens import SIGN_IN, Tickets, digest
from reviewer_api.diary.sessions import Role, Session, Sessions
from schemas.errors import NightshiftError, Unreachable

SESSION_LASTS = timedelta(days=30)
RENEWED_AFTER = timedelta(hours=12)
OLD_TOKEN_LASTS = timedelta(seconds=60)
"""Requests that were under way when the token was renewed still carry the old one."""
REMEMBERED_FOR = timedelta(minutes=5)
"""How long Home Assistant's word about a token holds, yes or no: a wrong token asked often could get us banned."""
REMEMBERED = 200


@dataclass(frozen=True)
class Person:
    """Somebody of the home, as Home Assistant knows them."""

    name: str
    admin: bool
    user_id: str = ""

    @property
    def role(self) -> Role:
        return "approver" if self.admin else "reader"


WhoIs = Callable[[str], Awaitable[Person | None]]
"""Asks Home Assistant whose token this is; None where it is nobody's; raises Unreachable."""


class Auth:
    """Sessions live in memory with the diary behind them, so that a request costs no query."""

    def __init__(self, token: str, reviewer: str, sessions: Sessions, tickets: Tickets, who_is: WhoIs | None) -> None:
        self._token = token
        self._reviewer = reviewer
        self._kept = sessions
        self._tickets = tickets
        self._who_is = who_is
        self._sessions: dict[str, Session] = {}
        self._people: dict[str, tuple[datetime, Person | None]] = {}

    async def load(self, now: datetime) -> None:
        """Exactly the sessions of the diary that are still good."""
        await self._kept.drop_expired(now)
        self._sessions = {session.digest: session for session in await self._kept.all()}

    async def look_after(self, now: datetime) -> None:
        """Hear of a `sign-out` from a terminal."""
        if await self._kept.changed_elsewhere():
            await self.load(now)

    async def sign_in(self, secret: str, now: datetime) -> tuple[Session, str] | None:
        """A session and its token for a link's code, the local token or a home's long-lived token; else None.

        Raises Unreachable where only Home Assistant could tell.
        """
        if await self._tickets.use(SIGN_IN, secret, now) is not None:
            return await self.begin(self._reviewer, "approver", now)
        if hmac.compare_digest(secret.encode(), self._token.encode()):
            return await self.begin(self._reviewer, "approver", now)
        person = await self._person(secret, now)
        return await self.begin(person.name, person.role, now, person.user_id) if person else None

    async def begin(self, name: str, role: Role, now: datetime, user_id: str = "") -> tuple[Session, str]:
        token = secrets.token_urlsafe(32)
        session = Session(
            digest=digest(token),
            session_id=secrets.token_hex(8),
            name=name,
            role=role,
            csrf=secrets.token_urlsafe(24),
            renewed=now,
            expires=now + SESSION_LASTS,
            user_id=user_id,
        )
        await self._keep(session)
        return session, token

    def session(self, token: str, now: datetime) -> Session | None:
        found = self._sessions.get(digest(token))
        return found if found and found.expires > now else None

    async def renewed(self, session: Session, now: datetime) -> str | None:
        """A new token for a session whose token has served long enough; the old one soon ends."""
        if now - session.renewed < RENEWED_AFTER or session.expires - now <= OLD_TOKEN_LASTS:
            return None
        token = secrets.token_urlsafe(32)
        await self._keep(replace(session, expires=now + OLD_TOKEN_LASTS))
        await self._keep(replace(session, digest=digest(token), renewed=now, expires=now + SESSION_LASTS))
        return token

    async def sign_out(self, session_id: str) -> None:
        self._sessions = {key: kept for key, kept in self._sessions.items() if kept.session_id != session_id}
        await self._kept.drop(session_id)

    async def keep_to(self, admins: Mapping[str, bool]) -> None:
        """Who is no person of the home any more is signed out, and who is no administrator any more may only look.

        `admins` are the home's active users by id, and whether each is an administrator.
        """
        for session in [one for one in self._sessions.values() if one.user_id]:
            if session.user_id not in admins:
                await self.sign_out(session.session_id)
                continue
            role: Role = "approver" if admins[session.user_id] else "reader"
            if role != session.role:
                await self._keep(replace(session, role=role))

    async def sign_out_everyone(self) -> None:
        self._sessions.clear()
        await self._kept.drop_all()

    async def bearer(self, token: str, now: datetime) -> Caller | None:
        """Whose token it is; raises Unreachable where only Home Assistant could tell and does not answer."""
        if hmac.compare_digest(token.encode(), self._token.encode()):
            return Caller(self._reviewer, "approver", "token")
        person = await self._person(token, now)
        return Caller(person.name, person.role, "home_assistant") if person else None

    async def _person(self, token: str, now: datetime) -> Person | None:
        if self._who_is is None:
            return None
        key = digest(token)
        asked, person = self._people.get(key, (None, None))
        if asked is None or now - asked > REMEMBERED_FOR:
            person = await _asked(self._who_is, token)
            if len(self._people) >= REMEMBERED:
                self._people.clear()
            self._people[key] = (now, person)
        return person

    async def _keep(self, session: Session) -> None:
        self._sessions[session.digest] = session
        await self._kept.keep(session)


async def _asked(who_is: WhoIs, token: str) -> Person | None:
    try:
        return await who_is(token)
    except Unreachable:
        raise
    except NightshiftError:
        return None
