"""Which entities are looked at."""

from __future__ import annotations

import pytest

from automations.history.selection import selected
from schemas.home import Area, Entity, Home

HOME = Home(
    "Europe/Amsterdam",
    areas=(Area("woonkamer", "Living room"),),
    entities=(
        Entity("light.lamp", area_id="woonkamer"),
        Entity("light.hall", labels=("guests",)),
        Entity("switch.pump", hidden=True),
        Entity("sensor.signal", entity_category="diagnostic"),
        Entity("light.attic", disabled=True),
    ),
)


@pytest.mark.parametrize(
    ("include", "exclude", "found"),
    [
        ((), (), {"light.lamp", "light.hall", "switch.pump"}),
        (("light",), (), {"light.lamp", "light.hall"}),
        (("living ROOM",), (), {"light.lamp"}),
        (("woonkamer", "switch"), (), {"light.lamp", "switch.pump"}),
        ((), ("guests",), {"light.lamp", "switch.pump"}),
        (("light",), ("light.lamp",), {"light.hall"}),
        (("sensor",), (), set()),
    ],
)
def test_entities_are_chosen_by_id_domain_area_or_label(
    include: tuple[str, ...], exclude: tuple[str, ...], found: set[str]
) -> None:
    assert selected(HOME, include, exclude) == found
