"""The strike-out: every text that comes from outside passes it before it is stored or shown.

A server may repeat what it was sent, above all in why it refuses it: as it is, quoted for JSON or HTML, percent-encoded
as in an address, or in base64 as in a header. What is kept stays in git for good and may be pushed away.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from pydantic import SecretStr

from schemas.settings import Settings

REDACTED: Final = "[secret]"
_SHORTEST: Final = 8
_LONGEST_WORDS: Final = 20
_WORDS: Final = re.compile(r"(?:[A-Z]?[a-z]+|[A-Z]+)(?:[-_. ](?:[A-Z]?[a-z]+|[A-Z]+))*")


class Secrets:
    """What must not be repeated, found once and struck out anywhere.

    A password that is short or an ordinary word (`kitchen`, or `EMPTY`, as some servers want their key) could be a name
    of the home: `strike` takes it out of sentences where it stands alone, `strike_data` leaves it.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values = frozenset(value for value in values if value)
        ordinary = {value for value in self._values if _is_ordinary(value)}
        forms = {form for value in self._values - ordinary for form in _forms(value)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._forms = [(form, form.encode()) for form in longest_first]
        words = "|".join(re.escape(word) for word in sorted(ordinary, key=len, reverse=True))
        self._ordinary = re.compile(rf"(?<!\w)(?:{words})(?!\w)") if words else None

    @classmethod
    def of(cls, settings: Settings) -> Secrets:
        """All that the settings hold: the secrets themselves, and those that stand in addresses."""
        values = [value for name in type(settings).model_fields if (value := getattr(settings, name)) is not None]
        secrets = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        addresses = [value for value in values if isinstance(value, str) and "://" in value]
        return cls((*secrets, *(part for address in addresses for part in secrets_in(address))))

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(self._values)

    def with_values(self, *values: str | None) -> Secrets:
        return Secrets((*self._values, *(value for value in values if value)))

    def strike(self, text: str) -> str:
        """A sentence for people without any of them."""
        for form, _ in self._forms:
            text = text.replace(form, REDACTED)
        return self._ordinary.sub(REDACTED, text) if self._ordinary else text

    def strike_data(self, document: bytes) -> bytes:
        """A document that is worked with, without those that cannot be anything else."""
        for _, form in self._forms:
            if form in document:
                document = document.replace(form, REDACTED.encode())
        return document

    def strike_answer(self, text: str) -> str:
        """`strike_data` of a document that is text already."""
        return self.strike_data(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def secrets_in(address: str) -> Iterator[str]:
    """What of a web address is secret: its password, a token that stands for its user, values of its query."""
    try:
        parts = urlsplit(address)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        return
    yield password
    yield from (value for value in (user, *(value for _, value in parse_qsl(parts.query))) if not _is_ordinary(value))


def _is_ordinary(value: str) -> bool:
    """Short, or words of letters only: nobody could tell it from other text."""
    return len(value) < _SHORTEST or (len(value) <= _LONGEST_WORDS and _WORDS.fullmatch(value) is not None)


def _forms(value: str) -> Iterator[str]:
    yield value
    quoted = json.dumps(value)[1:-1]
    yield from (quoted, quoted.replace("/", "\\/"), json.dumps(value, ensure_ascii=False)[1:-1], html.escape(value))
    for encoded in (quote(value, safe=""), quote(value), quote_plus(value)):
        yield from (encoded, re.sub("%..", lambda code: code[0].lower(), encoded))
    yield from _base64_forms(value.encode())


def _base64_forms(value: bytes) -> Iterator[str]:
    """Its base64 within a longer text, such as `user:password`: the letters that depend on it alone, for each shift."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + value).decode().rstrip("=")
        start, end = -(-shift * 8 // 6), (shift + len(value)) * 8 // 6
        inner = encoded[start:end]
        yield from (inner, inner.replace("+", "-").replace("/", "_"))
