"""The JSON text of a config, cached: checks use it as their cache key."""

from __future__ import annotations

import json
from typing import Final

from schemas.home import AutomationConfig

_MAX_ENTRIES: Final = 4096
_TEXT_BY_ID: Final[dict[int, tuple[AutomationConfig, str]]] = {}
"""By identity, each with its config, so that no other object can take its place meanwhile."""


def cached_json(config: AutomationConfig) -> str:
    """The config as JSON, made once for each object; a config must not be changed after it was read."""
    entry = _TEXT_BY_ID.get(id(config))
    if entry is not None and entry[0] is config:
        return entry[1]
    text = json.dumps(config, default=str, skipkeys=True)
    if len(_TEXT_BY_ID) >= _MAX_ENTRIES:
        _TEXT_BY_ID.clear()
    _TEXT_BY_ID[id(config)] = (config, text)
    return text
