"""How large the values of a template can become, told from its text alone: none of it is run.

A template that we replay has no loops, so each `set` is passed once, and the largest value follows from the parts.
`{% set a = a ~ a %}` thirty times is a gigabyte, whichever operator, filter or method doubles it.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Final

from jinja2 import nodes

from automations.backtest.template_env import MAX_OPERAND
from automations.backtest.values import NotComputable

MAX_CHARS: Final = 1_000_000
"""Of all values of one rendering together; a person's template has some thousand."""
_STATE_CHARS: Final = 255
"""The longest state that Home Assistant stores; for whatever else a function gives, it is more than enough."""
_NUMBER_CHARS: Final = 25


def rendering_chars(tree: nodes.Template) -> int:
    """An upper bound of the characters (or digits) of all values in one rendering; NotComputable above MAX_CHARS."""
    sizes = _Sizes()
    sizes.of(tree)
    return sizes.total


class _Sizes:
    def __init__(self) -> None:
        self.total = 0
        self._variables: dict[str, int] = {}

    def of(self, node: nodes.Node) -> int:
        """The size of the node's value; each is counted once in `total`."""
        size = self._assigned(node) if isinstance(node, nodes.Assign) else self._value_size(node)
        self.total += size
        if self.total > MAX_CHARS:
            raise NotComputable("it is too much work")
        return size

    def _assigned(self, node: nodes.Assign) -> int:
        """Never smaller than before: an `if` may pass the assignment by."""
        size = self.of(node.node)
        for name in node.target.find_all(nodes.Name) if not isinstance(node.target, nodes.Name) else [node.target]:
            self._variables[name.name] = max(size, self._variables.get(name.name, 0))
        return size

    def _value_size(self, node: nodes.Node) -> int:
        if isinstance(node, nodes.Const):
            return len(str(node.value))
        if isinstance(node, nodes.Name):
            return self._variables.get(node.name, _STATE_CHARS)
        if isinstance(node, nodes.TemplateData):
            return len(node.data)
        parts = [self.of(child) for child in node.iter_child_nodes()]
        function = _function(node)
        if function in _SHORT:
            return _NUMBER_CHARS
        if isinstance(node, (nodes.And, nodes.Or)):
            return max(parts)
        if function in ("replace", "join"):
            return prod(part + 1 for part in parts)
        return sum(parts) * (_LIST_FACTOR if function in _LIST_MAKERS else 1) + _ADDED_CHARS.get(type(node), 1)


_ADDED_CHARS: Final[Mapping[type[nodes.Node], int]] = {
    nodes.Call: _STATE_CHARS,
    nodes.Filter: _NUMBER_CHARS,
    nodes.Pow: 4 * MAX_OPERAND,
}
_SHORT: Final = frozenset({"Compare", "Not", "Test", "bool", "float", "is_number", "length"})
"""Whatever they are given, they give a truth or a short number."""
_LIST_MAKERS: Final = frozenset({"List", "Tuple", "list", "sort", "split", "unique"})
_LIST_FACTOR: Final = 10
"""A list as text puts quotes and commas around each character, and a backslash before each backslash."""


def _function(node: nodes.Node) -> str:
    """The name of a filter or method, else the kind of node."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        return node.node.attr
    return node.name if isinstance(node, nodes.Filter) else type(node).__name__
