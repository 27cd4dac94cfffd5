"""Git and the home, looked at together at one moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from automations.deploy.plan import Action, Change, Limits, Look, Version, compare, held, plan, plan_hash
from automations.deploy.unrecorded_writes import left_over, was_sent
from automations.deploy.versions import Versions, versions
from automations.git.naming import BACKUPS, DEPLOYED, trailers_of
from automations.git.refs import tips
from automations.git.repository import Repository
from automations.home_assistant.home_api import HomeDoor, LiveAutomation
from schemas.problems import Problem
from schemas.sync_status import SyncStatus


@dataclass(frozen=True)
class Trees:
    """What git says: main, and what the home held of ours when we last looked after it."""

    desired: Versions
    deployed: Versions
    deployed_tip: str | None
    forked: bool
    """Main does not descend from what was deployed last."""
    backed_up: bool
    """A backup of this very home is there, so it was written to before."""


@dataclass(frozen=True)
class Situation:
    trees: Trees
    actual: Mapping[str, LiveAutomation]
    looks: Mapping[str, Look]
    changes: Sequence[Change]
    held: str
    """Why the changes wait for a person; "" where they may go ahead."""
    first_write: str = ""
    """What the first change does to a home that was never written to from here; "" where one was."""

    @property
    def plan_hash(self) -> str:
        return plan_hash(self.changes)

    @property
    def broken(self) -> Mapping[str, tuple[Problem, ...]]:
        return self.trees.desired.broken


def read_trees(repository: Repository, home_name: str) -> Trees:
    main = repository.main()
    tip = repository.resolve(DEPLOYED)
    # The record belongs to one home; another home holds nothing of ours yet.
    here = tip is not None and repository.trailers(tip).get("Home") == home_name
    last = repository.trailers(tip).get("Main") if tip and here else None
    deployed = versions(repository, tip) if tip and here else Versions("")
    desired = versions(repository, main)
    return Trees(
        desired=_keep_deployed_where_broken(desired, deployed),
        deployed=deployed,
        deployed_tip=tip,
        forked=last is not None and not repository.is_ancestor(last, main),
        backed_up=any(trailers_of(backup.message).get("Home") == home_name for backup in tips(repository, BACKUPS)),
    )


async def look(repository: Repository, door: HomeDoor, limits: Limits) -> Situation:
    """The situation now; Unreachable where the home does not answer, which proves nothing about what it holds.

    What was on its way to the home when main went on counts as deployed, and so goes where main wishes it.
    """
    actual = await door.live()
    trees = await asyncio.to_thread(_with_left_overs, repository, door.name, actual.keys())
    found = situation(trees, actual, limits, warning := await door.first_write_warning())
    sent = await asyncio.to_thread(_sent, repository, found)
    return situation(_counting(trees, sent), actual, limits, warning) if sent else found


def situation(trees: Trees, actual: Mapping[str, LiveAutomation], limits: Limits, warning: str) -> Situation:
    """Pure: what follows from what git and the home say."""
    looks = compare(trees.desired.by_id, actual, trees.deployed.by_id)
    changes = plan(trees.desired.by_id, actual, trees.deployed.by_id)
    first = "" if trees.backed_up else f"This is the first change to this home. {warning}"
    return Situation(trees, actual, looks, changes, _why_held(trees, changes, limits, first), first)


def _with_left_overs(repository: Repository, home_name: str, in_home: Iterable[str]) -> Trees:
    trees = read_trees(repository, home_name)
    strange = [key for key in in_home if key not in trees.desired.by_id and key not in trees.deployed.by_id]
    return _counting(trees, {key: version for key in strange if (version := left_over(repository, key))})


def _sent(repository: Repository, found: Situation) -> dict[str, Version]:
    """What looks edited in the home and is what we sent it: our record, with what the home really holds."""
    edited = [key for key, look in found.looks.items() if look.standing in (SyncStatus.EDITED_IN_HOME, SyncStatus.BOTH)]
    held = {key: (found.trees.deployed.by_id[key], found.actual[key].config or {}) for key in edited}
    return {
        key: replace(ours, config=config)
        for key, (ours, config) in held.items()
        if was_sent(repository, key, ours.path, config)
    }


def _counting(trees: Trees, deployed: Mapping[str, Version]) -> Trees:
    """The trees, with these counted as deployed."""
    return replace(trees, deployed=replace(trees.deployed, by_id={**trees.deployed.by_id, **deployed}))


def standing_of_broken(found: Situation) -> dict[str, SyncStatus]:
    """Path to standing of the files on main that cannot be deployed."""
    return dict.fromkeys(found.broken, SyncStatus.BROKEN)


def _why_held(trees: Trees, changes: Sequence[Change], limits: Limits, first: str) -> str:
    if not changes:
        return ""
    if trees.forked:
        return "main does not follow from what was deployed last; was it replaced? Bring the old main back to go on."
    if all(change.action is Action.SETTLE for change in changes):
        return ""  # only our record follows; the home is not written to
    why = held(changes, limits)
    return " ".join(part for part in (first, why) if part)


def _keep_deployed_where_broken(desired: Versions, deployed: Versions) -> Versions:
    """A broken file on main leaves the home as it is: what is deployed of its path or its id stays wished for."""
    kept = {
        key: version
        for key, version in deployed.by_id.items()
        if version.path in desired.broken or key in desired.broken_ids
    }
    return replace(desired, by_id={**kept, **desired.by_id})
