"""Templates that ask only for what a history of states tells; any other is not computable, never a guess.

They are rendered by Jinja itself, once for each different set of the states (and, where asked, time and trigger) that
they look at, so that they mean what they mean in Home Assistant.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import jinja2
import numpy as np
from jinja2 import nodes

from automations.backtest.clock import instant
from automations.backtest.moments import Firings, Ints, Moments, Verdicts, firings_without_entity
from automations.backtest.past import ABSENT, Past
from automations.backtest.reading import NotComputable, entity_ids
from automations.backtest.template_words import (
    ATTRIBUTES,
    CLOCK_WORDS,
    ENTITY_WORDS,
    FILTERS,
    TESTS,
    Present,
    StateOf,
    environment,
    truth,
)

YES, NO, ERROR = 1, 0, -1
FAILED: Final = None
"""What rendering gave where Home Assistant would have raised."""

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


@dataclass(frozen=True)
class Reading:
    """A template and what it looks at: entities, the clock, the trigger."""

    source: str
    entities: tuple[str, ...]
    clock: bool
    trigger: bool


def read(source: str, known: frozenset[str] = frozenset({"trigger"})) -> Reading:
    """What the template looks at; `known` are the variables that it may use."""
    try:
        tree = environment(Present(_UTC)).parse(source)
    except jinja2.TemplateError as error:
        raise NotComputable(f"its template cannot be read ({error})") from None
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    words: set[str] = set()
    entities: list[str] = []
    _look(tree, own | known, words, entities)
    return Reading(source, tuple(dict.fromkeys(entities)), bool(words & CLOCK_WORDS), "trigger" in words)


def _look(node: nodes.Node, variables: set[str] | frozenset[str], words: set[str], entities: list[str]) -> None:
    """Goes through the template and refuses the first thing that the history could not answer."""
    if (entity := _entity_path(node)) is not None:
        entities.append(entity)
        return
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in ENTITY_WORDS:
        entities.append(_named_entity(node.node.name, node.args[:1]))
        _look_inside(node.args[1:], variables, words, entities)
        if node.kwargs or (node.node.name == "states" and len(node.args) > 1):
            raise NotComputable(f"its template asks `{node.node.name}` for more than a state")
        return
    if isinstance(node, nodes.Test) and node.name in ENTITY_WORDS:
        entities.append(_named_entity(node.name, [node.node]))
        _look_inside(node.args, variables, words, entities)
        return
    if isinstance(node, nodes.Name):
        _check_name(node.name, variables)
        words.add(node.name)
    elif not _is_plain(node):
        raise NotComputable(f"its template uses {_what(node)}, which a history of states does not tell")
    _look_inside(list(node.iter_child_nodes()), variables, words, entities)


def _look_inside(inner: list[Any], variables: set[str] | frozenset[str], words: set[str], entities: list[str]) -> None:
    for child in inner:
        _look(child, variables, words, entities)


def _entity_path(node: nodes.Node) -> str | None:
    """`states.sensor.x`, as one entity."""
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Getattr):
        root = node.node.node
        if isinstance(root, nodes.Name) and root.name == "states":
            return f"{node.node.attr}.{node.attr}"
    return None


def _named_entity(word: str, arguments: list[Any]) -> str:
    if arguments and isinstance(arguments[0], nodes.Const) and isinstance(arguments[0].value, str):
        return arguments[0].value.lower()
    raise NotComputable(f"its template works out which entity `{word}` looks at")


def _check_name(name: str, variables: set[str] | frozenset[str]) -> None:
    if name in ENTITY_WORDS or (name not in variables and name not in _GLOBALS):
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


def _what(node: nodes.Node) -> str:
    name = getattr(node, "name", None) or getattr(node, "attr", None)
    return f"`{name}`" if name else f"a {type(node).__name__.lower()}"


def rendered(
    past: Past, source: Any, fired: Firings, triggers: tuple[Mapping[str, Any], ...], state: Ints | None = None
) -> list[str | None]:
    """The text at each moment, FAILED where rendering fails; `state` adds the variable `state` (codes)."""
    known = frozenset({"trigger"} if state is None else {"trigger", "state"})
    reading = read(str(source), known)
    present = Present(past.home.zone)
    template = environment(present).from_string(reading.source)
    series = [(name, past.series(name)) for name in reading.entities]
    at = fired.at
    columns = [each.place(at) for _, each in series]
    columns += [at.time] if reading.clock else []
    columns += [fired.trigger, fired.entity, fired.before, fired.after] if reading.trigger else []
    columns += [state] if state is not None else []
    keys = np.stack(columns, axis=1) if columns else np.zeros((len(at), 1), np.int64)
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    texts: list[str | None] = []
    for row in first.tolist():
        present.utc = instant(int(at.time[row]))
        present.states = {
            name: StateOf(name, past.text(int(each.state[place])), instant(int(each.time[place])))
            for number, (name, each) in enumerate(series)
            if (place := int(columns[number][row])) >= 0
        }
        variables: dict[str, Any] = {"trigger": _trigger(past, fired, row, triggers)} if reading.trigger else {}
        if state is not None:
            variables["state"] = StateOf("", past.text(int(state[row])) if state[row] >= 0 else "unknown", present.utc)
        texts.append(_render(template, variables))
    return [texts[place] for place in inverse.ravel().tolist()]


def _render(template: jinja2.Template, variables: dict[str, Any]) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return template.render(variables).strip()
    except Exception:  # whatever a template raises, Home Assistant takes as an error of the template
        return FAILED


def _trigger(past: Past, fired: Firings, row: int, triggers: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    """The variable `trigger`."""
    place = int(fired.trigger[row])
    config = triggers[place]
    found: dict[str, Any] = {"id": str(config.get("id", place)), "platform": config.get("trigger")}
    entity, before, after = (int(column[row]) for column in (fired.entity, fired.before, fired.after))
    if entity >= 0:
        name = entity_ids(config)[entity]
        moment = instant(int(fired.at.time[row]))
        found["entity_id"] = name
        found["from_state"] = StateOf(name, past.text(before), moment) if before != ABSENT else None
        found["to_state"] = StateOf(name, past.text(after), moment) if after != ABSENT else None
    return found


def verdicts(past: Past, fired: Firings, triggers: tuple[Mapping[str, Any], ...], source: Any) -> Verdicts:
    """A template as a condition: yes where it says `true`, whatever the case of its letters."""
    texts = rendered(past, source, fired, triggers)
    return np.array([ERROR if text is FAILED else int(text.lower() == "true") for text in texts], np.int8)


@dataclass(frozen=True)
class Course:
    """How a template's answer went over the whole window, at every moment at which it is rendered anew."""

    at: Moments
    verdict: Verdicts
    text: tuple[str | None, ...]


