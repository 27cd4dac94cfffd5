"""Nothing is promised that cannot happen: nights, people and a home lead to every state and every event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from automations.deploy.plan import Limits
from automations.deploy.reconcile import Deployer
from automations.git.detect_pushes import detect_pushes
from automations.git.ledger import read_entries, read_latest_entry
from automations.git.ledger_entry import LedgerEntry
from automations.git.merge import merge, revert
from automations.git.naming import BRANCH_PREFIX
from automations.git.proposals import close_suggestion, propose, propose_change
from automations.git.refs import list_refs
from automations.git.repository import MAIN_REF, NULL_SHA, RefUpdate
from automations.git.review_actions import comment, decline, edit, keep, reopen, snooze, wake
from automations.git.sync_ledgers import sync_ledgers
from schemas.errors import Refused, Unreachable
from schemas.suggestions import DeclineScope, LedgerEvent, State
from tests.builders.lamps import NIGHT, habit_id, proposal, repository_in, suggest, tip, yaml
from tests.builders.stubborn_home import StubbornHome
from tests.builders.suggestions import ANNA

ASKED, BLOCKED, LEFT, SERVED, REFUSED = range(5)
"""The lamps, by what becomes of their suggestions."""


class Days:
    """A repository, a home, and all that may happen to a suggestion, a minute apart."""

    def __init__(self, folder: Path) -> None:
        self.repository, self.home = repository_in(folder), StubbornHome(folder / "home")
        self._minutes = count(1)
        self.deployer = Deployer(self.repository, self.home, Limits(), lambda: "", self.now)

    def now(self) -> datetime:
        return NIGHT + timedelta(minutes=next(self._minutes))

    def night(self, number: int, wait: str = "", **changes: str) -> None:
        seen = read_latest_entry(self.repository, habit_id(number))
        propose(self.repository, replace(proposal(number), **changes), seen, wait, self.now())

    def decide(self, number: int, decision: Callable[..., object], *more: object) -> None:
        decision(self.repository, tip(self.repository, number), *more, ANNA, self.now())

    def branch_blob(self, number: int) -> str:
        found = tip(self.repository, number)
        return self.repository.blob_sha(found.branch, found.path) or ""

    def approve(self, number: int) -> None:
        merge(self.repository, tip(self.repository, number), self.branch_blob(number), ANNA, "", self.now())

    async def deploy(self) -> None:
        held = await self.deployer.reconcile()
        if held.hold_reason:
            await self.deployer.reconcile(confirmed_plan_hash=held.plan_hash)

    def ledger(self, number: int) -> list[LedgerEntry]:
        return read_entries(self.repository, habit_id(number))


def ask_and_decide(days: Days) -> None:
    """It waits, opens, is refreshed, put off, edited, declined, brought back, and people stop doing it."""
    days.night(ASKED, wait="Enough are open.")
    days.night(ASKED)
    days.night(ASKED, evidence_digest="28/31")
    days.decide(ASKED, comment, "Later?")
    days.decide(ASKED, snooze, NIGHT + timedelta(days=1))
    wake(days.repository, tip(days.repository, ASKED), days.now())
    days.decide(ASKED, edit, yaml(ASKED) + "# mine\n", days.branch_blob(ASKED))
    days.night(ASKED, evidence_digest="29/32")
    days.decide(ASKED, decline, DeclineScope.HABIT, "No.")
    days.decide(ASKED, reopen)
    close_suggestion(days.repository, tip(days.repository, ASKED), LedgerEvent.FADED, "Not seen.", days.now())


def merge_what_is_held_back(days: Days) -> None:
    """A push of more than its own file holds it back; its file is merged by hand."""
    suggest(days.repository, BLOCKED)
    found = tip(days.repository, BLOCKED)
    tree = days.repository.write_tree(found.branch_commit, {"notes.md": b"x"})
    pushed = days.repository.commit(tree, [found.branch_commit], "Notes\n", ANNA, days.now())
    days.repository.update_refs([RefUpdate(found.branch, pushed, found.branch_commit)])
    detect_pushes(days.repository, list_refs(days.repository, BRANCH_PREFIX), days.now())
    main = days.repository.main_commit()
    tree = days.repository.write_tree(main, {found.path: yaml(BLOCKED).encode()})
    merged = days.repository.commit(tree, [main], "By hand\n", ANNA, days.now())
    days.repository.update_refs([RefUpdate(MAIN_REF, merged, main)])
    sync_ledgers(days.repository, days.home.name, days.now())


def delete_its_branch(days: Days) -> None:
    suggest(days.repository, LEFT)
    found = tip(days.repository, LEFT)
    days.repository.update_refs([RefUpdate(found.branch, NULL_SHA, found.branch_commit)])
    days.night(LEFT)


async def serve_and_take_back(days: Days) -> None:
    """The home is away, then there; it is questioned, kept, rolled back, restored, and let go of."""
    suggest(days.repository, SERVED)
    days.approve(SERVED)
    days.home.trouble = Unreachable("The home does not answer.")
    await days.deploy()
    days.home.trouble = None
    await days.deploy()
    served = tip(days.repository, SERVED)
    propose_change(days.repository, served, None, "It never fires.", days.now())
    days.decide(SERVED, keep)
    revert(days.repository, served.path, ANNA, days.now())
    await days.deploy()
    revert(days.repository, served.path, ANNA, days.now())
    await days.deploy()
    await days.deployer.unmanage(f"nightshift_{habit_id(SERVED)}", ANNA)
    await days.deploy()


async def be_refused(days: Days) -> None:
    suggest(days.repository, REFUSED)
    days.approve(REFUSED)
    days.home.trouble = Refused("Message malformed: no such thing")
    await days.deploy()


async def test_every_state_and_every_event_happens(tmp_path: Path) -> None:
    days = Days(tmp_path)

    ask_and_decide(days)
    merge_what_is_held_back(days)
    delete_its_branch(days)
    await serve_and_take_back(days)
    await be_refused(days)

    told = [entry for number in range(5) for entry in days.ledger(number)]
    assert {entry.state for entry in told} == set(State)
    assert {entry.event for entry in told} == set(LedgerEvent)
