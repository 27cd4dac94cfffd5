"""Reads YAML from an untrusted author or a model, as Home Assistant reads it (YAML 1.1), within limits.

Everything is refused while the text is parsed, before anything is built from it: a tag could name code, an alias
could unfold into gigabytes (billion laughs), deep nesting could crash the interpreter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from schemas.automation.home_tags import HOME_TAGS, HomeTag

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 20
MAX_NODES: Final = 5_000
"""After aliases are unfolded. A long automation of a person has a few hundred."""
MAX_FILE_BYTES: Final = 16 * 1024 * 1024
MAX_FILE_NODES: Final = 1_000_000
"""Of a whole `automations.yaml` or package: ten thousand automations have a third of it."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_BIDI_CONTROLS = r"\x00\u202a-\u202e\u2066-\u2069"
BIDI_CONTROL = re.compile(f"[{_BIDI_CONTROLS}]")
"""NUL, and the characters that change the reading direction: a person reads another text than the machine."""
_FORBIDDEN = re.compile(rf"[{_BIDI_CONTROLS}\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
"""Those, and control characters."""
_LONG_NUMBER_CHARACTERS: Final = 60
_RESOLVER: Any = yaml.resolver.Resolver()
_NUMBERS: Final = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "timestamp"))


class UnsafeYaml(ValueError):
    """The text is not YAML, or uses what no automation needs; the message is a sentence."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(f"Line {line}: {message}" if line else message)


class _UniqueKeys(_Loader):  # type: ignore[misc]
    """PyYAML's safe loader, which would silently keep only the last of two equal keys."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._flattened: set[int] = set()

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Called before keys are merged into a mapping, and again where it is merged into another itself."""
        if id(node) in self._flattened:
            return
        self._flattened.add(id(node))
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is not None and key != "<<" and (key_node.tag, key) in seen:
                raise UnsafeYaml(f"the key '{key}' stands twice; keep one of them.", _line(key_node.start_mark))
            seen.add((key_node.tag, key))
        super().flatten_mapping(node)

    def construct_home_tag(self, node: yaml.ScalarNode) -> HomeTag:
        return HomeTag(f"{node.tag} {node.value}")

    def construct_number_or_date(self, node: yaml.ScalarNode) -> Any:
        """`2024-13-45` looks like a date and is none."""
        try:
            return _Loader.yaml_constructors[node.tag](self, node)
        except (ValueError, OverflowError, TypeError) as error:
            message = f"'{node.value}' is no value that Home Assistant could read ({error}); quote it if it is a text."
            raise UnsafeYaml(message, _line(node.start_mark)) from None


for _tag in HOME_TAGS:
    _UniqueKeys.add_constructor(_tag, _UniqueKeys.construct_home_tag)
for _tag in _NUMBERS:
    _UniqueKeys.add_constructor(_tag, _UniqueKeys.construct_number_or_date)


@dataclass(frozen=True)
class Bounds:
    """What a text may be. Home Assistant's own tags only work in the files of the home."""

    max_bytes: int
    max_depth: int
    max_nodes: int
    what: str
    home_tags: bool = False


_AUTOMATION: Final = Bounds(MAX_BYTES, MAX_DEPTH, MAX_NODES, "an automation")
_HOME_FILE: Final = Bounds(
    MAX_FILE_BYTES, MAX_DEPTH + 3, MAX_FILE_NODES, "a file of automations that we read", home_tags=True
)
"""An automation of a package lies three levels down."""


@dataclass(frozen=True)
class Document:
    """What a text says; `root` tells how and where it is written, None where there is nothing."""

    value: Any
    root: yaml.Node | None


def read_yaml(text: str) -> Any:
    """The one document in `text`, which is one automation; UnsafeYaml says why there is none."""
    return _read(text, _AUTOMATION).value


def read_home_file(text: str) -> Document:
    """A file of the home with any number of automations, its tags kept; UnsafeYaml says why it cannot be read."""
    return _read(text, _HOME_FILE)


def _read(text: str, bounds: Bounds) -> Document:
    if len(text) > bounds.max_bytes or len(text.encode("utf-8", "replace")) > bounds.max_bytes:
        raise UnsafeYaml(f"The text is longer than {bounds.max_bytes // 1024} kB; {bounds.what} is not.")
    if match := _FORBIDDEN.search(text):
        line = text.count("\n", 0, match.start()) + 1
        raise UnsafeYaml(f"the control character U+{ord(match.group()):04X} does not belong here.", line)
    try:
        _refuse_unsafe(yaml.parse(text, Loader=_Loader), bounds)
        loader = _UniqueKeys(text)
        root = loader.get_single_node()
        return Document(loader.construct_document(root) if root else None, root)
    except yaml.MarkedYAMLError as error:
        raise UnsafeYaml(f"this is not YAML ({error.problem or 'unreadable'}).", _line(error.problem_mark)) from None
    except (yaml.YAMLError, ValueError, OverflowError, TypeError) as error:
        if isinstance(error, UnsafeYaml):
            raise
        raise UnsafeYaml(f"This is not YAML that Home Assistant could read ({error}).") from None


def _line(mark: Any) -> int:
    """Counted from 1; 0 where the parser does not know."""
    return mark.line + 1 if mark else 0


def _refuse_unsafe(events: Iterator[yaml.Event], bounds: Bounds) -> None:
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
            _refuse_node(event, len(open_nodes), line, bounds)
            if isinstance(event, yaml.CollectionStartEvent):
                open_nodes.append((event.anchor, nodes))
            elif event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = nodes - before + 1
        if nodes > bounds.max_nodes:
            raise UnsafeYaml(f"this unfolds into more than {bounds.max_nodes} values; {bounds.what} does not.", line)


def _refuse_node(event: yaml.NodeEvent, depth: int, line: int, bounds: Bounds) -> None:
    tag = getattr(event, "tag", None)
    if tag is not None and tag != "!":
        _refuse_tag(event, tag, line, bounds)
    if depth > bounds.max_depth:
        raise UnsafeYaml(
            f"this is nested deeper than {bounds.max_depth} levels; divide it into several automations.", line
        )
    if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and _is_long_number(event.value):
        raise UnsafeYaml("this number is too long; quote it if it is a text.", line)


def _is_long_number(text: str) -> bool:
    """Whether it would be worked out as a number, which costs the square of its length; a webhook's hex id is text."""
    return len(text) > _LONG_NUMBER_CHARACTERS and _RESOLVER.resolve(yaml.ScalarNode, text, (True, False)) in _NUMBERS


def _refuse_tag(event: yaml.NodeEvent, tag: str, line: int, bounds: Bounds) -> None:
    if tag not in HOME_TAGS:
        raise UnsafeYaml(f"the tag '{tag}' is not allowed; write the value without it.", line)
    if not bounds.home_tags:
        raise UnsafeYaml(
            f"the tag '{tag}' only works in the files of the home, not in what is written through its editor; "
            "keep this automation in a file there.",
            line,
        )
    if not isinstance(event, yaml.ScalarEvent) or not event.value.strip():
        raise UnsafeYaml(f"the tag '{tag}' stands before one name.", line)
