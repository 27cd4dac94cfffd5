"""The local token: who can read the service's own folder may sign in."""

from __future__ import annotations

import secrets
from pathlib import Path

from automations.files.atomic_write import atomic_write
from schemas.errors import InputError

MIN_LENGTH = 16
"""Characters; a shorter token could be guessed."""


def local_token(path: Path, configured: str | None) -> str:
    """The `configured` token or else the one in `path`, created at the first start with mode 600.

    Raises InputError where the configured one is too short or the file cannot be written.
    """
    if configured is not None:
        if len(configured) < MIN_LENGTH:
            raise InputError(
                f"LOCAL_TOKEN is shorter than {MIN_LENGTH} characters; choose a longer one or leave it out."
            )
        return configured
    try:
        return _read_token(path) or _create_token(path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The local token {path} cannot be kept ({type(error).__name__}); make its folder writable or set DATA_DIR."
        ) from None


def _read_token(path: Path) -> str | None:
    if not path.exists():
        return None
    path.chmod(0o600)
    text = path.read_text(encoding="utf-8").strip()
    return text if len(text) >= MIN_LENGTH else None


def _create_token(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    token = secrets.token_urlsafe(32)
    with atomic_write(path, mode=0o600) as file:
        file.write(f"{token}\n".encode())
    return token
