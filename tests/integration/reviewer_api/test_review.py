"""Review over HTTP: a real service, real git, and a folder that is the home."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from automations.git.author import GitAuthor
from automations.git.ledger import read_latest_entry
from automations.git.merge import commit_files
from automations.git.repository import MAIN_REF, Repository
from schemas.runs import SkippedCount
from schemas.suggestions import State
from tests.builders.reviewing import approve, approve_and_confirm, first_page, rows
from tests.builders.runs import REPORT
from tests.builders.sample_night import NOW, night_on
from tests.builders.service import Service, running

ANNA = GitAuthor("Anna", "anna@example.org")


@pytest.fixture
async def service(tmp_path: Path, sample: Path) -> AsyncIterator[Service]:
    await night_on(tmp_path, sample)
    async with running(tmp_path, HOME_FILE=str(sample / "home.json")) as made:
        await made.sign_in()
        yield made


def at_home(folder: Path) -> list[dict]:
    path = folder / "data" / "home" / "automations.yaml"
    return (yaml.safe_load(path.read_text(encoding="utf-8")) or []) if path.exists() else []


async def test_the_board_lists_what_the_night_found(service: Service) -> None:
    found = await rows(service.client, state="open")

    assert len(found) == 3
    assert all(row["title"] and row["days_seen"] for row in found)


async def test_a_suggestion_says_what_why_and_which_lines(service: Service) -> None:
    page = await first_page(service.client)

    assert page["meaning"]["sentence"].endswith(".")
    assert page["evidence"]["sentence"].startswith("You did it on")
    assert page["diff"]["old"] == ""
    assert page["diff"]["new"] == page["yaml"]
    assert "approve" in page["actions_allowed"]


async def test_patterns_come_with_the_evidence_to_draw_them(service: Service) -> None:
    found = (await service.client.get("/api/patterns")).json()["items"]
    by_kind = {row["kind"]: row["evidence"] for row in found}

    assert len(found) == len(await rows(service.client))
    assert [row["strength"] for row in found] == sorted((row["strength"] for row in found), reverse=True)
    assert all(row["evidence"]["seen_minutes"] for row in found)
    assert by_kind["co_occurrence"]["delays"] and not by_kind["time_of_day"]["delays"]
    assert len(set(by_kind["sun"]["proposed_minutes"].values())) > 1


async def test_snoozed_it_says_until_which_date_of_the_home_and_wakes_when_asked(service: Service) -> None:
    habit = (await first_page(service.client))["row"]["habit_id"]

    page = (await service.client.post(f"/api/suggestions/{habit}/snooze", json={"until": "2099-12-24"})).json()

    woken = (await service.client.post(f"/api/suggestions/{habit}/reopen")).json()

    assert page["row"]["why"] == "Until Thu 24 Dec."
    assert "reopen" in page["actions_allowed"]
    assert (woken["row"]["state"], woken["row"]["why"], woken["timeline"][0]["who"]) == ("open", "", "Resident")


async def test_an_empty_shelf_says_what_the_last_night_left_and_a_search_that_it_found_nothing(
    service: Service,
) -> None:
    await service.parts.diary.runs.begin("night", NOW)
    report = REPORT.model_copy(update={"skipped": [SkippedCount(reason="seen on fewer than 5 days", count=14)]})
    await service.parts.diary.runs.end("night", NOW, "done", "", report)

    async def reason(**filters: str) -> str:
        answer = await service.client.get("/api/suggestions", params=filters)
        return str(answer.json()["empty_reason"])

    assert await reason(state="snoozed") == "Nothing passed: 14 seen on fewer than 5 days."
    assert await reason(state="open", q="no such words") == "Nothing fits these filters."


async def test_approve_merges_asks_once_for_the_home_and_deploys(service: Service, tmp_path: Path) -> None:
    page = await first_page(service.client)

    held = (await approve(service.client, page)).json()
    plan = (await service.client.get("/api/plan")).json()
    done = (await service.client.post("/api/plan/confirm", json={"plan_hash": plan["plan_hash"]})).json()

    habit = page["row"]["habit_id"]
    assert held["outcome"] == "held"
    assert plan["first_write_warning"]
    assert done["outcome"] == "deployed"
    assert [a["id"] for a in at_home(tmp_path)] == [f"nightshift_{habit}"]
    assert (await rows(service.client, state="watching"))[0]["habit_id"] == habit


async def test_ten_can_be_approved_one_after_another(service: Service, tmp_path: Path) -> None:
    pages = [
        (await service.client.get(f"/api/suggestions/{row['habit_id']}")).json()
        for row in await rows(service.client, state="open")
    ]

    outcomes = [(await approve_and_confirm(service.client, page))["outcome"] for page in pages]

    assert outcomes == ["deployed"] * len(pages)
    assert len(at_home(tmp_path)) == len(pages)


async def test_an_approval_of_what_is_no_longer_there_is_explained(service: Service) -> None:
    page = await first_page(service.client)
    habit = page["row"]["habit_id"]
    edit = {"yaml": page["yaml"].replace("mode: single", "mode: restart"), "base_blob": page["seen"]["proposed_blob"]}
    edited = await service.client.post(f"/api/suggestions/{habit}/edit", json=edit)

    answer = await approve(service.client, page)

    assert edited.status_code == 200, edited.text
    assert answer.status_code == 409
    assert "the proposed automation was changed" in answer.json()["detail"]
    assert answer.json()["page"]["seen"] != page["seen"]


async def test_an_unrelated_merge_invalidates_nothing(service: Service, tmp_path: Path) -> None:
    page = await first_page(service.client)
    repository = Repository(tmp_path / "automations.git")
    commit_files(repository, {"notes.md": b"hello"}, "Add notes", ANNA, NOW)

    answer = await approve(service.client, page)

    assert answer.status_code == 200


async def test_rollback_over_http_reverts_and_restore_brings_it_back(service: Service, tmp_path: Path) -> None:
    page = await first_page(service.client)
    await approve_and_confirm(service.client, page)
    key = f"nightshift_{page['row']['habit_id']}"
    preview = (await service.client.get(f"/api/automations/{key}/rollback")).json()

    gone = await service.client.post(f"/api/automations/{key}/rollback", json={"seen_main": preview["seen_main"]})
    after_rollback = at_home(tmp_path)
    again = await service.client.post(f"/api/automations/{key}/rollback", json={"seen_main": preview["seen_main"]})
    back = await service.client.post(f"/api/automations/{key}/restore")
    twice = await service.client.post(f"/api/automations/{key}/restore")

    subject = Repository(tmp_path / "automations.git").git("log", "-1", "--skip=1", "--format=%s", MAIN_REF).decode()
    assert preview["changes"][0]["action"] == "delete"
    assert gone.json()["outcome"] == "removed"
    assert after_rollback == []
    assert subject.startswith('Revert "Approve:')
    assert back.json()["outcome"] == "deployed"
    assert (again.status_code, twice.status_code) == (409, 409)
    assert [a["id"] for a in at_home(tmp_path)] == [key]


async def test_decline_keeps_the_reason_and_the_branch_goes(service: Service, tmp_path: Path) -> None:
    page = await first_page(service.client)
    habit = page["row"]["habit_id"]

    answer = await service.client.post(
        f"/api/suggestions/{habit}/decline", json={"scope": "device", "reason": "The children do that."}
    )

    tip = read_latest_entry(Repository(tmp_path / "automations.git"), habit)
    assert answer.status_code == 200
    assert tip is not None
    assert (tip.state, tip.why) == (State.DECLINED, "The children do that.")
    assert answer.json()["row"]["state"] == "declined"


async def test_drift_is_shown_and_adopted_in_the_persons_name(service: Service, tmp_path: Path) -> None:
    page = await first_page(service.client)
    await approve_and_confirm(service.client, page)
    key = f"nightshift_{page['row']['habit_id']}"
    path = tmp_path / "data" / "home" / "automations.yaml"
    path.write_text(path.read_text().replace("mode: single", "mode: restart"))
    await service.parts.reconciler.look()

    drift = (await service.client.get("/api/drift")).json()["rows"]
    adopted = (await service.client.post(f"/api/automations/{key}/adopt")).json()

    assert [(row["automation_id"], row["drift"]) for row in drift] == [(key, "edited_in_home")]
    assert adopted["outcome"] in ("nothing", "deployed")
    assert (await service.client.get("/api/drift")).json()["rows"] == []


async def test_a_rollback_of_what_was_edited_in_the_home_says_that_the_home_keeps_it(
    service: Service, tmp_path: Path
) -> None:
    page = await first_page(service.client)
    await approve_and_confirm(service.client, page)
    at = f"/api/automations/nightshift_{page['row']['habit_id']}"
    path = tmp_path / "data" / "home" / "automations.yaml"
    path.write_text(path.read_text().replace("mode: single", "mode: restart"))
    preview = (await service.client.get(f"{at}/rollback")).json()

    answer = (await service.client.post(f"{at}/rollback", json={"seen_main": preview["seen_main"]})).json()
    kept = at_home(tmp_path)
    gone = (await service.client.post(f"{at}/reapply")).json()

    assert answer["outcome"] == "drifted"
    assert len(kept) == 1
    assert (gone["outcome"], at_home(tmp_path)) == ("removed", [])


async def test_what_is_approved_during_a_pause_waits_for_its_end(service: Service, tmp_path: Path) -> None:
    first, second = [
        (await service.client.get(f"/api/suggestions/{row['habit_id']}")).json()
        for row in (await rows(service.client, state="open"))[:2]
    ]
    await approve_and_confirm(service.client, first)

    await service.client.put("/api/status/pause", json={"paused": True, "reason": "Guests."})
    answer = (await approve(service.client, second)).json()
    during = len(at_home(tmp_path))
    await service.client.put("/api/status/pause", json={"paused": False})
    await service.parts.reconciler.run_round()

    assert (answer["outcome"], answer["why"], during) == ("paused", "Guests.", 1)
    assert len(at_home(tmp_path)) == 2


async def test_a_push_to_main_is_deployed_within_a_round(service: Service, tmp_path: Path) -> None:
    page = await first_page(service.client)
    await approve_and_confirm(service.client, page)
    repository = Repository(tmp_path / "automations.git")
    text = page["yaml"].replace(f"nightshift_{page['row']['habit_id']}", "by_hand")
    commit_files(repository, {"hall/by_hand.yaml": text.encode()}, "Add mine", ANNA, NOW)

    await service.parts.reconciler.run_round()

    assert "by_hand" in [a["id"] for a in at_home(tmp_path)]


async def test_what_is_not_there_is_a_404_with_a_sentence(service: Service) -> None:
    answer = await service.client.get("/api/suggestions/nope")

    assert answer.status_code == 404
    assert "There is no suggestion nope" in answer.json()["detail"]


async def test_preview_of_a_mistake_names_it_and_saves_nothing(service: Service) -> None:
    page = await first_page(service.client)
    habit = page["row"]["habit_id"]
    wrong = page["yaml"].replace("triggers:", "trigers:")

    preview = (await service.client.post(f"/api/suggestions/{habit}/preview", json={"yaml": wrong})).json()
    after = (await service.client.get(f"/api/suggestions/{habit}")).json()

    assert any("trigers" in problem["message"] or "trigers" in problem["path"] for problem in preview["problems"])
    assert after["yaml"] == page["yaml"]


async def test_an_edit_that_main_overtook_is_put_together_in_the_editor_before_it_is_approved(
    service: Service, tmp_path: Path
) -> None:
    repository = Repository(tmp_path / "automations.git")
    page = await first_page(service.client)
    at = f"/api/suggestions/{page['row']['habit_id']}"
    mine, theirs = (page["yaml"].replace("mode: single", f"mode: {mode}") for mode in ("restart", "queued"))
    await service.client.post(f"{at}/edit", json={"yaml": mine, "base_blob": page["seen"]["proposed_blob"]})
    commit_files(repository, {page["path"]: theirs.encode()}, "By hand", ANNA, NOW)

    torn = (await service.client.get(at)).json()
    refused = await approve(service.client, torn)
    edit = {"yaml": mine, "base_blob": torn["seen"]["proposed_blob"]}
    whole = (await service.client.post(f"{at}/edit", json=edit)).json()
    merged = await approve(service.client, whole)

    assert (torn["conflict"], torn["yaml"], torn["main_yaml"]) == (True, mine, theirs)
    assert "approve" not in torn["actions_allowed"]
    assert (refused.status_code, "put the two together" in refused.json()["detail"]) == (422, True)
    assert (whole["conflict"], whole["frozen"]) == (False, True)
    assert merged.status_code == 200, merged.text
    assert repository.read_file(MAIN_REF, page["path"]) == mine.encode()


async def test_deployed_turned_off_is_one_merge_and_in_step_with_the_home(service: Service, tmp_path: Path) -> None:
    page = await first_page(service.client)
    habit = page["row"]["habit_id"]
    question = {"seen": page["seen"], "second_yes": page["seen"]["findings"], "trial": "off"}

    await service.client.post(f"/api/suggestions/{habit}/approve", json=question)
    plan = (await service.client.get("/api/plan")).json()
    await service.client.post("/api/plan/confirm", json={"plan_hash": plan["plan_hash"]})

    row = (await service.client.get(f"/api/automations/nightshift_{habit}")).json()["row"]
    events = [one["event"] for one in (await service.client.get(f"/api/suggestions/{habit}")).json()["timeline"]]
    assert [one["initial_state"] for one in at_home(tmp_path)] == [False]
    assert row["drift"] == "in_step"
    assert sorted(events) == ["approved", "deployed", "proposed"]
