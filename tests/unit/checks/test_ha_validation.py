"""The home's own dry run."""

from __future__ import annotations

from typing import Any

from automations.checks import check, merge_home_problems, validate_in_home
from schemas.problems import Severity


class AnsweringHome:
    """Remembers what it was asked and refuses one part."""

    def __init__(self, refused: str = "") -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.refused = refused

    async def __call__(self, kind: str, **fields: Any) -> Any:
        self.asked.append((kind, fields))
        return {part: {"valid": part != self.refused, "error": "no such thing"} for part in fields}


OLD = {"trigger": {"platform": "sun", "event": "sunset"}, "condition": [], "action": [{"service": "a.b"}]}


async def test_asks_for_the_parts_in_the_modern_spelling() -> None:
    home = AnsweringHome()

    problems = await validate_in_home(OLD, home)

    assert problems == []
    asked = {"triggers": [{"trigger": "sun", "event": "sunset"}], "actions": [{"action": "a.b"}]}
    assert home.asked == [("validate_config", asked)]


async def test_repeats_the_homes_own_words() -> None:
    (problem,) = await validate_in_home(OLD, AnsweringHome("actions"))

    assert (problem.stage, problem.path) == ("home", "actions")
    assert problem.message == "Home Assistant refuses the actions: no such thing"


async def test_what_the_home_accepts_is_no_block_of_ours() -> None:
    unknown = {"triggers": [{"trigger": "light.blinked", "target": {}}], "actions": [{"action": "nope"}]}

    settled = merge_home_problems(check(unknown), await validate_in_home(unknown, AnsweringHome("actions")))

    assert [(problem.stage, problem.severity) for problem in settled] == [
        ("triggers", Severity.WARN),
        ("actions", Severity.BLOCK),
        ("home", Severity.BLOCK),
    ]
