"""Which refs are used: our own, and branches of plain names. All others are left where they are, and named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from automations.git.naming import BACKUP_PREFIX, DEPLOYED_REF, LEDGER_PREFIX

_WORD: Final = "[A-Za-z0-9_][A-Za-z0-9_.+=#@,-]*"
USUAL_BRANCH: Final = f"refs/heads/(main|suggest/{_WORD})"
OTHER_BRANCH: Final = f"refs/heads/{_WORD}(/{_WORD})*"
RESERVED_BRANCH: Final = "refs/heads/((head|refs|heads|tags|remotes|main|suggest)(/.*)?|[0-9a-f]{40})"
"""In any case: what git would take for something else, and what would stand where ours must go."""

_OURS: Final = re.compile(
    f"{LEDGER_PREFIX}[a-z0-9]+|{re.escape(DEPLOYED_REF)}|{BACKUP_PREFIX}[A-Z0-9]+", re.IGNORECASE | re.ASCII
)


def is_plain_branch(ref: str) -> bool:
    """Whether a push may move it; the hook in `push_rules` says the same in shell."""
    if re.fullmatch(USUAL_BRANCH, ref):
        return True
    return bool(re.fullmatch(OTHER_BRANCH, ref)) and not re.fullmatch(RESERVED_BRANCH, ref, re.IGNORECASE)


def unused_refs(refs: Iterable[str]) -> list[str]:
    """Those that are neither ours nor branches of plain names."""
    return [ref for ref in refs if not is_plain_branch(ref) and not _OURS.fullmatch(ref)]
