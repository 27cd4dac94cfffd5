"""The plan: three trees in, changes out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from automations.deploy.plan import AutomationFile, ChangeType, Limits, PlannedChange, compare, hold_reason, plan
from automations.home_assistant.home_api import LiveAutomation
from schemas.sync_status import SyncStatus


def version(alias: str, path: str = "hall/light.yaml") -> AutomationFile:
    config = {
        "alias": alias,
        "triggers": [{"trigger": "time", "at": "07:00:00"}],
        "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.hall"}}],
    }
    return AutomationFile(path, f"blob of {alias}", config)


def live(found: AutomationFile, enabled: bool | None = True) -> LiveAutomation:
    return LiveAutomation("x", dict(found.config), "automation.x", enabled)


A, B, C = version("A"), version("B"), version("C")


def standing(
    desired: AutomationFile | None, actual: AutomationFile | None, deployed: AutomationFile | None
) -> SyncStatus:
    looks = compare(
        {"x": desired} if desired else {}, {"x": live(actual)} if actual else {}, {"x": deployed} if deployed else {}
    )
    return looks["x"].sync_status


def actions(
    desired: AutomationFile | None, actual: AutomationFile | None, deployed: AutomationFile | None
) -> list[ChangeType]:
    changes = plan(
        {"x": desired} if desired else {}, {"x": live(actual)} if actual else {}, {"x": deployed} if deployed else {}
    )
    return [change.change_type for change in changes]


def test_a_new_file_on_main_is_created() -> None:
    assert actions(A, None, None) == [ChangeType.CREATE]


def test_a_changed_file_is_updated_where_the_home_still_holds_ours() -> None:
    assert actions(B, A, A) == [ChangeType.UPDATE]


def test_a_removed_file_is_deleted_where_the_home_still_holds_ours() -> None:
    assert actions(None, A, A) == [ChangeType.DELETE]


def test_what_the_home_reached_before_we_were_killed_is_only_recorded() -> None:
    assert actions(A, A, None) == [ChangeType.RECORD_ONLY]
    assert actions(B, B, A) == [ChangeType.RECORD_ONLY]
    assert actions(None, None, A) == [ChangeType.RECORD_ONLY]


def test_an_edit_in_the_home_is_never_overwritten_or_deleted() -> None:
    assert actions(A, B, A) == []
    assert actions(C, B, A) == []
    assert actions(None, B, A) == []
    assert standing(A, B, A) is SyncStatus.EDITED_IN_HOME
    assert standing(C, B, A) is SyncStatus.BOTH


def test_what_a_person_removed_in_the_home_is_missing_and_not_made_again() -> None:
    assert actions(A, None, A) == []
    assert standing(A, None, A) is SyncStatus.MISSING


def test_a_stranger_with_our_id_is_left_alone() -> None:
    assert actions(A, B, None) == []
    assert standing(A, B, None) is SyncStatus.NOT_OURS
    assert standing(None, B, None) is SyncStatus.NOT_OURS


def test_turned_off_by_a_person_is_suspended_and_no_drift() -> None:
    looks = compare({"x": A}, {"x": live(A, enabled=False)}, {"x": A})

    assert looks["x"].sync_status is SyncStatus.SUSPENDED


def test_an_automation_that_cannot_be_read_is_unknown_and_untouched() -> None:
    unreadable = LiveAutomation("x", None, "automation.x", True, why_unreadable="It stands in a package.")

    looks = compare({"x": B}, {"x": unreadable}, {"x": A})

    assert looks["x"].sync_status is SyncStatus.UNKNOWN
    assert looks["x"].change is None


def change(action: ChangeType, key: str) -> PlannedChange:
    return PlannedChange(action, key, A, None if action is ChangeType.DELETE else B)


def test_more_than_one_deletion_waits_for_a_person() -> None:
    one, two = change(ChangeType.DELETE, "nightshift_1"), change(ChangeType.DELETE, "nightshift_2")

    assert hold_reason([one], Limits()) == ""
    assert "delete 2 automations" in hold_reason([one, two], Limits())


def test_more_than_five_changes_wait_and_settling_does_not_count() -> None:
    updates = [change(ChangeType.UPDATE, f"nightshift_{n}") for n in range(6)]
    settles = [change(ChangeType.RECORD_ONLY, f"nightshift_{n}") for n in range(9)]

    assert hold_reason(updates[:5] + settles, Limits()) == ""
    assert "change 6 automations" in hold_reason(updates, Limits())


def test_an_adopted_automation_is_never_deleted_without_a_yes() -> None:
    assert "you made yourself" in hold_reason([change(ChangeType.DELETE, "1712345678901")], Limits())


versions = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([A, B, C]), max_size=6)


def lived(found: dict[str, AutomationFile]) -> dict[str, LiveAutomation]:
    return {key: live(value) for key, value in found.items()}


@given(versions)
def test_nothing_is_to_do_where_all_three_agree(same: dict[str, AutomationFile]) -> None:
    assert plan(same, lived(same), same) == []


@given(versions, versions, versions)
def test_applying_the_plan_reaches_main_for_ours_and_leaves_strangers(
    desired: dict[str, AutomationFile], ours: dict[str, AutomationFile], strangers: dict[str, AutomationFile]
) -> None:
    others = {key.upper(): value for key, value in strangers.items()}
    home = {**ours, **others}

    for step in plan(desired, lived(home), ours):
        if step.after is None:
            home.pop(step.automation_id)
        else:
            home[step.automation_id] = step.after

    assert {key: value for key, value in home.items() if key.islower()} == desired
    assert {key: value for key, value in home.items() if key.isupper()} == others
