"""A real home's automations brought into main: each kind has its named outcome, and the home is not written to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from automations.config.yaml import decode
from automations.deploy.drift import ImportOutcome, import_all
from automations.deploy.plan import Limits
from automations.deploy.reconcile import Deployer
from automations.git.repository import MAIN_REF
from automations.home_assistant.catalogue import read_registries
from automations.home_assistant.client import HomeAssistant
from automations.home_assistant.registries import home_from_registries
from schemas.sync_status import SyncStatus
from tests.builders.lamps import config, repository_in
from tests.builders.real_home import RealHome
from tests.builders.suggestions import ANNA

pytestmark = pytest.mark.e2e

GOOD_IDS = ("1712345678901", "a.b-c_d", "with space", "été", "Case", "case", "a/b", "x%2Fy", "灯")
UNASKABLE_IDS = ("", "a{b}", "../../etc", "line\nbreak")
BLUE: dict[str, Any] = {
    "id": "blue",
    "alias": "Blue",
    "use_blueprint": {
        "path": "homeassistant/motion_light.yaml",
        "input": {
            "motion_entity": "binary_sensor.hallway_motion",
            "light_target": {"entity_id": "light.hallway_light"},
        },
    },
}


@pytest.fixture
async def written(real_home: RealHome, door: HomeAssistant) -> AsyncIterator[Path]:
    """The home's automations file with every kind that is found in homes; as it was again after the test."""
    file = Path(real_home.folder) / "automations.yaml"
    before = file.read_text()
    named = [{"id": key, **config(number)} for number, key in enumerate((*GOOD_IDS, *UNASKABLE_IDS, "twice", "twice"))]
    file.write_text(yaml.safe_dump([*named, BLUE, config(40)], allow_unicode=True), encoding="utf-8")
    await door.call_service("automation", "reload", {})
    yield file
    file.write_text(before)
    await door.call_service("automation", "reload", {})


async def test_every_kind_of_automation_of_a_real_home_has_its_named_outcome(
    tmp_path: Path, door: HomeAssistant, written: Path
) -> None:
    repository, text = repository_in(tmp_path), written.read_text()
    deployer = Deployer(repository, door, Limits(), lambda: "", lambda: datetime.now(UTC))
    home = home_from_registries(await read_registries(door), None)

    report = import_all(repository, await deployer.read_state(), home, ANNA, datetime.now(UTC))
    settled = await deployer.reconcile()
    found = await deployer.read_state()

    outcomes = {row.automation_id: row.outcome for row in report}
    paths = [row.path for row in report if row.path]
    on_main = [
        decode((data or b"").decode()).config for data in repository.read_objects([f"{MAIN_REF}:{p}" for p in paths])
    ]
    nameless = [key for key, outcome in outcomes.items() if outcome is ImportOutcome.NO_ID]
    assert {key: outcomes[key] for key in GOOD_IDS} == dict.fromkeys(GOOD_IDS, ImportOutcome.IMPORTED)
    assert {key: outcomes[key] for key in UNASKABLE_IDS} == dict.fromkeys(UNASKABLE_IDS, ImportOutcome.OUTSIDE)
    assert (outcomes["twice"], outcomes["blue"]) == (ImportOutcome.DUPLICATE_ID, ImportOutcome.BLUEPRINT)
    assert [key.startswith("automation.") for key in nameless] == [True]
    assert sorted(str(one["id"]) for one in on_main if one) == sorted(GOOD_IDS)
    assert {done.outcome for done in settled.results} == {"settled"}
    assert {found.statuses[key].sync_status for key in GOOD_IDS} == {SyncStatus.IN_STEP}
    assert written.read_text() == text
