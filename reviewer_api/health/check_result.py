"""The result of one check of the doctor, printed as one line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """`ok` None: not set up, or only worth knowing."""

    name: str
    ok: bool | None
    message: str
    fix: str = ""

    def __str__(self) -> str:
        sign = {True: "ok  ", False: "BAD ", None: "-   "}[self.ok]
        return f"{sign} {self.name:12} {self.message}" + (f"\n     {'':12} -> {self.fix}" if self.fix else "")
