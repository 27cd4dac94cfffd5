"""The whole rows of a CSV file; torn ones, of a crash or of a file that is being written, are counted."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from automations.history.file_kinds import HEAD_BYTES, encoding_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SEPARATORS: Final = ",;\t"
BLOCK_CHARACTERS: Final = 1 << 18
MAX_ROW_LINES: Final = 5
"""A state in quotes may hold line breaks; more of them are a quote that was never closed."""
MAX_LINE_CHARACTERS: Final = 1 << 20
DAMAGED: Final = (EOFError, gzip.BadGzipFile, zlib.error)
"""What reading raises where a gzipped file ends too early or is broken."""


@dataclass
class TornRows:
    """How many rows were torn, and the line of the first; `damage` is why the file could not be read to its end."""

    count: int = 0
    first_line: int = 0
    damage: str = ""

    def notes(self) -> tuple[str, ...]:
        rows = "1 torn row was" if self.count == 1 else f"{self.count} torn rows were"
        where = f"line {self.first_line}" if self.count == 1 else f"the first is line {self.first_line}"
        torn = (f"{rows} left out ({where}).",) if self.count else ()
        cut = (f"The file is damaged ({self.damage}); what comes before was read.",) if self.damage else ()
        return torn + cut


def read_head(path: Path) -> bytes:
    """The first bytes of its content, unpacked; one of DAMAGED where there are none."""
    with _open_unpacked(path) as file:
        return file.read1(HEAD_BYTES)


def open_text(path: Path, torn: TornRows) -> TextIO:
    """Its content as text, in whichever encoding; what is no text of it becomes U+FFFD."""
    encoding = encoding_of(read_head(path))
    return io.TextIOWrapper(io.BufferedReader(_UntilDamage(path, torn)), encoding=encoding, errors="replace")


def separator_of(header: str) -> str:
    return max(SEPARATORS, key=header.count)


class WholeRows(io.TextIOBase):
    """The rows of `text` below its header as a file that pandas reads.

    A row has from `needed` to `width` fields; more may follow if they are empty. A last line without its line break
    is torn where it ends with field `open_field`, counted from 0, which the rest may belong to.
    """

    def __init__(self, text: TextIO, separator: str, needed: int, width: int, open_field: int, torn: TornRows) -> None:
        self._text, self._separator, self._needed, self._width = text, separator, needed, width
        self._open_field, self._torn = open_field, torn
        self._count_separators = methodcaller("count", separator)
        self._right_counts = frozenset(range(needed - 1, width))
        self._rest, self._line, self._is_at_end = "", 1, False

    def read(self, _size: int | None = -1, /) -> str:
        """The next rows, of whichever length; empty at the end."""
        while not self._is_at_end:
            if rows := self._whole(self._next_lines()):
                return rows + "\n"
        return ""

    def _next_lines(self) -> list[str]:
        block = self._text.read(BLOCK_CHARACTERS)
        self._is_at_end = not block
        lines = (self._rest + block).split("\n")
        self._rest = "" if self._is_at_end else lines.pop()[:MAX_LINE_CHARACTERS]
        return lines

    def _whole(self, lines: list[str]) -> str:
        text = "\n".join(lines)
        is_plain = '"' not in text and "\0" not in text and not self._is_at_end
        if is_plain and self._right_counts.issuperset(map(self._count_separators, lines)):
            self._line += len(lines)
            return text
        return "\n".join(self._pick(lines))

    def _pick(self, lines: list[str]) -> Iterator[str]:
        """The rows that are whole; a row whose quotes may end in the next block waits for it."""
        at = 0
        while at < len(lines):
            row_lines = self._row_lines(lines[at : at + MAX_ROW_LINES])
            if not row_lines and not self._is_at_end and '"' in lines[at] and len(lines) - at < MAX_ROW_LINES:
                self._rest = "\n".join([*lines[at:], self._rest])
                return
            if row_lines:
                yield "\n".join(lines[at : at + row_lines])
            elif lines[at]:
                self._torn.count += 1
                self._torn.first_line = self._torn.first_line or self._line + 1
            at += row_lines or 1
            self._line += row_lines or 1

    def _row_lines(self, lines: list[str]) -> int:
        """How many of these lines the first row takes; 0 where it is torn."""
        is_last = self._is_at_end and len(lines) == 1
        if "\0" in lines[0]:
            return 0
        if '"' not in lines[0]:
            return int(self._is_right(lines[0].split(self._separator), is_last))
        for count in range(1, len(lines) + 1):
            try:
                fields = next(csv.reader(["\n".join(lines[:count])], delimiter=self._separator, strict=True))
            except csv.Error as error:
                if "unexpected end" in str(error):
                    continue
                return 0
            return count if self._is_right(fields, is_last) else 0
        return 0

    def _is_right(self, fields: list[str], is_last: bool) -> bool:
        if is_last and len(fields) == self._open_field + 1 < self._width:
            return False
        return self._needed <= len(fields) and not any(fields[self._width :])


class _UntilDamage(io.RawIOBase):
    """The bytes of a file, which ends where it is damaged."""

    def __init__(self, path: Path, torn: TornRows) -> None:
        self._file, self._torn = _open_unpacked(path), torn

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        into = memoryview(buffer).cast("B")
        try:
            read = self._file.read1(len(into))
        except DAMAGED as error:
            read, self._torn.damage = b"", str(error)
        into[: len(read)] = read
        return len(read)

    def close(self) -> None:
        self._file.close()
        super().close()


def _open_unpacked(path: Path) -> io.BufferedReader | gzip.GzipFile:
    with path.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if is_packed else path.open("rb")
