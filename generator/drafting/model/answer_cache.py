"""Cached answers of a model: the same draft is not asked again, so that a card keeps its words."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from automations.files.atomic_write import atomic_write
from schemas.clock import DAY_SECONDS
from schemas.home import AutomationConfig
from schemas.suggestion_files import Exchange

_MAX_AGE_SECONDS: Final = 90 * DAY_SECONDS


@dataclass(frozen=True)
class CachedAnswer:
    """An answer that was accepted, and the exchanges that led to it."""

    answer: str
    exchanges: tuple[Exchange, ...]


_CACHED_ANSWER: TypeAdapter[CachedAnswer] = TypeAdapter(CachedAnswer)


class AnswerCache:
    """One file per answer in `folder`; None: nothing is cached. Losing the cache only means to ask again."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def get(self, key: str) -> CachedAnswer | None:
        if self._folder is None:
            return None
        file = self._folder / f"{key}.json"
        try:
            cached = _CACHED_ANSWER.validate_json(file.read_bytes())
            file.touch()  # still in use
        except (OSError, ValidationError):
            return None
        return cached

    def put(self, key: str, cached: CachedAnswer) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(self._folder / f"{key}.json") as file:
            file.write(_CACHED_ANSWER.dump_json(cached))

    def delete_old(self) -> None:
        """Delete answers that no night has used for three months."""
        files = self._folder.glob("*.json") if self._folder else ()
        for file in files:
            if time.time() - file.stat().st_mtime > _MAX_AGE_SECONDS:
                file.unlink(missing_ok=True)


def cache_key(config: AutomationConfig, language: str, prompt: str, model: str) -> str:
    """Key of a baseline, language, prompt and model. Leaves out the description: its numbers change every night."""
    draft = {key: value for key, value in config.items() if key != "description"}
    text = json.dumps([draft, language, prompt, model], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
