"""Reads YAML from an untrusted author or a model, as Home Assistant reads it (YAML 1.1), within limits.

Everything is refused while the text is parsed, before anything is built from it: a tag could name code, an alias
could unfold into gigabytes (billion laughs), deep nesting could crash the interpreter.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from typing import Any, Final

import yaml

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 20
MAX_NODES: Final = 5_000
"""After aliases are unfolded. A long automation of a person has a few hundred."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_BIDI_CONTROLS = r"\x00\u202a-\u202e\u2066-\u2069"
BIDI_CONTROL = re.compile(f"[{_BIDI_CONTROLS}]")
"""NUL, and the characters that change the reading direction: a person reads another text than the machine."""
_FORBIDDEN = re.compile(rf"[{_BIDI_CONTROLS}\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
"""Those, and control characters."""
_LONG_NUMBER = re.compile(r"[-+]?[.0-9][0-9a-fA-FxXobB_:.+-]{60,}")


class UnsafeYaml(ValueError):
    """The text is not YAML, or uses what no automation needs; the message is a sentence."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(f"Line {line}: {message}" if line else message)


class _UniqueKeys(_Loader):  # type: ignore[misc]
    """PyYAML's safe loader, which would silently keep only the last of two equal keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is not None and key != "<<" and (key_node.tag, key) in seen:
                raise UnsafeYaml(f"the key '{key}' stands twice; keep one of them.", _line(key_node.start_mark))
            seen.add((key_node.tag, key))
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def read_yaml(text: str) -> Any:
    """The one document in `text`; UnsafeYaml says why there is none."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise UnsafeYaml(f"The text is longer than {MAX_BYTES // 1024} kB; an automation is not.")
    if match := _FORBIDDEN.search(text):
        line = text.count("\n", 0, match.start()) + 1
        raise UnsafeYaml(f"the control character U+{ord(match.group()):04X} does not belong here.", line)
    try:
        _refuse_unsafe(yaml.parse(text, Loader=_Loader))
        return yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - derived from the safe loader
    except yaml.MarkedYAMLError as error:
        raise UnsafeYaml(f"this is not YAML ({error.problem or 'unreadable'}).", _line(error.problem_mark)) from None
    except (yaml.YAMLError, ValueError, OverflowError, TypeError) as error:
        if isinstance(error, UnsafeYaml):
            raise
        raise UnsafeYaml(f"This is not YAML that Home Assistant could read ({error}).") from None


def _line(mark: Any) -> int:
    """Counted from 1; 0 where the parser does not know."""
    return mark.line + 1 if mark else 0


def _refuse_unsafe(events: Iterator[yaml.Event]) -> None:
    """Counts the values that would be built, aliases unfolded; raises UnsafeYaml at the first that is not allowed."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    nodes = 0
    for event in events:
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise UnsafeYaml(f"the alias '*{event.anchor}' points to itself or to nothing.", line)
            nodes += sizes[event.anchor]
        elif isinstance(event, yaml.NodeEvent):
            nodes += 1
            _refuse_node(event, len(open_nodes), line)
            if isinstance(event, yaml.CollectionStartEvent):
                open_nodes.append((event.anchor, nodes))
            elif event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = nodes - before + 1
        if nodes > MAX_NODES:
            raise UnsafeYaml(f"this unfolds into more than {MAX_NODES} values; an automation does not.", line)


def _refuse_node(event: yaml.NodeEvent, depth: int, line: int) -> None:
    tag = getattr(event, "tag", None)
    if tag is not None and tag != "!":
        raise UnsafeYaml(f"the tag '{tag}' is not allowed; write the value itself.", line)
    if depth > MAX_DEPTH:
        raise UnsafeYaml(f"this is nested deeper than {MAX_DEPTH} levels; divide it into several automations.", line)
    if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and _LONG_NUMBER.fullmatch(event.value):
        raise UnsafeYaml("this number is too long; quote it if it is a text.", line)
