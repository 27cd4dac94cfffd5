"""Which homes: folders named by a pattern or a manifest, on disk or at any fsspec URL."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import fsspec

from schemas.errors import InputError

HOME = "home.json"
HISTORIES = ("history.csv.gz", "history.parquet", "history.csv")


@dataclass(frozen=True)
class HomeFolder:
    """One home's folder; `name` is unique in its run and names its results."""

    name: str
    url: str


@dataclass(frozen=True)
class Inputs:
    """A home's files on this machine; `key` is the SHA-256 of their bytes, 16 hexadecimal digits."""

    home: Path
    history: Path
    key: str


def find_homes(pattern: str) -> list[HomeFolder]:
    """The homes of a manifest (`.txt`, a folder a line) or of a pattern such as `homes/*`, by name.

    Raises InputError where there are none, or the place cannot be read.
    """
    try:
        urls = _from_manifest(pattern) if pattern.endswith(".txt") else _matching(pattern)
    except (OSError, ImportError, ValueError) as error:
        raise InputError(f"The homes at {pattern} cannot be listed ({error}); correct --homes.") from None
    if not urls:
        raise InputError(f"No home lies at {pattern}; each is a folder with {HOME} and {HISTORIES[0]}.")
    return sorted(_named(urls), key=lambda folder: folder.name)


@contextmanager
def fetched(folder: HomeFolder) -> Iterator[Inputs]:
    """The home's files, copied here for as long as the block lasts; InputError where one is missing."""
    with tempfile.TemporaryDirectory(prefix="nightshift-") as here:
        home = _fetch(folder, (HOME,), Path(here))
        history = _fetch(folder, HISTORIES, Path(here))
        digest = hashlib.sha256(home.read_bytes() + b"\0" + history.name.encode() + b"\0" + history.read_bytes())
        yield Inputs(home, history, digest.hexdigest()[:16])


def _fetch(folder: HomeFolder, names: tuple[str, ...], here: Path) -> Path:
    filesystem, root = fsspec.core.url_to_fs(folder.url)
    for name in names:
        place = f"{root.rstrip('/')}/{name}"
        if filesystem.exists(place):
            filesystem.get_file(place, str(here / name))
            return here / name
    raise InputError(f"{folder.url} has no {' or '.join(names)}.")


def _matching(pattern: str) -> list[str]:
    filesystem, root = fsspec.core.url_to_fs(pattern)
    found = filesystem.glob(f"{root.rstrip('/')}/{HOME}")
    return [filesystem.unstrip_protocol(str(path).rsplit("/", 1)[0]) for path in found]


def _from_manifest(url: str) -> list[str]:
    with fsspec.open(url, "rt", encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _named(urls: list[str]) -> Iterator[HomeFolder]:
    last = [url.rstrip("/").rsplit("/", 1)[-1] for url in urls]
    shared = {name for name, count in Counter(last).items() if count > 1}
    for url, name in zip(urls, last, strict=True):
        suffix = f"-{hashlib.sha256(url.encode()).hexdigest()[:8]}" if name in shared else ""
        yield HomeFolder(name + suffix, url)
