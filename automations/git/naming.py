"""Names of branches and files, and commit messages with trailers: all text in them is one clean line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

BRANCH_PREFIX = "refs/heads/suggest/"
LEDGER_PREFIX = "refs/suggestions/"
DEPLOYED_REF = "refs/deployed/home"
BACKUP_PREFIX = "refs/backup/"

_WORD: Final = "[A-Za-z0-9_][A-Za-z0-9_.+=#@,-]*"
USUAL_BRANCH: Final = f"refs/heads/(main|suggest/{_WORD})"
OTHER_BRANCH: Final = f"refs/heads/{_WORD}(/{_WORD})*"
RESERVED_BRANCH: Final = "refs/heads/((head|refs|heads|tags|remotes|main|suggest)(/.*)?|[0-9a-f]{40})"
"""In any case: what git would take for something else, and what would stand where ours must go."""

_OURS: Final = re.compile(
    f"{LEDGER_PREFIX}[a-z0-9]+|{re.escape(DEPLOYED_REF)}|{BACKUP_PREFIX}[A-Z0-9]+", re.IGNORECASE | re.ASCII
)
_TRAILER = re.compile(r"^([A-Za-z][A-Za-z0-9-]*): (.*)$")


def is_plain_branch(ref: str) -> bool:
    """Whether a push may move it; the hook in `push_rules` says the same in shell."""
    if re.fullmatch(USUAL_BRANCH, ref):
        return True
    return bool(re.fullmatch(OTHER_BRANCH, ref)) and not re.fullmatch(RESERVED_BRANCH, ref, re.IGNORECASE)


def unused_refs(refs: Iterable[str]) -> list[str]:
    """Those that are neither ours nor branches of plain names."""
    return [ref for ref in refs if not is_plain_branch(ref) and not _OURS.fullmatch(ref)]


def slugify(text: str, max_length: int = 48) -> str:
    """Lower-case ASCII words joined by `_`, unicode normalised; "habit" where nothing is left."""
    ascii_text = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", ascii_text).strip("_")
    return words[:max_length].strip("_") or "habit"


def automation_id_from_habit(habit_id: str) -> str:
    return f"nightshift_{habit_id}"


def file_path(area_id: str | None, title: str, habit_id: str) -> str:
    """`<area>/<slug>-<first 8 of id>.yaml`; fixed when first committed."""
    return f"{slugify(area_id) if area_id else 'no_area'}/{slugify(title)}-{habit_id[:8]}.yaml"


def branch_ref(title: str, habit_id: str) -> str:
    return f"{BRANCH_PREFIX}{slugify(title)}-{habit_id[:8]}"


def ledger_ref(habit_id: str) -> str:
    return f"{LEDGER_PREFIX}{habit_id}"


def one_line(text: str, max_length: int = 500) -> str:
    """Text on one line without control characters, so that it cannot add a trailer."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:max_length]


def commit_message(subject: str, body: str, trailers: Mapping[str, object]) -> str:
    """A commit message; trailers with an empty value are left out."""
    lines = [f"{key}: {one_line(str(value), 4000)}" for key, value in trailers.items() if value not in (None, "")]
    paragraphs = [one_line(subject, 200), _indent_trailer_lines(body), "\n".join(lines)]
    return "\n\n".join(part for part in paragraphs if part) + "\n"


def trailers_from_message(message: str) -> dict[str, str]:
    """The trailers of a commit message: the `Key: value` lines of its last paragraph."""
    last = message.rstrip("\n").rsplit("\n\n", 1)[-1]
    return {m[1]: m[2] for line in last.splitlines() if (m := _TRAILER.match(line))}


def _indent_trailer_lines(text: str) -> str:
    """Free text that cannot end in lines that look like trailers: they are indented."""
    lines = ("".join(c for c in line if c.isprintable()) for line in text.strip().splitlines())
    return "\n".join(f"  {line}" if _TRAILER.match(line) else line for line in lines)
