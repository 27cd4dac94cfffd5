"""Values that Home Assistant lets stand alone or in a list, and the keys of a target."""

from __future__ import annotations

from typing import Any, Final

TARGET_KEYS: Final = ("entity_id", "device_id", "area_id", "floor_id", "label_id")
"""What a target may name, one or several of each."""


def as_list(value: Any) -> list[Any]:
    """Home Assistant's `ensure_list`: one value stands for a list of one, nothing for an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def split_names(text: str) -> list[str]:
    """Several entity ids in one text, with commas between them."""
    return [name.strip() for name in text.split(",")]
