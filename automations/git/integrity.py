"""Whether the repository can be read: main, every file of it and the packs, and which suggestions cannot."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from automations.git.naming import BRANCH_PREFIX, LEDGER_PREFIX, one_line, unused_refs
from automations.git.plumbing.object_batch import ask_for_objects
from automations.git.refs import list_broken_refs, list_refs
from automations.git.repository import Repository
from schemas.errors import Damaged

LEFT_OUT_FIX: Final = (
    "Bring what cannot be read back from a clone, the remote or a backup; "
    "`git update-ref -d` takes out what is not used."
)
_MAX_NAMES: Final = 5
_DIGEST_BYTES: Final = 20
_CHUNK_BYTES: Final = 2**20


def require_readable(repository: Repository) -> str:
    """The commit of main; Damaged where main, a file of it or a pack cannot be read."""
    main = repository.main_commit()
    files = repository.list_files(main)
    for path, answer in zip(files, ask_for_objects(repository, list(files.values())), strict=True):
        if answer is None:
            raise Damaged(f"{path} on main of {repository.path} is lost; bring it back from a clone or a backup.")
    for index in sorted((repository.path / "objects" / "pack").glob("*.idx")):
        _require_whole_pack(index)
    return main


def notes_on_refs(repository: Repository) -> list[str]:
    """Which refs are left out, in sentences."""
    refs = list_refs(repository)
    suggestions = [ref for ref in refs if ref.startswith((LEDGER_PREFIX, BRANCH_PREFIX))]
    folders = [f"{refs[ref]}^{{tree}}" for ref in suggestions]
    answers = ask_for_objects(repository, folders, leave_out_damaged=True)
    damaged = [ref for ref, answer in zip(suggestions, answers, strict=True) if answer is None]
    damaged += list_broken_refs(repository, refs, LEDGER_PREFIX, BRANCH_PREFIX)
    rows = (("Left out, for they cannot be read", damaged), ("Not used", unused_refs(refs)))
    return [f"{words}: {_names(names)}." for words, names in rows if names]


def _names(refs: Sequence[str]) -> str:
    shown = ", ".join(one_line(ref) for ref in refs[:_MAX_NAMES])
    return shown if len(refs) <= _MAX_NAMES else f"{shown} and {len(refs) - _MAX_NAMES} more"


def _require_whole_pack(index: Path) -> None:
    pack = index.with_suffix(".pack")
    try:
        parts = tuple((path, (stat := path.stat()).st_size, stat.st_mtime_ns) for path in (index, pack))
        is_whole = _is_whole(parts)
    except OSError as error:
        if not index.exists():
            return  # packed anew just now
        raise Damaged(f"{pack} cannot be read ({error.strerror}); bring it back from a clone or a backup.") from None
    if not is_whole:
        raise Damaged(f"{pack} is damaged; bring it back from a clone or a backup.")


@lru_cache(maxsize=64)
def _is_whole(parts: tuple[tuple[Path, int, int], ...]) -> bool:
    """Whether index and pack have the digests that stand at their ends; read once for each time they were written."""
    digests = [_digests(path, size) for path, size, _ in parts]
    return all(found == written for found, written in digests)


def _digests(path: Path, size: int) -> tuple[bytes, bytes]:
    digest, left = hashlib.sha1(usedforsecurity=False), max(0, size - _DIGEST_BYTES)
    with path.open("rb") as file:
        while chunk := file.read(min(left, _CHUNK_BYTES)):
            digest.update(chunk)
            left -= len(chunk)
        return digest.digest(), file.read()
