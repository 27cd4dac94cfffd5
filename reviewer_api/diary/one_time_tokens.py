"""One-time tokens that expire: sign-in links, OAuth states and answers from a phone. Only digests are stored."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

import aiosqlite

from reviewer_api.diary.times import iso_from_datetime

SIGN_IN = "sign-in"
PHONE = "phone"
HOME_ASSISTANT = "home-assistant"
"""Purposes."""


def digest(secret: str) -> str:
    """SHA-256 in hex; enough for secrets of 128 random bits or more, which all of ours are."""
    return sha256(secret.encode()).hexdigest()


class OneTimeTokens:
    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    async def issue(self, purpose: str, subject: str, payload: str, now: datetime, lifetime: timedelta) -> str:
        """A new secret that may be redeemed once, for `purpose`; `redeem` then returns `payload`.

        Where `subject` is not empty, older secrets for the same purpose and subject end.
        """
        secret = secrets.token_urlsafe(24)
        await self._database.execute(
            "DELETE FROM tickets WHERE expires < ?1 OR (?3 != '' AND purpose = ?2 AND about = ?3)",
            (iso_from_datetime(now), purpose, subject),
        )
        await self._database.execute(
            "INSERT INTO tickets VALUES (?, ?, ?, ?, ?)",
            (digest(secret), purpose, subject, payload, iso_from_datetime(now + lifetime)),
        )
        return secret

    async def redeem(self, purpose: str, secret: str, now: datetime) -> str | None:
        """Its payload, once; None where the secret is unknown, used, expired or for another purpose."""
        query = "DELETE FROM tickets WHERE digest = ? AND purpose = ? AND expires >= ? RETURNING holds"
        async with self._database.execute(query, (digest(secret), purpose, iso_from_datetime(now))) as cursor:
            row = await cursor.fetchone()
        return row[0] if row else None
