"""What a step does, read once for all, as `triggers.py` reads what a trigger waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from automations.config.nodes import NodeKind, walk
from automations.config.reading.conditions import Condition, read_condition
from automations.config.reading.values import Duration, Node, read_duration, read_ids
from automations.config.references import entities_of

BLOCKS: Final = ("choose", "if", "repeat", "parallel", "sequence", "wait_for_trigger", "wait_template")
"""Steps that hold or wait for others."""


@dataclass(frozen=True)
class Call:
    """`service` on entities and areas; `data` without the entities that old spellings name there."""

    service: str
    entity_ids: tuple[str, ...]
    area_ids: tuple[str, ...]
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Wait:
    duration: Duration


@dataclass(frozen=True)
class Block:
    """One of `BLOCKS`, with how many services are called inside it."""

    kind: str
    calls: int


@dataclass(frozen=True)
class OtherStep:
    kind: str
    entity_ids: tuple[str, ...]


Step = Call | Wait | Block | Condition | OtherStep


def read_step(node: Node) -> Step:
    """A condition between the steps is read as the condition that it is."""
    if "action" in node:
        return _call(node)
    if "delay" in node:
        return Wait(read_duration(node["delay"]))
    if kind := next((key for key in BLOCKS if key in node), ""):
        return Block(kind, _calls_inside(node))
    return read_condition(node) if "condition" in node else OtherStep(str(next(iter(node), "")), entities_of(node))


def _call(node: Node) -> Call:
    target, data = _mapping(node.get("target")), _mapping(node.get("data"))
    ids = (*read_ids(target.get("entity_id")), *read_ids(data.get("entity_id")))
    others = {str(key): value for key, value in data.items() if key != "entity_id"}
    return Call(str(node["action"]), tuple(dict.fromkeys(ids)), read_ids(target.get("area_id")), others)


def _calls_inside(node: Node) -> int:
    return sum(bool(step.text("action")) for step in walk({"actions": [node]}) if step.kind is NodeKind.ACTION)


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}
