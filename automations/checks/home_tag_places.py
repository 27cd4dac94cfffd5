"""What the checks cannot judge, because only the home knows it: `!secret wake_time` and what depends on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

from automations.config.nodes import CHILD_KINDS
from schemas.automation.home_tags import HomeTag
from schemas.home import AutomationConfig

_KIND_KEYS: Final = ("trigger", "condition", "action")
"""What a trigger, condition or action is; all else in it depends on that."""
_NODE_KEYS: Final = frozenset(key for kinds in CHILD_KINDS.values() for key in kinds)


@dataclass(frozen=True)
class HomeTagPlaces:
    """Paths as problems name them: `values` that are tags, `nodes` whose kind is one, and all `holders` of a tag: the
    values that it is a part of, up to the trigger, condition or action."""

    values: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    holders: frozenset[str] = frozenset()

    @classmethod
    def from_config(cls, config: AutomationConfig) -> Self:
        values = [_unified(path) for path in _tag_paths(config)]
        parents = [path.rpartition(".") for path in values if "." in path]
        nodes = [node for node, _, key in parents if key in _KIND_KEYS]
        nodes += [path.partition(".options")[0] for path in values if ".options" in path]  # read as if beside it
        return cls(tuple(values), tuple(nodes), frozenset(holder for path in values for holder in _holders(path)))

    def hides_value(self, path: str) -> bool:
        """Whether what stands at the path, or the node there as a whole, cannot be judged."""
        path = _unified(path)
        return path in self.holders or any(_lies_in(path, place) for place in (*self.values, *self.nodes))

    def hides_key(self, path: str) -> bool:
        """Whether it cannot be judged that the path's last key stands there at all."""
        path = _unified(path)
        return any(_lies_in(path, node) for node in self.nodes)


def _tag_paths(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, HomeTag):
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _tag_paths(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _tag_paths(item, f"{path}[{index}]")


def _holders(path: str) -> Iterator[str]:
    while "." in path:
        path, _, _ = path.rpartition(".")
        yield path
        if path.rpartition(".")[2].partition("[")[0] in _NODE_KEYS:
            return


def _unified(path: str) -> str:
    """One value and a list of one are the same to Home Assistant, and are named alike."""
    return path.replace("[0]", "")


def _lies_in(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}.", f"{place}["))
