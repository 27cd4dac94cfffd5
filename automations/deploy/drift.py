"""A person's answer to drift: adopt what the home has, put main's version back, or let go of it; and the import."""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from automations.config.yaml import encode
from automations.deploy.plan import Action, Change
from automations.deploy.sync_state import Situation
from automations.git.merge import path_of_habit, put
from automations.git.naming import DEPLOYED, message, slug
from automations.git.repository import MAIN, Person, RefUpdate, Repository
from automations.home_assistant.home_api import LiveAutomation, Obstacle
from schemas.errors import InputError
from schemas.home import Home
from schemas.sync_status import SyncStatus

LONGEST_NAME = 200
_PLAIN = frozenset(string.ascii_lowercase + string.digits + "_-")


class ImportOutcome(StrEnum):
    IMPORTED = "imported"
    MANAGED = "managed"
    """It is on main already."""
    NO_ID = "no_id"
    DUPLICATE_ID = "duplicate_id"
    OUTSIDE = "outside"
    BLUEPRINT = "blueprint"


@dataclass(frozen=True)
class Imported:
    """What became of one automation of the home: its path on main, or why it was left alone."""

    automation_id: str
    alias: str
    outcome: ImportOutcome
    path: str = ""
    left_alone: str = ""


def adopt(repository: Repository, found: Situation, automation_id: str, home: Home, who: Person, now: datetime) -> str:
    """Commit the home's version of one automation to main, in the person's name; the commit.

    The next round finds the home in step and only records it. Raises InputError where the home cannot show it.
    """
    live = _readable(found, automation_id)
    known = found.trees.desired.by_id.get(automation_id) or found.trees.deployed.by_id.get(automation_id)
    path = known.path if known else _new_path(repository, automation_id, _area(live, home))
    files: dict[str, bytes | None] = {path: _text(automation_id, live)}
    subject = f"Adopt {live.alias or automation_id} as it is in the home"
    return put(repository, files, subject, who, now, Automation_Id=automation_id, Adopts=path)


def put_back(found: Situation, automation_id: str) -> Change:
    """The change that puts main's version over what the home has, or takes it out where main has none any more.

    InputError where it is neither on main nor was deployed from here.
    """
    wish, live = found.trees.desired.by_id.get(automation_id), found.actual.get(automation_id)
    ours = found.trees.deployed.by_id.get(automation_id)
    if wish is None and ours is None:
        raise InputError(f"main has no automation {automation_id}; nothing can be put back.")
    if wish is None:
        return Change(Action.DELETE, automation_id, ours, None, live.config if live else None)
    action, seen = (Action.UPDATE, live.config) if live else (Action.CREATE, None)
    return Change(action, automation_id, ours, wish, seen)


def unmanage(repository: Repository, found: Situation, automation_id: str, who: Person, now: datetime) -> str:
    """Let go of one automation: it leaves main and our record in one step and stays in the home as it is."""
    version = found.trees.desired.by_id.get(automation_id) or found.trees.deployed.by_id.get(automation_id)
    if version is None:
        raise InputError(f"{automation_id} is not managed here; there is nothing to let go of.")
    main, deployed = repository.main(), found.trees.deployed_tip
    facts = {"Automation-Id": automation_id, "Unmanages": version.path}
    tree = repository.tree_of_blobs(main, {version.path: None})
    commit = repository.commit(tree, [main], message(f"Let go of {version.path}", "", facts), who, now)
    moves = [RefUpdate(MAIN, commit, main)]
    ours = found.trees.deployed.by_id.get(automation_id)
    if deployed and ours:
        # Main and the record move together: were main first, the next round would delete it from the home.
        kept = repository.trailers(deployed)
        text = message(f"Let go of {ours.path}", "", {**kept, "Main": commit, "Automation-Id": automation_id})
        without = repository.tree_of_blobs(deployed, {ours.path: None})
        moves.append(RefUpdate(DEPLOYED, repository.commit(without, [deployed], text, who, now), deployed))
    repository.move(moves)
    return commit


def import_all(repository: Repository, found: Situation, home: Home, who: Person, now: datetime) -> list[Imported]:
    """Bring every automation of the home that can be read into main as it is, in one commit."""
    report = [_import_one(repository, key, live, found, home) for key, live in sorted(found.actual.items())]
    files: dict[str, bytes | None] = {
        row.path: _text(row.automation_id, found.actual[row.automation_id]) for row in report if row.path
    }
    if files:
        put(repository, files, f"Import {len(files)} automations of the home", who, now, Imports=str(len(files)))
    return report


def adopted_path(automation_id: str, area_id: str | None) -> str:
    """Where an automation made in the home lives on main; its id stays verbatim inside the file.

    All but `a-z0-9_-` is percent-encoded, so that two ids never meet on a file system that ignores case.
    """
    name = "".join(chr(b) if chr(b) in _PLAIN else f"%{b:02X}" for b in automation_id.encode())
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(automation_id.encode()).hexdigest()[:8]}"
    return f"{slug(area_id) if area_id else 'no_area'}/{name}.yaml"


def _new_path(repository: Repository, automation_id: str, area_id: str | None) -> str:
    """Where its habit has its file, if it came from one: then its history goes on there."""
    path = path_of_habit(repository, automation_id)
    free = path and repository.blob_of(MAIN, path) is None
    return path if free else adopted_path(automation_id, area_id)


def _import_one(repository: Repository, key: str, live: LiveAutomation, found: Situation, home: Home) -> Imported:
    def left(outcome: ImportOutcome, why: str) -> Imported:
        return Imported(key, live.alias, outcome, left_alone=why)

    if live.config is None:
        return left(ImportOutcome(live.obstacle or Obstacle.OUTSIDE), live.why_unreadable)
    if found.looks[key].standing is not SyncStatus.NOT_OURS:
        return left(ImportOutcome.MANAGED, "It is managed here already.")
    if "use_blueprint" in live.config:
        return left(ImportOutcome.BLUEPRINT, "It is made from a blueprint; change it there.")
    return Imported(key, live.alias, ImportOutcome.IMPORTED, path=_new_path(repository, key, _area(live, home)))


def _readable(found: Situation, automation_id: str) -> LiveAutomation:
    live = found.actual.get(automation_id)
    if live is None:
        raise InputError(f"The home has no automation {automation_id}; it may have been removed there.")
    if live.config is None:
        raise InputError(f"The home cannot show {automation_id}, so it cannot be adopted: {live.why_unreadable}")
    return live


def _area(live: LiveAutomation, home: Home) -> str | None:
    area = home.area_of(live.entity_id) if live.entity_id else None
    return area.area_id if area else None


def _text(automation_id: str, live: LiveAutomation) -> bytes:
    return encode({"id": automation_id, **(live.config or {})}).encode()
