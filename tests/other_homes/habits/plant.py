"""The kinds of habits, and which of them a home has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.other_homes.habits import (
    beside_automations,
    by_clock,
    by_condition,
    by_event,
    by_presence,
    of_values,
    that_last,
)
from tests.other_homes.habits.record import Unfit
from tests.other_homes.world import World

KINDS: tuple[Callable[[World], None], ...] = (
    by_clock.every_day,
    by_clock.working_days,
    by_clock.days_off,
    by_clock.three_weekdays,
    by_clock.two_weekdays,
    by_clock.school_nights,
    by_clock.one_weekday,
    by_clock.drifting,
    by_clock.by_voice,
    by_clock.days_the_home_knows,
    by_clock.bulbs_of_a_room,
    by_clock.sunset,
    by_clock.sunrise,
    by_clock.covers_at_morning,
    by_clock.covers_at_evening,
    by_event.door,
    by_event.door_when_dark,
    by_event.remote,
    by_event.action_sensor,
    by_event.button,
    by_event.doorbell,
    by_event.chain,
    by_event.first_time_today,
    by_event.humidity,
    that_last.no_motion,
    that_last.open_too_long,
    that_last.washing_done,
    that_last.fan_long_enough,
    by_condition.motion_at_night,
    by_condition.warm_evenings,
    by_condition.while_it_plays,
    by_condition.in_a_mode,
    by_condition.while_a_person_is_home,
    by_presence.last_leaves,
    by_presence.first_arrives,
    by_presence.somebody_arrives,
    by_presence.gate_closes_behind_all,
    of_values.number,
    of_values.input_number,
    of_values.select_mode,
    of_values.climate,
    of_values.player,
    of_values.lamp_off_for_the_player,
    beside_automations.on_other_days,
    beside_automations.switched_off,
    beside_automations.twenty_minutes_later,
)
HABITS_A_HOME = 23


def plant_habits(world: World, seed: int) -> None:
    """Two homes after each other have each kind once between them, where their people could have it."""
    order = np.random.default_rng([seed // 2, 46]).permutation(len(KINDS))
    chosen = order if seed % 2 else order[::-1]
    planted = 0
    for place in chosen.tolist():
        try:
            KINDS[place](world)
        except Unfit:
            continue
        planted += 1
        if planted == HABITS_A_HOME:
            return
