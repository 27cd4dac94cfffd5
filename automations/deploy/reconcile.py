"""Bring the home to main, one file at a time: write, read back, and only then move `refs/deployed/home`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from automations.config.yaml import encode, equivalent
from automations.deploy.drift import unmanage
from automations.deploy.plan import Action, Change, Limits
from automations.deploy.sync_state import Situation, look
from automations.git.ledger import Entry, entries, entry
from automations.git.lifecycle import legal
from automations.git.merge import TRIES, last_change, record_outcome, revert
from automations.git.naming import BACKUPS, DEPLOYED, message
from automations.git.repository import ABSENT, BOT, Person, RefUpdate, Repository
from automations.git.sync_ledgers import agree
from automations.home_assistant.home_api import HomeDoor, LiveAutomation
from schemas.errors import NightshiftError, Refused, StaleError, Unauthorized, Unreachable
from schemas.home import AutomationConfig
from schemas.suggestions import LedgerEvent, State

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
    """One round: what was done, and why the rest waits ("" where nothing does; without a `plan_hash` no yes helps)."""

    done: Sequence[Done]
    held: str = ""
    plan_hash: str = ""
    away: str = ""
    """Why the home could not be asked; everything is pending then."""


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
        self._one_at_a_time = asyncio.Lock()

    async def look(self) -> Situation:
        return await look(self.repository, self.door, self.limits)

    async def reconcile(self, yes: str = "") -> Reconciled:
        """Do what the plan says, as far as guards allow; `yes` is the hash of a plan that a person agreed to.

        A home that cannot be asked leaves everything pending, with its reason.
        """
        async with self._one_at_a_time:
            await self._agree()
            if why := self._paused():
                return Reconciled((), why)
            try:
                result = await self._reconcile(yes)
            except (Unreachable, Unauthorized) as error:
                await asyncio.to_thread(self._wait_for_home, str(error))
                return Reconciled((), away=str(error))
            if result.done:
                await self._agree()
            return result

    async def apply(self, change: Change, found: Situation) -> list[Done]:
        """Do what a person asked for outright; a home that was never written to is backed up before."""
        async with self._one_at_a_time:
            if not found.trees.backed_up:
                await asyncio.to_thread(self._back_up, found.actual)
            done = await self._apply([change], found.trees.desired.commit)
            await self._agree()
            return done

    async def unmanage(self, automation_id: str, who: Person) -> str:
        """Let go of one automation and tell its ledger; the commit.

        Raises InputError where it is not managed here, Unreachable or Unauthorized where the home cannot be asked, and
        Moved where main moved meanwhile; nothing is changed then.
        """
        async with self._one_at_a_time:
            found = await self.look()
            commit = await asyncio.to_thread(unmanage, self.repository, found, automation_id, who, self._now())
            await self._agree()
            return commit

    async def _reconcile(self, yes: str) -> Reconciled:
        found = await self.look()
        changes = [c for c in found.changes if not (c.after and c.after.blob in self._refused)]
        if not changes:
            return Reconciled(())
        if found.held and (found.trees.forked or yes != found.plan_hash):
            return Reconciled((), found.held, found.plan_hash)
        await self.door.ready()
        if not found.trees.backed_up and any(c.action is not Action.SETTLE for c in changes):
            await asyncio.to_thread(self._back_up, found.actual)
        return Reconciled(await self._apply(changes, found.trees.desired.commit))

    async def _apply(self, changes: Sequence[Change], main: str) -> list[Done]:
        """One after another; the first that must wait, for the home or the end of a pause, stops the rest."""
        done: list[Done] = []
        for change in changes:
            why = self._paused()
            done.append(Done(change, "pending", main, why) if why else await self._apply_one(change, main))
            await asyncio.to_thread(self._tell_ledger, done[-1])
            if done[-1].outcome == "pending":
                break
        return done

    async def _agree(self) -> None:
        await asyncio.to_thread(lambda: agree(self.repository, self.door.name, self._now()))

    async def _apply_one(self, change: Change, main: str) -> Done:
        try:
            await self._write(change)
            await asyncio.to_thread(self._advance, change, main)
            if change.action is Action.CREATE:
                await self._mark(change.automation_id)
        except Refused as error:
            return await asyncio.to_thread(self._take_back, change, main, str(error))
        except (Unreachable, Unauthorized, StaleError) as error:
            return Done(change, "pending", main, str(error))
        outcomes: dict[Action, Outcome] = {Action.DELETE: "removed", Action.SETTLE: "settled"}
        return Done(change, outcomes.get(change.action, "deployed"), main)

    async def _write(self, change: Change) -> None:
        """Only over what was seen; what is there already is not written, since a rewrite cuts a running automation."""
        key, wish = change.automation_id, change.after.config if change.after else None
        if change.action is Action.SETTLE and wish is not None:
            return
        held = await self.door.read(key)
        if _alike(held, wish):
            if wish is not None:
                await self.door.show(key)  # stored is not loaded: it, or we, may have been stopped in between
            return
        if change.action is Action.SETTLE:
            raise Unreachable(f"{self.door.name} does not show {key} and keeps it in its file; look in its log.")
        if not _alike(held, change.seen):
            raise StaleError(f"{key} was changed in the home meanwhile; look at it again.")
        if wish is None:
            await self.door.delete(key)
        else:
            await self.door.write(key, wish)
        if not _alike(await self.door.read(key), wish):
            raise Unreachable(f"{self.door.name} does not hold {key} as it was written.")

    async def _mark(self, automation_id: str) -> None:
        """The label is for people to see; an automation without it works as well."""
        with suppress(NightshiftError):
            await self.door.mark(automation_id)

    def _advance(self, change: Change, main: str) -> None:
        """Record in the deployed chain what the home holds now; Moved where another process recorded this file anew."""
        first: dict[str, str | None] | None = None
        for _ in range(TRIES):
            tip = self.repository.resolve(DEPLOYED)
            base = tip if self._is_this_home(tip) else None
            blobs = self._blobs(change, base)
            recorded = {path: self.repository.blob_of(base, path) if base else None for path in blobs}
            if first is not None and recorded == blobs:
                return  # the other one did just this
            if first not in (None, recorded):
                break
            first = recorded
            tree = self.repository.tree_of_blobs(base, blobs)
            commit = self._deployed_commit(tree, tip, f"{change.action.value.capitalize()} {change.path}", change, main)
            with suppress(StaleError):
                self.repository.move([RefUpdate(DEPLOYED, commit, tip or ABSENT)])
                return
        raise StaleError(f"Another process deployed {change.path} just then; the next round looks again.")

    def _blobs(self, change: Change, base: str | None) -> dict[str, str | None]:
        """What the record shall hold of this change, by path."""
        blobs: dict[str, str | None] = {}
        # A path that another automation took over meanwhile is that one's record.
        if change.before and base and self.repository.blob_of(base, change.before.path) == change.before.blob:
            blobs[change.before.path] = None
        if change.after:
            blobs[change.after.path] = change.after.blob
        return blobs

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
        """What the refs do not say: why it waits or was refused. All else follows from them, and `agree` tells it."""
        if done.outcome in ("pending", "refused"):
            tip = entry(self.repository, done.change.automation_id.removeprefix("nightshift_"))
            self._record(tip, LedgerEvent.PENDING if done.outcome == "pending" else LedgerEvent.REFUSED, done.why)

    def _wait_for_home(self, why: str) -> None:
        for tip in entries(self.repository).values():
            if tip.state is State.APPROVED:
                self._record(tip, LedgerEvent.PENDING, why)

    def _record(self, tip: Entry | None, event: LedgerEvent, why: str) -> None:
        """Once: a suggestion that waits already is not told again."""
        if (
            tip is None
            or event not in legal(tip.state)
            or (event is LedgerEvent.PENDING and tip.state is State.PENDING)
        ):
            return
        with suppress(StaleError):  # somebody else wrote into it just now; the next round looks again
            record_outcome(self.repository, tip, event, why, self._now())


def _alike(first: AutomationConfig | None, second: AutomationConfig | None) -> bool:
    """Whether both mean the same; nothing is like nothing only."""
    return first is second is None or (first is not None and second is not None and equivalent(first, second))
