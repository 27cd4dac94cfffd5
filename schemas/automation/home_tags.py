"""Home Assistant's own YAML tags: kept as they are written. Only the home knows what they stand for."""

from __future__ import annotations

from typing import Final

HOME_TAGS: Final = frozenset(
    {
        "!secret",
        "!env_var",
        "!input",
        "!include",
        "!include_dir_list",
        "!include_dir_named",
        "!include_dir_merge_list",
        "!include_dir_merge_named",
    }
)


class HomeTag(str):
    """What stands in the place of a value: `!secret wake_time`. It is never resolved and never followed."""

    __slots__ = ()
