"""Untrusted text made safe to show: one line of plain words, cut to a given length."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORDS = (
    re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL),  # Jinja
    re.compile(r"<[^<>]*>"),  # HTML
    re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|www\.)\S+", re.IGNORECASE),  # addresses
)
_MARKUP = str.maketrans("", "", "`*#<>{}|\\~[]")


def plain_text(text: str, max_length: int) -> str:
    """`text` without control characters, direction marks, markup, addresses and templates, at most `max_length` long.

    Cut at a word where there is one in the last third.
    """
    normal = unicodedata.normalize("NFC", text)
    visible = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in normal)
    visible = "".join(letter for letter in visible if unicodedata.category(letter) not in ("Cf", "Co", "Cs", "Cn"))
    for pattern in _NOT_WORDS:
        visible = pattern.sub(" ", visible)
    return _cut(" ".join(visible.translate(_MARKUP).split()), max_length)


def _cut(text: str, max_length: int) -> str:
    if len(text) <= max_length:
        return text
    last_space = text.rfind(" ", 0, max_length)
    cut = text[: max_length - 1]
    return (text[:last_space] if last_space > max_length * 2 // 3 else cut).rstrip(" ,;.") + "…"
