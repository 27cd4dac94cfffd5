"""Every trap, in every home."""

from __future__ import annotations

from collections.abc import Callable

from tests.other_homes.traps import life, machines
from tests.other_homes.world import World

TRAPS: tuple[Callable[[World], None], ...] = (
    machines.defrost,
    machines.tariff,
    machines.router,
    machines.watering,
    machines.robot,
    machines.motion_light_of_a_bridge,
    machines.motion_light_of_the_home,
    machines.sun_of_a_bridge,
    machines.presence_simulation,
    machines.scene_of_an_automation,
    machines.twin,
    machines.kettle,
    machines.timer_of_a_fan,
    machines.standby,
    machines.adaptive,
    machines.thermostat,
    machines.done_already,
    machines.renamed,
    life.stopped,
    life.sold,
    life.evening_use,
    life.off_at_bedtime,
    life.cat,
    life.flapping,
    life.post,
    life.restarts,
    life.two_who_never_met,
    life.safety,
)


def plant_traps(world: World) -> None:
    for trap in TRAPS:
        trap(world)
