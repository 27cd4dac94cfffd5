"""What can go wrong, by what the caller should do about it.

NightshiftError            a sentence for a person: what, where, how to fix it (exit code 1)
|- UsageError              the command was used wrongly (exit code 2)
|- AlreadyRunning          another process does this very work (exit code 3)
|- InputError              a file or an answer is not what it should be; fix it and run again
|- Unreachable             nobody answered, or not in time: it proves nothing, try later
|  `- WrongServerError     something else answered, or its certificate is not trusted: fix the address or its TLS
|- Unauthorized            the token or password was refused: never retried by itself
|- Damaged                 the repository cannot be read in one place: bring that object back
|- Refused                 the other side understood and said no, in its own words
`- StaleError              what was seen has changed since: look again and decide again
"""

from __future__ import annotations


class NightshiftError(Exception):
    """A sentence for a person; `exit_code` is what a command line program ends with."""

    exit_code = 1


class UsageError(NightshiftError):
    """The command was used wrongly."""

    exit_code = 2


class AlreadyRunning(NightshiftError):
    """Another process does this very work."""

    exit_code = 3


class InputError(NightshiftError):
    """A file, a setting or an answer is not what it should be."""


class Unreachable(NightshiftError):
    """Nobody answered, or not in time, or not sensibly: it proves nothing about the other side's state."""


class WrongServerError(Unreachable):
    """Something else than the service answered (a login page, a proxy's page, another server): retrying is no help."""


class Unauthorized(NightshiftError):
    """The token or password was refused; trying again by itself could get us banned."""


class Damaged(NightshiftError):
    """An object of the repository cannot be read; the rest of it can."""


class Refused(NightshiftError):
    """The other side understood the request and refused it; the message quotes its words."""


class StaleError(NightshiftError):
    """What the caller saw has changed since; nothing was done."""
