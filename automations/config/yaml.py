"""YAML text to an automation's config and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from automations.config.nodes import NodeKind, children
from automations.config.normalize import modernize
from automations.config.safe_yaml import UnsafeYaml, read_yaml
from schemas.home import AutomationConfig
from schemas.problems import Problem

_KEY_ORDER: Final[dict[NodeKind, tuple[str, ...]]] = {
    NodeKind.AUTOMATION: (
        "id", "alias", "description", "use_blueprint", "variables", "trigger_variables", "triggers", "conditions",
        "actions", "mode", "max", "max_exceeded",
    ),
    NodeKind.TRIGGER: ("alias", "note", "trigger", "entity_id", "attribute", "from", "to", "above", "below", "at"),
    NodeKind.CONDITION: ("alias", "note", "condition", "entity_id", "attribute", "state", "above", "below"),
    NodeKind.ACTION: ("alias", "note", "action", "target", "data", "if", "then", "else", "choose", "default"),
    NodeKind.OPTION: ("alias", "note", "conditions", "sequence"),
    NodeKind.LOOP: ("count", "for_each", "while", "until", "sequence"),
}  # fmt: skip
"""The keys that stand first, in this order; all others follow as they came."""


@dataclass(frozen=True)
class Decoded:
    """`config` is what the text says, as written (old keys kept); None where `problems` says why there is none."""

    config: AutomationConfig | None
    problems: tuple[Problem, ...] = ()


def decode(text: str) -> Decoded:
    """One automation from YAML, read as Home Assistant reads it. Never raises."""
    try:
        document = read_yaml(text)
    except UnsafeYaml as error:
        return Decoded(None, (unreadable_problem(error),))
    if isinstance(document, list) and len(document) == 1:
        document = document[0]  # copied from automations.yaml, with its dash
    if isinstance(document, dict):
        return Decoded(document)
    return Decoded(None, (no_automation_problem(document),))


def unreadable_problem(error: UnsafeYaml) -> Problem:
    return Problem("readable_yaml", "yaml", "", str(error), "Mend the text at that line.")


def no_automation_problem(value: Any) -> Problem:
    """What stands where an automation is expected."""
    what = "nothing" if value is None else f"a {_TYPE_NAMES.get(type(value), 'single value')}"
    message = f"This is not an automation but {what}."
    return Problem("one_automation", "yaml", "", message, "Write one mapping with triggers and actions.")


_TYPE_NAMES: Final[Mapping[type, str]] = {list: "list of several", str: "text", bool: "single yes or no", int: "number"}


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Block style, long texts as blocks, no aliases: equal values are written out."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text and _fits_block(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _fits_block(text: str) -> bool:
    """Whether `|` keeps every character: the emitter falls back to quotes for the rest, which is harder to read."""
    return not any(line != line.rstrip() for line in text.split("\n"))


_Dumper.add_representer(str, _represent_text)


def encode(config: AutomationConfig) -> str:
    """The config as YAML for people: today's keys, stable key order, quoted where YAML 1.1 would misread.

    `decode(encode(a)).config == modernize(a)` for every config made of JSON values.
    """
    ordered = _order_keys(NodeKind.AUTOMATION, modernize(config))
    text: str = yaml.dump(
        ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False
    )
    return text


def _order_keys(kind: NodeKind, value: Any) -> Any:
    if isinstance(value, list):
        return [_order_keys(kind, item) for item in value]
    if not isinstance(value, dict):
        return value
    first = [key for key in _KEY_ORDER[kind] if key in value]
    child_kinds = dict(children(kind, value))
    return {
        key: _order_keys(child_kinds[key], value[key]) if key in child_kinds else value[key]
        for key in [*first, *(key for key in value if key not in first)]
    }
