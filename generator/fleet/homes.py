"""Which homes: folders named by a pattern or a manifest, on disk or at any fsspec URL."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from schemas.errors import InputError

HOME_FILE = "home.json"
HISTORY_FILES = ("history.csv.gz", "history.parquet", "history.csv")
HOME_FOLDER_HINT = f"each is a folder with {HOME_FILE} and {HISTORY_FILES[0]}"


@dataclass(frozen=True)
class HomeFolder:
    """One home's folder, an absolute path or a URL; `name` is unique in its run and names its results."""

    name: str
    url: str


@dataclass(frozen=True)
class HomeInputs:
    """A home's files on this machine; `digest` is the SHA-256 of their bytes, in hexadecimal."""

    home: Path
    history: Path
    digest: str


def find_homes(pattern: str) -> list[HomeFolder]:
    """The homes of a manifest (a file, a folder a line) or of a pattern such as `homes/*`, by name.

    Raises InputError where there are none, or the place cannot be read.
    """
    try:
        filesystem, root = fsspec.core.url_to_fs(pattern)
        if fsspec.core.has_magic(root):
            urls = _matching_folders(filesystem, root)
        else:
            urls = _from_manifest(pattern) if filesystem.isfile(root) else _single_folder(filesystem, root)
    except Exception as error:  # each store has errors of its own
        raise InputError(f"The homes at {pattern} cannot be listed ({error}); correct --homes.") from None
    if not urls:
        raise InputError(
            f"No home lies at {pattern}; {HOME_FOLDER_HINT}. Several are named by a pattern such as 'homes/*'."
        )
    return sorted(_name_folders(urls), key=lambda folder: folder.name)


@contextmanager
def fetch_inputs(folder: HomeFolder, scratch: Path | None) -> Iterator[HomeInputs]:
    """The home's files for as long as the block lasts: where they lie, or copied from a store into `scratch`.

    Raises InputError where one is missing.
    """
    filesystem, root = fsspec.core.url_to_fs(folder.url.rstrip("/"))
    if isinstance(filesystem, LocalFileSystem):
        names = [_first_existing(filesystem, root, choice) for choice in ((HOME_FILE,), HISTORY_FILES)]
        yield _inputs_from(Path(root, names[0]), names[1])
        return
    with tempfile.TemporaryDirectory(prefix="nightshift-", dir=scratch) as here:
        names = [_first_existing(filesystem, root, choice) for choice in ((HOME_FILE,), HISTORY_FILES)]
        for name in names:
            filesystem.get_file(f"{root}/{name}", f"{here}/{name}")
        try:
            yield _inputs_from(Path(here, names[0]), names[1])
        except InputError as error:  # a person knows the home's own address, not that of the copy
            raise InputError(str(error).replace(here, folder.url.rstrip("/"))) from None


def _inputs_from(home: Path, history_name: str) -> HomeInputs:
    history = home.with_name(history_name)
    digest = hashlib.sha256(home.read_bytes() + b"\0" + history_name.encode() + b"\0")
    with history.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return HomeInputs(home, history, digest.hexdigest())


def _first_existing(filesystem: Any, root: str, names: tuple[str, ...]) -> str:
    for name in names:
        # Not exists(), which takes a store that does not answer for one that has no such file.
        with suppress(FileNotFoundError):
            filesystem.info(f"{root}/{name}")
            return name
    raise InputError(f"{root} has no {' or '.join(names)}.")


def _matching_folders(filesystem: Any, root: str) -> list[str]:
    """The folders that match. Their contents are not read: a store would need a request for each."""
    matches = filesystem.glob(root.rstrip("/"), detail=True)
    return [_address(filesystem, path) for path, info in matches.items() if info["type"] != "file"]


def _single_folder(filesystem: Any, root: str) -> list[str]:
    return [_address(filesystem, root)] if filesystem.exists(f"{root.rstrip('/')}/{HOME_FILE}") else []


def _from_manifest(url: str) -> list[str]:
    with fsspec.open(url, "rt", encoding="utf-8") as lines:
        named = [line.strip() for line in lines]
    return [
        line if "://" in line else str(Path(line).absolute()) for line in named if line and not line.startswith("#")
    ]


def _address(filesystem: Any, path: str) -> str:
    """An address that is valid from any machine and working folder."""
    return path if isinstance(filesystem, LocalFileSystem) else str(filesystem.unstrip_protocol(path))


def _name_folders(urls: list[str]) -> Iterator[HomeFolder]:
    last = {url: os.path.normpath(url).rsplit("/", 1)[-1].lstrip(".") or "home" for url in urls}
    shared = {name for name, count in Counter(last.values()).items() if count > 1}
    for url, name in last.items():
        suffix = f"-{hashlib.sha256(url.encode()).hexdigest()[:8]}" if name in shared else ""
        yield HomeFolder(name + suffix, url)
