"""plan, deploy, rollback, restore, drift, adopt, unmanage, import, log: git and the home, from a terminal."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from automations.config.yaml import encode
from automations.deploy.drift import adopt, import_all, put_back
from automations.deploy.plan import Change
from automations.deploy.reconcile import Deployer, Reconciled
from automations.deploy.sync_state import Situation
from automations.deploy.versions import path_of
from automations.git.merge import changes_of, revert, was_rolled_back
from automations.git.naming import one_line
from automations.git.repository import Repository
from automations.open.home import limits_from_settings, load_home, open_home
from automations.open.pause import pause_reason
from automations.open.repository import open_repository, reviewer_from_settings
from automations.open.settings import load_settings
from schemas.settings import Settings
from schemas.sync_status import DRIFTED_STATUSES, SyncStatus

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Yes = Annotated[bool, typer.Option("--yes", help="Say yes to what would wait for a person.")]
Id = Annotated[str, typer.Argument(help="Id of the automation or of its habit.")]


@dataclass(frozen=True)
class Tools:
    """What every command here works with."""

    settings: Settings
    repository: Repository
    deployer: Deployer


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (plan_, deploy, rollback, restore, drift, adopt_, unmanage_, import_, log):
        app.command(command.__name__.rstrip("_"), help=command.__doc__)(command)


def plan_(as_json: AsJson = False) -> None:
    """What would be written to the home now; nothing is."""

    async def show(tools: Tools) -> None:
        found = await tools.deployer.look()
        document = {
            "changes": [_change(change) for change in found.changes],
            "held": found.held,
            "broken": {path: [p.message for p in problems] for path, problems in found.broken.items()},
            "plan_hash": found.plan_hash,
        }
        lines = [f"{c.action.value:7} {c.path}" for c in found.changes] or ["Nothing to do."]
        lines += [
            f"drift   {one_line(key)}: {look.standing}"
            for key, look in found.looks.items()
            if look.standing in DRIFTED_STATUSES
        ]
        lines += [f"broken  {path}: {problems[0].message}" for path, problems in found.broken.items()]
        _print(document, [*lines, *([f"Waits: {found.held}"] if found.held else [])], as_json)

    _run(show)


def deploy(yes: Yes = False, as_json: AsJson = False) -> None:
    """Bring the home to main, as far as no person must be asked."""

    async def go(tools: Tools) -> None:
        _report(await _deploy(tools, yes), as_json)

    _run(go)


def rollback(
    automation_id: Id,
    to: Annotated[str | None, typer.Option(help="Commit whose version is wanted.")] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Take an automation back to before its last change, in git and in the home."""

    async def go(tools: Tools) -> None:
        path = path_of(tools.repository, automation_id)
        revert(tools.repository, path, reviewer_from_settings(tools.settings), datetime.now(UTC), to=to)
        _report(await _deploy(tools, yes), as_json)

    _run(go)


def restore(automation_id: Id, yes: Yes = False, as_json: AsJson = False) -> None:
    """Undo the last rollback of an automation; or put main's version back where the home was changed."""

    async def go(tools: Tools) -> None:
        path = path_of(tools.repository, automation_id)
        if was_rolled_back(changes_of(tools.repository, path)):
            revert(tools.repository, path, reviewer_from_settings(tools.settings), datetime.now(UTC))
            _report(await _deploy(tools, yes), as_json)
            return
        found = await tools.deployer.look()
        key = found.trees.desired.at(path) or automation_id
        change, waits = put_back(found, key), "" if yes else found.first_write
        _report(
            Reconciled((), f"{waits} (Say it with --yes.)")
            if waits
            else Reconciled(await tools.deployer.apply(change, found)),
            as_json,
        )

    _run(go)


def drift(as_json: AsJson = False) -> None:
    """Where each automation stands between git and the home."""

    async def show(tools: Tools) -> None:
        found = await tools.deployer.look()
        rows = _standings(found)
        lines = [
            f"{row['standing']:15} {one_line(row['id'])} {one_line(row['alias'])} {one_line(row['why'])}".rstrip()
            for row in rows
        ]
        _print({"automations": rows}, lines or ["No automations, here or in the home."], as_json)

    _run(show)


def adopt_(automation_id: Id, as_json: AsJson = False) -> None:
    """Take the home's version of an automation into main, in your name."""

    async def go(tools: Tools) -> None:
        found = await tools.deployer.look()
        home = await load_home(tools.settings)
        adopt(tools.repository, found, automation_id, home, reviewer_from_settings(tools.settings), datetime.now(UTC))
        _report(await _deploy(tools, yes=False), as_json)

    _run(go)


