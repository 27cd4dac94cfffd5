"""Backup and restore: the repository as a git bundle, and the settings without their secrets, in one tar file.

The bundle holds every ref: main, the branches, the ledgers (so nothing declined comes back) and the deployed chain (so
nothing in the home is taken for somebody else's). The diary is rebuilt from it; the history is read again.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from automations.files.atomic_write import atomic_write
from automations.git.repository import Repository
from automations.http.client import without_credentials
from automations.open.repository import STARTER_FOLDER
from reviewer_api.diary.times import utc_now
from schemas.errors import InputError, NightshiftError
from schemas.settings import SECRETS, Settings

BUNDLE: Final = "automations.bundle"
SETTINGS: Final = "settings.env"
MACHINE_SETTINGS: Final = frozenset({"AUTOMATIONS_REPO", "DATA_DIR", "HOST", "PORT"})
"""Settings that belong to a machine rather than to a home."""


def back_up(settings: Settings, target: Path) -> None:
    """Write `target`; InputError where it exists already or cannot be written. The file appears whole or not at all."""
    if target.exists():
        raise InputError(f"{target} exists already; name another file, so that no older backup is lost.")
    repository = Repository(settings.AUTOMATIONS_REPO)
    try:
        with tempfile.TemporaryDirectory(prefix="nightshift-") as folder:
            bundle = Path(folder) / BUNDLE
            repository.git("bundle", "create", "--quiet", str(bundle), "--all")
            with atomic_write(target, mode=0o600) as file, tarfile.open(fileobj=file, mode="w") as tar:
                tar.add(bundle, BUNDLE)
                _add_text(tar, SETTINGS, _env_from_settings(settings))
    except OSError as error:
        raise InputError(f"{target} cannot be written ({error.strerror}); choose a folder that is writable.") from None


def restore(settings: Settings, source: Path) -> str:
    """Create AUTOMATIONS_REPO from the backup and return its settings as NAME=value lines.

    InputError where the file is no backup, or where a repository is there already: that one is never overwritten.
    """
    repository_path = settings.AUTOMATIONS_REPO
    if repository_path.exists() and any(repository_path.iterdir()):
        raise InputError(
            f"{repository_path} is there already; move it away first, so that a restore can overwrite nothing."
        )
    with tempfile.TemporaryDirectory(prefix="nightshift-", dir=_ensure_parent(repository_path)) as folder:
        bundle, text = _unpack(source, Path(folder))
        staged = Path(folder) / "automations.git"
        repository = Repository.open_or_create(staged, STARTER_FOLDER, utc_now())
        try:
            repository.git("bundle", "unbundle", str(bundle))
            repository.git("fetch", "--quiet", "--force", "--prune", str(bundle), "+refs/*:refs/*")
            repository.git("fsck", "--connectivity-only")
        except NightshiftError as error:
            raise InputError(f"{source} holds a bundle that git refuses: {error}") from None
        staged.replace(repository_path)
    return text


def _env_from_settings(settings: Settings) -> str:
    """The settings that differ from their defaults, as .env lines; secrets are only named, to be set by hand."""
    lines = []
    for name, value in settings:
        if name in SECRETS:
            lines += [f"# {name}= was set; set it again, it is in no backup"] if value else []
        elif name not in MACHINE_SETTINGS and value is not None and value != type(settings).model_fields[name].default:
            lines += _setting_lines(name, ",".join(value) if isinstance(value, tuple) else str(value))
    return "".join(f"{line}\n" for line in lines)


def _setting_lines(name: str, value: str) -> list[str]:
    """A URL with credentials, such as a remote's, is written without them."""
    if "://" not in value or "@" not in value:
        return [f"{name}={value}"]
    return [f"# {name} had a user and password in it; write them again", f"{name}={without_credentials(value)}"]


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(text.encode()), 0o600
    tar.addfile(entry, io.BytesIO(text.encode()))


def _unpack(source: Path, folder: Path) -> tuple[Path, str]:
    """The bundle as a file in `folder`, and the settings; nothing else of the tar is read."""
    try:
        with tarfile.open(source, "r:") as tar:
            bundle, env = tar.extractfile(BUNDLE), tar.extractfile(SETTINGS)
            if bundle is None or env is None:
                raise KeyError(BUNDLE)
            (folder / BUNDLE).write_bytes(bundle.read())
            return folder / BUNDLE, env.read().decode()
    except (OSError, KeyError, tarfile.TarError, UnicodeDecodeError) as error:
        why = type(error).__name__
        raise InputError(f"{source} is no backup of Nightshift ({why}); name a file that `backup` wrote.") from None


def _ensure_parent(path: Path) -> Path:
    """Its folder, created where needed: staging beside the target makes the last step a rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.parent.resolve()
