"""Who a commit is by: a person, or this program."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GitAuthor:
    """A git author; `<`, `>` and line ends are taken out when it is written."""

    name: str
    email: str

    def __str__(self) -> str:
        return self.name


BOT = GitAuthor("Nightshift", "nightshift@localhost")