def unmanage_(automation_id: Id, as_json: AsJson = False) -> None:
    """Let go of an automation: it stays in the home as it is, and git forgets it."""

    async def go(tools: Tools) -> None:
        commit = await tools.deployer.unmanage(automation_id, reviewer_from_settings(tools.settings))
        _print({"commit": commit}, [f"{automation_id} is not managed here any more."], as_json)

    _run(go)


def import_(as_json: AsJson = False) -> None:
    """Bring the automations of the home into main as they are."""

    async def go(tools: Tools) -> None:
        found = await tools.deployer.look()
        home = await load_home(tools.settings)
        report = import_all(tools.repository, found, home, reviewer_from_settings(tools.settings), datetime.now(UTC))
        rows = [vars(row) for row in report]
        lines = [
            f"{row.path or 'left alone':40} {one_line(row.alias or row.automation_id)} {row.left_alone}".rstrip()
            for row in report
        ]
        await tools.deployer.reconcile()
        _print({"automations": rows}, lines or ["The home has no automations."], as_json)

    _run(go)


def log(
    automation_id: Annotated[str | None, typer.Argument(help="Only this automation.")] = None,
    most: Annotated[int, typer.Option(help="How many entries.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Who did what, when and why, newest first."""
    repository = open_repository(load_settings())
    paths = [path_of(repository, automation_id)] if automation_id else []
    rows = [
        {"sha": c.sha, "at": c.at.isoformat(), "who": c.who, "subject": c.subject, "trailers": c.trailers}
        for c in changes_of(repository, *paths, most=most)
    ]
    _print({"log": rows}, [f"{row['at']}  {row['who']:14} {row['subject']}" for row in rows], as_json)


async def _deploy(tools: Tools, yes: bool) -> Reconciled:
    result = await tools.deployer.reconcile()
    return await tools.deployer.reconcile(yes=result.plan_hash) if yes and result.plan_hash else result


@asynccontextmanager
async def _tools() -> AsyncIterator[Tools]:
    settings = load_settings()
    repository = open_repository(settings)
    async with open_home(settings) as door:
        deployer = Deployer(
            repository, door, limits_from_settings(settings), lambda: pause_reason(settings), lambda: datetime.now(UTC)
        )
        yield Tools(settings, repository, deployer)


def _run(work: Callable[[Tools], Coroutine[Any, Any, None]]) -> None:
    async def go() -> None:
        async with _tools() as tools:
            await work(tools)

    asyncio.run(go())


def _report(result: Reconciled, as_json: bool) -> None:
    document = {
        "done": [{**_change(d.change), "outcome": d.outcome, "why": d.why, "revert": d.revert} for d in result.done],
        "held": result.held,
        "plan_hash": result.plan_hash,
    }
    lines = [f"{d.outcome:9} {d.change.path} {d.why}".rstrip() for d in result.done]
    if result.held:
        lines.append(f"Waits: {result.held}{' (Say it with --yes.)' if result.plan_hash else ''}")
    _print(document, lines or ["Nothing to do: the home is in step."], as_json)
    if result.held or any(d.outcome in ("pending", "refused") for d in result.done):
        sys.exit(1)


def _standings(found: Situation) -> list[dict[str, str]]:
    rows = [
        {"id": key, "standing": look.standing.value, "why": look.why, "alias": _alias(found, key)}
        for key, look in sorted(found.looks.items())
    ]
    broken = [
        {"id": path, "standing": SyncStatus.BROKEN.value, "why": problems[0].message, "alias": ""}
        for path, problems in found.broken.items()
    ]
    return [*rows, *broken]


def _alias(found: Situation, key: str) -> str:
    live, wish = found.actual.get(key), found.trees.desired.by_id.get(key)
    alias = (wish.config if wish else (live.config if live else None) or {}).get("alias")
    return str(alias or (live.alias if live else ""))


def _change(change: Change) -> dict[str, str | None]:
    after = encode({"id": change.automation_id, **change.after.config}) if change.after else None
    return {
        "action": change.action.value,
        "id": change.automation_id,
        "path": change.path,
        "yaml": after,
    }


def _print(document: dict[str, Any], lines: list[str], as_json: bool) -> None:
    print(json.dumps(document, indent=1, ensure_ascii=False) if as_json else "\n".join(lines))
