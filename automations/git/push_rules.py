"""What a push may do, by path and over HTTP: git's own settings, and a hook that looks at the name of each ref."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import Final

from automations.files.atomic_write import atomic_write
from automations.git.naming import OTHER_BRANCH, RESERVED_BRANCH, USUAL_BRANCH
from automations.git.plumbing.git_command import GitCommand

log = logging.getLogger(__name__)

SETTINGS: Final[dict[str, tuple[str, ...]]] = {
    "receive.denyNonFastForwards": ("true",),
    "receive.denyDeletes": ("true",),
    "receive.fsckObjects": ("true",),
    # Branches alone: what is hidden from a push cannot be pushed to.
    "receive.hideRefs": ("refs", "!refs/heads"),
    # The hook below, whatever folder of hooks the person who pushes has set.
    "core.hooksPath": ("hooks",),
    "core.logAllRefUpdates": ("true",),
    "gc.auto": ("0",),
}
HOOK: Final = "hooks/update"
_HOOK_TEXT: Final = f"""#!/bin/sh
# Written by Nightshift at every start: a push may move main, suggestions, and branches of plain names.
LC_ALL=C
export LC_ALL
is() {{ printf '%s\\n' "$ref" | grep -Eqx "$@"; }}
ref=$1
is '{USUAL_BRANCH}' && exit 0
is '{OTHER_BRANCH}' && ! is -i '{RESERVED_BRANCH}' && exit 0
echo "Nightshift takes no push to $ref. Push to main, to a suggestion's branch, or to a branch whose name is" >&2
echo "made of letters, digits and - _ . / and begins with none of: HEAD, heads, refs, remotes, suggest, tags." >&2
exit 1
"""


def apply_push_rules(repository: GitCommand) -> None:
    """Also in a repository that was cloned; one that cannot be written stays as it is."""
    listing = repository.git("config", "--local", "--list", "-z").decode("utf-8", "replace")
    current: dict[str, list[str]] = {}
    for key, _, value in (entry.partition("\n") for entry in listing.split("\0") if entry):
        current.setdefault(key.casefold(), []).append(value)
    for key, values in SETTINGS.items():
        if current.get(key.casefold()) != list(values):
            repository.try_git("config", "--local", "--unset-all", key)
            for value in values:
                repository.try_git("config", "--local", "--add", key, value)
    with contextlib.suppress(OSError):
        _write_hook(repository.path / HOOK)


def _write_hook(path: Path) -> None:
    present = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if present != _HOOK_TEXT:
        path.parent.mkdir(exist_ok=True)
        if present and "Nightshift" not in present:
            aside = path.with_name("update.before-nightshift")
            path.replace(aside)
            log.warning("a hook of another's was set aside", extra={"hook": str(path), "now": str(aside)})
        with atomic_write(path, mode=0o755) as file:
            file.write(_HOOK_TEXT.encode())
    if path.stat().st_mode & 0o111 != 0o111:
        path.chmod(0o755)
