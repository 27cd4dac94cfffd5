"""A config as one text: by it the checks keep what they found out about each automation of the home."""

from __future__ import annotations

import json
from typing import Final

from schemas.home import AutomationConfig

_MOST: Final = 4096
_KNOWN: Final[dict[int, tuple[AutomationConfig, str]]] = {}
"""By identity, each with its config, so that no other object can take its place meanwhile."""


def text_of(config: AutomationConfig) -> str:
    """JSON; made once for each object, which must not be changed afterwards: none of ours is once it was read."""
    known = _KNOWN.get(id(config))
    if known is not None and known[0] is config:
        return known[1]
    text = json.dumps(config, default=str, skipkeys=True)
    if len(_KNOWN) >= _MOST:
        _KNOWN.clear()
    _KNOWN[id(config)] = (config, text)
    return text
