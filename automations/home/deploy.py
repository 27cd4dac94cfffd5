"""Bring the home to main, one file at a time: write, read back, and only then move `refs/deployed/home`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from automations.codec import encode, same
from automations.git.ledger import entry
from automations.git.lifecycle import legal
from automations.git.merge import last_change, record_outcome, revert
from automations.git.naming import BACKUPS, DEPLOYED, message
from automations.git.repository import ABSENT, BOT, Person, RefUpdate, Repository
from automations.home.door import HomeDoor, LiveAutomation
from automations.home.plan import Action, Change, Limits
from automations.home.situation import Situation, look
from schemas.errors import Moved, NightshiftError, Refused, Unauthorized, Unreachable
from schemas.suggestions import Event, State

Outcome = Literal["deployed", "removed", "settled", "pending", "refused"]


@dataclass(frozen=True)
class Done:
    """What became of one change."""

    change: Change
    outcome: Outcome
    main: str
    why: str = ""
    revert: str = ""
    """The automatic revert commit, where the home refused an approved merge."""


@dataclass(frozen=True)
class Reconciled:
    """One round: what was done, and why the rest waits ("" where nothing does)."""

    done: Sequence[Done]
    held: str = ""
    plan_hash: str = ""


class Deployer:
    """Reconciles one home with one repository; several at once do no harm: each step compares before it writes."""

    def __init__(
        self,
        repository: Repository,
        door: HomeDoor,
        limits: Limits,
        paused: Callable[[], str],
        now: Callable[[], datetime],
    ) -> None:
        self.repository, self.door, self.limits = repository, door, limits
        self._paused, self._now = paused, now
        self._refused: dict[str, str] = {}
        """Blob to the home's words: the same text is not tried again and again."""

    async def look(self) -> Situation:
        return await look(self.repository, self.door, self.limits)

    async def reconcile(self, yes: str = "") -> Reconciled:
        """Do what the plan says, as far as guards allow; `yes` is the hash of a plan that a person agreed to.

        Raises Unreachable or Unauthorized where the home cannot be asked; nothing was changed then.
        """
        if why := self._paused():
            return Reconciled((), why)
        found = await self.look()
        changes = [c for c in found.changes if not (c.after and c.after.blob in self._refused)]
        if not changes:
            return Reconciled(())
        if found.held and (found.trees.forked or yes != found.plan_hash):
            return Reconciled((), found.held, found.plan_hash)
        await self.door.ready()
        if not found.trees.backed_up and any(c.action is not Action.SETTLE for c in changes):
            await asyncio.to_thread(self._back_up, found.actual)
        return Reconciled(await self.apply(changes, found.trees.desired.commit))

    async def apply(self, changes: Sequence[Change], main: str) -> list[Done]:
        """Do these changes one after another; the first that must wait for the home stops the rest."""
        done = []
        for change in changes:
            done.append(await self._apply_one(change, main))
            await asyncio.to_thread(self._tell_ledger, done[-1])
            if done[-1].outcome == "pending":
                break
        return done

    async def _apply_one(self, change: Change, main: str) -> Done:
        try:
            await self._write(change)
            await asyncio.to_thread(self._advance, change, main)
            if change.action is Action.CREATE:
                await self._mark(change.automation_id)
        except Refused as error:
            return await asyncio.to_thread(self._take_back, change, main, str(error))
        except (Unreachable, Unauthorized, Moved) as error:
            return Done(change, "pending", main, str(error))
        outcomes: dict[Action, Outcome] = {Action.DELETE: "removed", Action.SETTLE: "settled"}
        return Done(change, outcomes.get(change.action, "deployed"), main)

    async def _write(self, change: Change) -> None:
        if change.action is Action.SETTLE:
            return
        if change.after is None:
            await self.door.delete(change.automation_id)
            if await self.door.read(change.automation_id) is not None:
                raise Unreachable(f"{self.door.name} still has {change.automation_id} after removing it.")
            return
        await self.door.write(change.automation_id, change.after.config)
        back = await self.door.read(change.automation_id)
        if back is None or not same(back, change.after.config):
            raise Unreachable(f"{self.door.name} returned another {change.automation_id} than was written.")

    async def _mark(self, automation_id: str) -> None:
        """The label is for people to see; an automation without it works as well."""
        with suppress(NightshiftError):
            await self.door.mark(automation_id)

    def _advance(self, change: Change, main: str) -> None:
        """Record in the deployed chain what the home holds now."""
        tip = self.repository.resolve(DEPLOYED)
        blobs: dict[str, str | None] = {}
        if change.before:
            blobs[change.before.path] = None
        if change.after:
            blobs[change.after.path] = change.after.blob
        tree = self.repository.tree_of_blobs(tip if self._is_this_home(tip) else None, blobs)
        commit = self._deployed_commit(tree, tip, f"{change.action.value.capitalize()} {change.path}", change, main)
        self.repository.move([RefUpdate(DEPLOYED, commit, tip or ABSENT)])

    def _deployed_commit(self, tree: str, tip: str | None, subject: str, change: Change, main: str) -> str:
        trailers = {
            "Main": main,
            "Automation-Id": change.automation_id,
            "Action": change.action,
            "Home": self.door.name,
        }
        return self.repository.commit(tree, [tip] if tip else [], message(subject, "", trailers), BOT, self._now())

    def _is_this_home(self, tip: str | None) -> bool:
        if tip is None:
            return False
        return self.repository.trailers(tip).get("Home") == self.door.name

    def _back_up(self, actual: Mapping[str, LiveAutomation]) -> None:
        """Keep every config of the home that can be read as a commit under refs/backup/."""
        now = self._now()
        files: dict[str, bytes | None] = {
            f"{number:04d}.yaml": encode({"id": key, **live.config}).encode()
            for number, (key, live) in enumerate(sorted(actual.items()))
            if live.config is not None
        }
        tree = self.repository.tree_with(None, files)
        text = message("Back up the home before the first change", "", {"Home": self.door.name, "Count": len(files)})
        commit = self.repository.commit(tree, (), text, BOT, now)
        self.repository.move([RefUpdate(f"{BACKUPS}{now:%Y%m%dT%H%M%S%fZ}", commit, ABSENT)])

    def _take_back(self, change: Change, main: str, words: str) -> Done:
        """The home refused: an approved merge is reverted, quoting it; what a person pushed by hand stays, marked."""
        if change.after:
            self._refused[change.after.blob] = words
        last = last_change(self.repository, change.path)
        if last is None or "Approved-By" not in last.trailers:
            return Done(change, "refused", main, words)
        undone = revert(self.repository, change.path, BOT, self._now(), f"Home Assistant refused it: {words}")
        return Done(change, "refused", main, words, undone)

    def _tell_ledger(self, done: Done) -> None:
        """The suggestion's own history learns what became of it; automations made elsewhere have none."""
        tip = entry(self.repository, done.change.automation_id.removeprefix("nightshift_"))
        if tip is None:
            return
        last = last_change(self.repository, done.change.path)
        who = Person(last.who, "") if last else BOT
        for event in _events(done, tip.state):
            now_tip = entry(self.repository, tip.habit_id)
            if now_tip and event in legal(now_tip.state):
                record_outcome(self.repository, now_tip, event, done.why, self._now(), who)


def _events(done: Done, state: State) -> list[Event]:
    """What the ledger is told, from the outcome and where the suggestion stood."""
    if done.outcome == "pending":
        return [] if state is State.PENDING else [Event.PENDING]
    if done.outcome == "refused":
        return [Event.REFUSED]
    if done.change.after is None:
        return [Event.ROLLED_BACK]
    return [Event.RESTORED, Event.DEPLOYED] if state in (State.ROLLED_BACK, State.REFUSED) else [Event.DEPLOYED]
