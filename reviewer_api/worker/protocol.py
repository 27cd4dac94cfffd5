"""What the service and its worker say to each other: JSON documents over pipes, each after its length.

The service sends one `Setup`, which is answered once the worker is ready. A `Question` is answered by two or three
`Answer`s: main and history are read; the problems; and, where it was asked for, the backtest. After one that says why
there is none, no more come.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from pydantic import TypeAdapter

from schemas.home import AutomationConfig, Home, HomeFile, document_from_home
from schemas.suggestion_files import DraftVerdict

LENGTH: Final = struct.Struct(">I")


@dataclass(frozen=True)
class Setup:
    """Where the worker reads, and which part of the history counts: see INCLUDE and EXCLUDE."""

    repository: Path
    history: Path
    days: int
    include: tuple[str, ...]
    exclude: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A text that would be this automation. `home` and `live` (configs by id) are None where they are as before."""

    yaml: str
    automation_id: str
    with_backtest: bool
    home: Home | None = None
    live: Mapping[str, AutomationConfig] | None = None

    def to_json(self) -> bytes:
        """In ASCII: a person's text may hold half a character (a lone surrogate), which UTF-8 cannot write."""
        home = None if self.home is None else document_from_home(self.home)
        return json.dumps({**vars(self), "home": home}, default=str, skipkeys=True).encode()

    @classmethod
    def from_json(cls, document: bytes) -> Question:
        fields = json.loads(document)
        home = None if fields["home"] is None else HomeFile.model_validate(fields["home"]).to_home()
        return cls(**{**fields, "home": home})


@dataclass(frozen=True)
class Answer:
    """`verdict`, as far as it is known by now; or `refusal`, a sentence for a person; or `failure`, one for the log."""

    verdict: DraftVerdict | None = None
    refusal: str = ""
    is_input_error: bool = False
    """Of the refusal."""
    failure: str = ""

    @property
    def is_last(self) -> bool:
        return bool(self.refusal or self.failure)


SETUP: Final[TypeAdapter[Setup]] = TypeAdapter(Setup)
ANSWER: Final[TypeAdapter[Answer]] = TypeAdapter(Answer)
"""`X.dump_json(value, by_alias=True)` writes it; `X.validate_json(document)` reads it."""


def framed(document: bytes) -> bytes:
    return LENGTH.pack(len(document)) + document


def read_frame(stream: BinaryIO) -> bytes | None:
    """None where the other side has gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    document = stream.read(length)
    return document if len(document) == length else None
