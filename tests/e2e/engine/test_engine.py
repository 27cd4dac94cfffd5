"""Our backtest against Home Assistant's own engine on a virtual clock."""

from __future__ import annotations

import os

import pytest

from tests.builders.real_home import CURRENT, versions_to_try
from tests.e2e.engine.automations import all_automations
from tests.e2e.engine.compare import agreements, differences, summed, theirs, windows

pytestmark = pytest.mark.e2e

EVERY = 4
"""A quarter of the automations here, on one window; all of them on four windows with `make engine-compare`."""


@pytest.mark.timeout(1800)  # the first time Home Assistant is installed, and a busy machine takes minutes
def test_thirty_nasty_days_give_the_firings_of_the_real_engine_to_the_second() -> None:
    version = versions_to_try(dict(os.environ))[0]
    window, configs = windows(1)[0], all_automations(version == CURRENT)[::EVERY]

    answer = theirs(window, configs, version)
    every = agreements(window, configs, answer)

    found = summed(every)
    told = "\n".join(differences(every))
    assert not answer["refused"]
    assert found.computable == 1.0, told
    assert found.exact >= 0.98, told
    assert min(found.precision, found.recall) >= 0.99, told
