"""Any order of nights, decisions, pushes, merges by hand, rollbacks and deployments keeps every suggestion legal."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from automations.deploy.plan import Limits
from automations.deploy.reconcile import Deployer
from automations.git.detect_pushes import detect_pushes
from automations.git.ledger import read_entries, read_latest_entries, read_latest_entry
from automations.git.ledger_entry import LedgerEntry
from automations.git.lifecycle import next_state
from automations.git.merge import commit_files, list_main_commits, merge, revert
from automations.git.naming import BRANCH_PREFIX, DEPLOYED_REF
from automations.git.proposals import close_suggestion, propose, propose_change
from automations.git.refs import list_refs
from automations.git.repository import MAIN_REF, RefUpdate
from automations.git.review_actions import comment, decline, edit, keep, reopen, snooze, wake
from automations.git.sync_ledgers import BRANCH_STATES
from automations.home_assistant.folder_home import FolderHome
from generator.night.follow_up import WATCHED
from schemas.errors import InputError, StaleError
from schemas.suggestions import DeclineScope, LedgerEvent, State
from tests.builders.lamps import NIGHT, habit_id, proposal, repository_in, yaml
from tests.builders.suggestions import ANNA

NUMBERS = st.integers(0, 2)
MAY_HAVE_NO_BRANCH = frozenset({State.HELD_BACK, State.DEGRADED})


class Life(RuleBasedStateMachine):
    """Three habits in a real repository, and a folder that is the home."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="nightshift-life-"))
        self.repository = repository_in(self.folder)
        self.now = NIGHT
        self.home = FolderHome(self.folder / "home")
        self.deployer = Deployer(self.repository, self.home, Limits(100, 100), lambda: "", self.tick)
        self.version = 0

    def teardown(self) -> None:
        status, out, err = self.repository.try_git("fsck", "--strict", "--no-dangling")
        locks = list(self.repository.path.rglob("*.lock"))
        shutil.rmtree(self.folder)
        assert (status, out, err, locks) == (0, b"", b"", [])

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def decide(self, number: int, decision: Callable[[LedgerEntry], object]) -> None:
        """What is not legal now is refused, and then nothing may have changed."""
        tip = read_latest_entry(self.repository, habit_id(number))
        if tip is None:
            return
        before = list_refs(self.repository)
        try:
            decision(tip)
        except (StaleError, InputError):
            assert list_refs(self.repository) == before

    def text(self, number: int) -> str:
        self.version += 1
        return yaml(number).replace("mode: single", f"mode: single\nvariables:\n  version: {self.version}")

    # --- what may happen, in any order ---------------------------------------------------

    @rule(number=NUMBERS, room=st.booleans(), more=st.booleans(), blocked=st.booleans())
    def night(self, number: int, room: bool, more: bool, blocked: bool) -> None:
        tonight = proposal(number)
        if more:
            self.version += 1
            tonight = replace(tonight, evidence_digest=f"{self.version}", strength=1.0, yaml=self.text(number))
        tonight = replace(tonight, blocked_reason="It would open a lock." if blocked else "")
        with suppress(StaleError):
            tip = read_latest_entry(self.repository, habit_id(number))
            propose(self.repository, tonight, tip, "" if room else "Enough are open.", self.tick())

    @rule(number=NUMBERS)
    def approve(self, number: int) -> None:
        def shown(tip: LedgerEntry) -> object:
            blob = self.repository.blob_sha(tip.branch, tip.path) if self.repository.resolve(tip.branch) else None
            return merge(self.repository, tip, blob or "0" * 40, ANNA, "", self.tick())

        self.decide(number, shown)

    @rule(number=NUMBERS, scope=st.sampled_from(DeclineScope))
    def decline(self, number: int, scope: DeclineScope) -> None:
        self.decide(number, lambda tip: decline(self.repository, tip, scope, "No.", ANNA, self.tick()))

    @rule(number=NUMBERS)
    def snooze(self, number: int) -> None:
        until = self.now + timedelta(days=1)
        self.decide(number, lambda tip: snooze(self.repository, tip, until, ANNA, self.tick()))

    @rule(number=NUMBERS)
    def wake(self, number: int) -> None:
        self.decide(number, lambda tip: tip.state is State.SNOOZED and wake(self.repository, tip, self.tick()))

    @rule(number=NUMBERS)
    def reopen(self, number: int) -> None:
        self.decide(number, lambda tip: reopen(self.repository, tip, ANNA, self.tick()))

    @rule(number=NUMBERS)
    def comment(self, number: int) -> None:
        self.decide(number, lambda tip: comment(self.repository, tip, "Later?", ANNA, self.tick()))

    @rule(number=NUMBERS)
    def fade(self, number: int) -> None:
        self.decide(number, lambda tip: close_suggestion(self.repository, tip, LedgerEvent.FADED, "Gone.", self.tick()))

    @rule(number=NUMBERS)
    def edit(self, number: int) -> None:
        def save(tip: LedgerEntry) -> object:
            branch = self.repository.resolve(tip.branch)
            base = self.repository.blob_sha(branch, tip.path) if branch else None
            return edit(self.repository, tip, self.text(number), base or "", ANNA, self.tick())

        self.decide(number, save)

    @rule(number=NUMBERS, stray=st.booleans())
    def push(self, number: int, stray: bool) -> None:
        tip = read_latest_entry(self.repository, habit_id(number))
        branch = self.repository.resolve(tip.branch) if tip else None
        if tip is None or branch is None:
            return
        files: dict[str, bytes | None] = {tip.path: self.text(number).encode(), "notes.md": b"x" if stray else None}
        made = self.repository.commit(
            self.repository.write_tree(branch, files), [branch], "By hand\n", ANNA, self.tick()
        )
        self.repository.update_refs([RefUpdate(tip.branch, made, branch)])
        detect_pushes(self.repository, list_refs(self.repository, BRANCH_PREFIX), self.tick())

    @rule(number=NUMBERS)
    def merge_by_hand(self, number: int) -> None:
        tip = read_latest_entry(self.repository, habit_id(number))
        branch = self.repository.resolve(tip.branch) if tip else None
        if tip is None or branch is None or tip.state not in BRANCH_STATES:
            return
        main = self.repository.main_commit()
        tree = self.repository.write_tree_from_blobs(main, {tip.path: self.repository.blob_sha(branch, tip.path)})
        made = self.repository.commit(tree, [main, branch], "Merge by hand\n", ANNA, self.tick())
        self.repository.update_refs([RefUpdate(MAIN_REF, made, main)])

    @rule(number=NUMBERS, takes_out=st.booleans())
    def question(self, number: int, takes_out: bool) -> None:
        """What the night says of an automation that does not serve."""
        content = None if takes_out else self.text(number).encode()
        tip = read_latest_entry(self.repository, habit_id(number))
        if tip and tip.state in WATCHED:
            self.decide(number, lambda tip: propose_change(self.repository, tip, content, "It fails.", self.tick()))

    @rule(number=NUMBERS)
    def approve_the_question(self, number: int) -> None:
        def shown(tip: LedgerEntry) -> object:
            if tip.state is not State.DEGRADED:
                return None
            blob = self.repository.blob_sha(tip.branch, tip.path) if self.repository.resolve(tip.branch) else None
            return merge(self.repository, tip, blob or "", ANNA, "", self.tick())

        self.decide(number, shown)

    @rule(number=NUMBERS)
    def keep(self, number: int) -> None:
        self.decide(number, lambda tip: keep(self.repository, tip, ANNA, self.tick()))

    @rule(number=NUMBERS)
    def change_main_by_hand(self, number: int) -> None:
        tip = read_latest_entry(self.repository, habit_id(number))
        if tip and self.repository.blob_sha(MAIN_REF, tip.path):
            commit_files(self.repository, {tip.path: self.text(number).encode()}, "By hand", ANNA, self.tick())

    @rule(number=NUMBERS)
    def roll_back(self, number: int) -> None:
        """Also rolls a rollback back: that is a restore."""
        self.decide(number, lambda tip: self._roll_back(tip))

    def _roll_back(self, tip: LedgerEntry) -> None:
        tree = f"{MAIN_REF}^{{tree}}"
        last = list_main_commits(self.repository, tip.path, limit=1)
        newest = list_main_commits(self.repository, limit=1)
        was = self.repository.git("rev-parse", f"{last[0].parent}^{{tree}}") if last and last[0].parent else b""
        others = self._others(tip)

        revert(self.repository, tip.path, ANNA, self.tick())

        if last[0].sha == newest[0].sha:
            assert self.repository.git("rev-parse", tree) == was, "a rollback is exact when nothing landed since"
        assert self._others(tip) == others, "and touches no other file in any case"

    def _others(self, tip: LedgerEntry) -> dict[str, str]:
        return {path: blob for path, blob in self.repository.list_files(MAIN_REF).items() if path != tip.path}

    @rule()
    def deploy(self) -> None:
        first = asyncio.run(self.deployer.reconcile())
        result = (
            asyncio.run(self.deployer.reconcile(confirmed_plan_hash=first.plan_hash)) if first.hold_reason else first
        )

        assert not result.hold_reason
        wished = {path for path in self.repository.list_files(MAIN_REF) if path.startswith("hall/")}
        record = self.repository.resolve(DEPLOYED_REF)
        assert (set(self.repository.list_files(record)) if record else set()) == wished
        for tip in read_latest_entries(self.repository).values():
            serves = {State.WATCHING, State.HEALTHY, State.DEGRADED}
            assert (tip.path in wished) == (tip.state in serves), (tip.state, tip.event)

    # --- what must be so at any moment ------------------------------------------------------

    @invariant()
    def every_ledger_is_one_legal_chain(self) -> None:
        for tip in read_latest_entries(self.repository).values():
            state: State | None = None
            for one in read_entries(self.repository, tip.habit_id):
                assert next_state(state, one.event) is one.state, (state, one.event, one.state)
                state = one.state
            assert state is tip.state

    @invariant()
    def a_branch_is_there_exactly_while_it_is_asked(self) -> None:
        branches = list_refs(self.repository, BRANCH_PREFIX)
        for tip in read_latest_entries(self.repository).values():
            if tip.state not in MAY_HAVE_NO_BRANCH:
                assert (tip.branch in branches) == (tip.state in BRANCH_STATES), (tip.state, tip.event)

    @invariant()
    def main_holds_the_files_of_habits_and_nothing_else(self) -> None:
        paths = {tip.path for tip in read_latest_entries(self.repository).values()}
        assert set(self.repository.list_files(MAIN_REF)) - paths == {"README.md", "policy.yaml"}


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
