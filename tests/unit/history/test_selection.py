"""Which entities are looked at."""

from __future__ import annotations

import pytest

from automations.history.selection import included_entities, unknown_names
from schemas.home import Area, Entity, Floor, Home, Label

HOME = Home(
    "Europe/Amsterdam",
    areas=(Area("woonkamer", "Living room", "begane_grond"),),
    floors=(Floor("begane_grond", "Ground floor"),),
    labels=(Label("guests", "Our guests"),),
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
        (("our guests",), (), {"light.hall"}),
        (("Ground floor",), (), {"light.lamp"}),
        ((), ("begane_grond",), {"light.hall", "switch.pump"}),
        (("light",), ("light.lamp",), {"light.hall"}),
        (("sensor",), (), set()),
    ],
)
def test_entities_are_chosen_by_id_domain_area_floor_or_label(
    include: tuple[str, ...], exclude: tuple[str, ...], found: set[str]
) -> None:
    assert included_entities(HOME, include, exclude) == found


def test_names_that_nothing_bears_are_told() -> None:
    assert unknown_names(HOME, ("light.lamp", "Living Room", "our guests", "bedroon", "light.lmap")) == [
        "bedroon",
        "light.lmap",
    ]
