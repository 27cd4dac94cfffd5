"""What a template depends on, and whether a history of states holds all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

import jinja2
from jinja2 import nodes

from automations.backtest.template_env import (
    ATTRIBUTES,
    CLOCK_FUNCTIONS,
    ENTITY_FUNCTIONS,
    FILTERS,
    TESTS,
    RenderMoment,
    environment,
)
from automations.backtest.template_size import rendering_chars
from automations.backtest.values import NotComputable

_PLAIN_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.BinExpr,
    nodes.UnaryExpr,
    nodes.CondExpr,
    nodes.If,
    nodes.Assign,
    nodes.List,
    nodes.Tuple,
    nodes.Concat,
    nodes.Keyword,
    nodes.Getitem,
)


_CLOCK_FIELDS = ("hour", "minute", "weekday", "isoweekday", "day", "month", "year")
"""Fields of `now()` that do not need the exact instant."""


@dataclass
class TemplateDependencies:
    """A template and what it depends on: entities, their `last_changed`, the clock (or fields of it), the trigger."""

    source: str
    entities: list[str] = field(default_factory=list)
    clock_fields: set[str] = field(default_factory=set)
    exact_clock: bool = False
    last_changed: bool = False
    trigger: bool = False
    chars: int = 0
    """At most so many characters are made in one rendering."""

    @property
    def clock(self) -> bool:
        return self.exact_clock or bool(self.clock_fields)


def analyze_template(source: str, variables: frozenset[str] = frozenset({"trigger"})) -> TemplateDependencies:
    """What the template depends on; `variables` are those that it may use.

    Raises NotComputable where a history of states cannot answer it.
    """
    try:
        return _analyze(environment(RenderMoment(_UTC)).parse(source), source, variables)
    except jinja2.TemplateError as error:
        raise NotComputable(f"its template cannot be read ({error})") from None
    except RecursionError:
        raise NotComputable("its template is nested too deeply") from None


def _analyze(tree: nodes.Template, source: str, variables: frozenset[str]) -> TemplateDependencies:
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    dependencies = TemplateDependencies(source)
    _visit(tree, own | variables, dependencies)
    dependencies.entities = list(dict.fromkeys(dependencies.entities))
    dependencies.chars = rendering_chars(tree)
    return dependencies


def _visit(node: nodes.Node, variables: set[str] | frozenset[str], dependencies: TemplateDependencies) -> None:
    """Goes through the template and raises NotComputable at the first node that the history cannot answer."""
    if (entity := _entity_path(node)) is not None:
        dependencies.entities.append(entity)
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in ENTITY_FUNCTIONS:
        dependencies.entities.append(_constant_entity_id(node.node.name, node.args[:1]))
        if node.kwargs or (node.node.name == "states" and len(node.args) > 1):
            raise NotComputable(f"its template asks `{node.node.name}` for more than a state")
        _visit_children(node.args[1:], variables, dependencies)
    elif isinstance(node, nodes.Test) and node.name in ENTITY_FUNCTIONS:
        dependencies.entities.append(_constant_entity_id(node.name, [node.node]))
        _visit_children(node.args, variables, dependencies)
    elif isinstance(node, nodes.Getattr) and node.attr in _CLOCK_FIELDS and _is_now(node.node):
        dependencies.clock_fields.add(node.attr)
    else:
        _visit_plain(node, variables, dependencies)


def _visit_plain(node: nodes.Node, variables: set[str] | frozenset[str], dependencies: TemplateDependencies) -> None:
    if isinstance(node, nodes.Name):
        _check_name(node.name, variables)
        dependencies.exact_clock |= node.name in CLOCK_FUNCTIONS
        dependencies.trigger |= node.name == "trigger"
    elif not _is_plain(node):
        raise NotComputable(f"its template uses {_describe_node(node)}, which a history of states does not tell")
    dependencies.last_changed |= isinstance(node, nodes.Getattr) and node.attr == "last_changed"
    _visit_children(list(node.iter_child_nodes()), variables, dependencies)


def _visit_children(inner: list[Any], variables: set[str] | frozenset[str], dependencies: TemplateDependencies) -> None:
    for child in inner:
        _visit(child, variables, dependencies)


def _is_now(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "now"


def _entity_path(node: nodes.Node) -> str | None:
    """`states.sensor.x`, as one entity."""
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Getattr):
        root = node.node.node
        if isinstance(root, nodes.Name) and root.name == "states":
            return f"{node.node.attr}.{node.attr}"
    return None


def _constant_entity_id(function: str, arguments: list[Any]) -> str:
    if arguments and isinstance(arguments[0], nodes.Const) and isinstance(arguments[0].value, str):
        return arguments[0].value.lower()
    raise NotComputable(f"its template works out which entity `{function}` looks at")


def _check_name(name: str, variables: set[str] | frozenset[str]) -> None:
    if name in ENTITY_FUNCTIONS or (name not in variables and name not in _GLOBALS):
        raise NotComputable(f"its template uses `{name}`, which a history of states does not tell")


def _is_plain(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):
        return node.name in FILTERS
    if isinstance(node, nodes.Test):
        return node.name in TESTS
    if isinstance(node, nodes.Getattr):
        return node.attr in ATTRIBUTES
    if isinstance(node, nodes.Call):
        return isinstance(node.node, (nodes.Name, nodes.Getattr))
    return isinstance(node, _PLAIN_NODES)


def _describe_node(node: nodes.Node) -> str:
    name = getattr(node, "name", None) or getattr(node, "attr", None)
    return f"`{name}`" if name else f"a {type(node).__name__.lower()}"


_UTC: Final = ZoneInfo("UTC")
_GLOBALS: Final = frozenset(environment(RenderMoment(_UTC)).globals)
