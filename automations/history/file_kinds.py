"""What a file that is no history seems to be, from its first bytes."""

from __future__ import annotations

from typing import Final

HEAD_BYTES: Final = 4096

_LETTERS: Final = 40
"""As many bytes of a table's header are Latin letters."""
_BY_FIRST_BYTES: Final = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook: unpack it, or save its sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook: save its sheet as CSV"),
    (
        b"SQLite format 3\0",
        "an SQLite database: Home Assistant's is read with HISTORY_SOURCE=recorder",
    ),
    (b"7z\xbc\xaf", "a 7z archive: unpack it"),
    (b"Rar!", "a rar archive: unpack it"),
    (b"BZh", "packed with bzip2: unpack it"),
    (b"\xfd7zXZ", "packed with xz: unpack it"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd: unpack it"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x7fELF", "a program"),
    (b"version https://git-lfs", "a pointer of Git LFS: fetch the file itself with `git lfs pull`"),
)
_BY_FIRST_LETTERS: Final = (
    ("<!doctype html", "a web page (HTML), perhaps of a sign-in in place of the file"),
    ("<html", "a web page (HTML), perhaps of a sign-in in place of the file"),
    ("<", "XML"),
    ("{", "JSON"),
    ("[", "JSON"),
    ("- ", "YAML"),
    ("---", "YAML"),
)


def encoding_of(head: bytes) -> str:
    """UTF-16 by its mark or, without one, by the zeros between Latin letters; else UTF-8."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    even, odd = head[:_LETTERS:2], head[1:_LETTERS:2]
    if odd and not any(odd) and all(even):
        return "utf-16-le"
    if odd and not any(even) and all(odd):
        return "utf-16-be"
    return "utf-8-sig"


def other_kind(head: bytes) -> str | None:
    """In words, with the way out where there is one; None where it may be a table."""
    kind = next((words for start, words in _BY_FIRST_BYTES if head.startswith(start)), None)
    if kind is not None:
        return kind
    if head[257:262] == b"ustar":
        return "a tar archive: unpack it"
    text = head.decode(encoding_of(head), errors="replace").lstrip("\ufeff \t\r\n").lower()
    if not text:
        return "empty"
    if "\0" in text.partition("\n")[0]:
        return "binary, not UTF-8 text"
    return next((words for start, words in _BY_FIRST_LETTERS if text.startswith(start)), None)