def course(past: Past, source: Any, trigger_at_us: int) -> Course:
    """The template after every change of what it looks at, and each minute where it looks at the clock."""
    reading = read(str(source), frozenset())
    changes = [past.series(name) for name in reading.entities]
    time = [each.time for each in changes]
    seen = [each.seen for each in changes]
    if reading.clock:
        every_minute = past.clock.whenever(np.arange(0, 86_400, 60), past.start_us, past.end_us - trigger_at_us)
        ticks = past.moments(every_minute + trigger_at_us)
        time, seen = [*time, ticks.time], [*seen, ticks.seen]
    time, seen = [*time, past.start.time], [*seen, past.start.seen]
    pairs = np.unique(np.stack([np.concatenate(time), np.concatenate(seen)], axis=1), axis=0)
    at = Moments(pairs[:, 0], np.maximum(pairs[:, 1], 0))
    texts = rendered(past, source, firings_without_entity(at), ())
    return Course(at, np.array([_as_yes(text) for text in texts], np.int8), tuple(texts))


def _as_yes(text: str | None) -> int:
    """Yes, no or an error, as `result_as_boolean` reads what a template says."""
    if text is FAILED:
        return ERROR
    found = truth(text)
    if found is None:
        try:
            found = float(text) != 0
        except ValueError:
            found = False
    return int(found)


_UTC: Final = ZoneInfo("UTC")
_GLOBALS: Final = frozenset(environment(Present(_UTC)).globals)
