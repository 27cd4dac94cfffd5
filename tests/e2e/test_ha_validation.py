"""The home's own opinion, from a real home; and ours beside it."""

from __future__ import annotations

import pytest

from automations.checks import check, validate_in_home
from automations.home_assistant.client import HomeAssistant

pytestmark = pytest.mark.e2e

FINE = {
    "trigger": {"platform": "sun", "event": "sunset"},
    "action": [{"service": "light.turn_on", "data": {"entity_id": "light.a"}}],
}


async def test_a_real_home_agrees_with_a_good_automation_in_the_old_spelling(door: HomeAssistant) -> None:
    assert await validate_in_home(FINE, door.send_command) == []
    assert check(FINE) == []


@pytest.mark.parametrize(
    ("part", "config"),
    [
        ("triggers", {**FINE, "trigger": {"platform": "sun", "event": "noon"}}),
        ("conditions", {**FINE, "condition": [{"condition": "time", "after": "dusk"}]}),
        ("actions", {**FINE, "action": [{"service": "turn_on"}]}),
    ],
)
async def test_a_real_home_refuses_the_part_that_we_refuse(
    door: HomeAssistant, part: str, config: dict[str, object]
) -> None:
    (problem,) = await validate_in_home(config, door.send_command)

    assert (problem.stage, problem.path) == ("home", part)
    assert {ours.stage for ours in check(config)} == {part}
