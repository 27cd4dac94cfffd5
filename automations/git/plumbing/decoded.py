"""What git objects were decoded to: an object never changes, so each is decoded once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Decoded(Generic[T]):
    """By sha. Its owner lets go of what is past, so that it stays small however long this process runs."""

    def __init__(self) -> None:
        self._by_sha: Mapping[str, T] = {}  # replaced and never changed: another thread may be reading it

    def __len__(self) -> int:
        return len(self._by_sha)

    def find(self, shas: Iterable[str]) -> dict[str, T]:
        """Those of them that were decoded before."""
        known = self._by_sha
        return {sha: known[sha] for sha in shas if sha in known}

    def add(self, new: Mapping[str, T]) -> None:
        self._by_sha = {**self._by_sha, **new}

    def keep_only(self, current: Mapping[str, T]) -> None:
        self._by_sha = dict(current)
