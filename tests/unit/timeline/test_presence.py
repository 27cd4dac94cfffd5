"""How many people are at home."""

from __future__ import annotations

import numpy as np

from automations.timeline.presence import HOME_ZONE, count_inside, states_in_zone
from schemas.home import Entity, Home

HOME = Home("UTC", entities=(Entity("zone.work", name="The Office"), Entity(HOME_ZONE, name="Villa")))


def test_a_person_is_in_the_zone_whose_name_they_have_and_at_home_where_they_are_home() -> None:
    states = ["home", "not_home", "The Office", "the office", "unavailable", "gym"]

    assert states_in_zone(HOME, HOME_ZONE, states).tolist() == [True, False, False, False, False, False]
    assert states_in_zone(HOME, "zone.work", states).tolist() == [False, False, True, True, False, False]
    assert states_in_zone(HOME, "zone.gym", states).tolist() == [False, False, False, False, False, True]


def test_people_are_counted_as_they_come_and_go() -> None:
    anna = (np.array([0.0, 10.0, 30.0]), np.array([True, False, True]))
    ben = (np.array([5.0, 20.0]), np.array([False, True]))

    order, count = count_inside([anna[0], ben[0]], [anna[1], ben[1]])

    assert np.concatenate([anna[0], ben[0]])[order].tolist() == [0.0, 5.0, 10.0, 20.0, 30.0]
    assert count.tolist() == [1, 1, 0, 1, 2]
