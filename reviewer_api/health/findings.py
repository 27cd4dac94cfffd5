"""What the doctor found: one line each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`ok` None: not set up, or only worth knowing."""

    name: str
    ok: bool | None
    words: str
    mend: str = ""

    def __str__(self) -> str:
        sign = {True: "ok  ", False: "BAD ", None: "-   "}[self.ok]
        return f"{sign} {self.name:12} {self.words}" + (f"\n     {'':12} -> {self.mend}" if self.mend else "")
