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
from automations.deploy.automation_files import find_automation_path
from automations.deploy.drift import adopt, import_all, reapply
from automations.deploy.plan import PlannedChange
from automations.deploy.reconcile import Deployer, ReconcileResult
from automations.deploy.sync_state import SyncState
from automations.git.author import GitAuthor
from automations.git.merge import list_main_commits, revert, was_rolled_back
from automations.git.naming import one_line
from automations.git.repository import Repository
from automations.open.home import HomeSettings, limits_from_settings, load_home, open_home
from automations.open.pause import Pause
from automations.open.repository import open_repository
from automations.open.settings import load_settings
from schemas.errors import Unauthorized, Unreachable
from schemas.sync_status import DRIFTED_STATUSES, SyncStatus

NOT_IN_STEP = {status.value for status in (*DRIFTED_STATUSES, SyncStatus.BROKEN, SyncStatus.UNKNOWN)}
"""What `deploy` leaves to a person: it is said, and the exit code is 1."""

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Yes = Annotated[bool, typer.Option("--yes", help="Say yes to what would wait for a person.")]
Id = Annotated[str, typer.Argument(help="Id of the automation or of its habit.")]


@dataclass(frozen=True)
class CliContext:
    """What every command here works with."""

    repository: Repository
    deployer: Deployer
    home: HomeSettings
    reviewer: GitAuthor
    """In whose name what is decided in this terminal is committed."""


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (plan_, deploy, rollback, restore, drift, adopt_, unmanage_, import_, log):
        app.command(command.__name__.rstrip("_"), help=command.__doc__)(command)


def plan_(as_json: AsJson = False) -> None:
    """What would be written to the home now; nothing is."""

    async def print_plan(context: CliContext) -> None:
        state = await context.deployer.read_state()
        document = {
            "changes": [_change_row(change) for change in state.changes],
            "held": state.hold_reason,
            "broken": {path: [p.message for p in problems] for path, problems in state.broken.items()},
            "plan_hash": state.plan_hash,
        }
        lines = [f"{c.change_type.value:7} {c.path}" for c in state.changes]
        lines += [
            f"drift   {one_line(key)}: {status.sync_status}"
            for key, status in state.statuses.items()
            if status.sync_status in DRIFTED_STATUSES
        ]
        lines += [f"broken  {path}: {problems[0].message}" for path, problems in state.broken.items()]
        lines += [f"Waits: {state.hold_reason}"] if state.hold_reason else []
        _print(document, lines or ["Nothing to do."], as_json)

    _run_command(print_plan)


def deploy(yes: Yes = False, as_json: AsJson = False) -> None:
    """Bring the home to main, as far as no person must be asked."""

    async def go(context: CliContext) -> None:
        await _print_result(context, await _deploy(context, yes), as_json)

    _run_command(go)


def rollback(
    automation_id: Id,
    to: Annotated[str | None, typer.Option(help="Commit whose version is wanted.")] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Take an automation back to before its last change, in git and in the home."""

    async def go(context: CliContext) -> None:
        path = find_automation_path(context.repository, automation_id)
        revert(context.repository, path, context.reviewer, datetime.now(UTC), to_commit=to)
        await _print_result(context, await _deploy(context, yes), as_json)

    _run_command(go)


def restore(automation_id: Id, yes: Yes = False, as_json: AsJson = False) -> None:
    """Undo the last rollback of an automation; or put main's version back where the home was changed."""

    async def go(context: CliContext) -> None:
        path = find_automation_path(context.repository, automation_id)
        if was_rolled_back(list_main_commits(context.repository, path)):
            revert(context.repository, path, context.reviewer, datetime.now(UTC))
            await _print_result(context, await _deploy(context, yes), as_json)
            return
        state = await context.deployer.read_state()
        key = state.git.desired.id_at(path) or automation_id
        change, waits = reapply(state, key), "" if yes else state.first_write_warning
        result = (
            ReconcileResult((), f"{waits} (Say it with --yes.)")
            if waits
            else ReconcileResult(await context.deployer.apply(change, state))
        )
        await _print_result(context, result, as_json)

    _run_command(go)


def drift(as_json: AsJson = False) -> None:
    """Where each automation stands between git and the home."""

    async def print_drift(context: CliContext) -> None:
        state = await context.deployer.read_state()
        rows = _status_rows(state)
        lines = [
            f"{row['standing']:15} {one_line(row['id'])} {one_line(row['alias'])} {one_line(row['why'])}".rstrip()
            for row in rows
        ]
        _print({"automations": rows}, lines or ["No automations, here or in the home."], as_json)

    _run_command(print_drift)


def adopt_(automation_id: Id, as_json: AsJson = False) -> None:
    """Take the home's version of an automation into main, in your name."""

    async def go(context: CliContext) -> None:
        state = await context.deployer.read_state()
        home = await load_home(context.home)
        adopt(context.repository, state, automation_id, home, context.reviewer, datetime.now(UTC))
        await _print_result(context, await _deploy(context, yes=False), as_json)

    _run_command(go)


def unmanage_(automation_id: Id, as_json: AsJson = False) -> None:
    """Let go of an automation: it stays in the home as it is, and git forgets it."""

    async def go(context: CliContext) -> None:
        commit = await context.deployer.unmanage(automation_id, context.reviewer)
        _print({"commit": commit}, [f"{automation_id} is not managed here any more."], as_json)

    _run_command(go)


def import_(as_json: AsJson = False) -> None:
    """Bring the automations of the home into main as they are."""

    async def go(context: CliContext) -> None:
        state = await context.deployer.read_state()
        home = await load_home(context.home)
        report = import_all(context.repository, state, home, context.reviewer, datetime.now(UTC))
        rows = [vars(row) for row in report]
        lines = [
            f"{row.path or 'left alone':40} {one_line(row.alias or row.automation_id)} {row.left_alone}".rstrip()
            for row in report
        ]
        await context.deployer.reconcile()
        _print({"automations": rows}, lines or ["The home has no automations."], as_json)

    _run_command(go)


def log(
    automation_id: Annotated[str | None, typer.Argument(help="Only this automation.")] = None,
    most: Annotated[int, typer.Option(help="How many entries.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Who did what, when and why, newest first."""
    repository = open_repository(load_settings().AUTOMATIONS_REPO)
    paths = [find_automation_path(repository, automation_id)] if automation_id else []
    rows = [
        {"sha": c.sha, "at": c.at.isoformat(), "who": c.who, "subject": c.subject, "trailers": c.trailers}
        for c in list_main_commits(repository, *paths, limit=most)
    ]
    _print({"log": rows}, [f"{row['at']}  {row['who']:14} {row['subject']}" for row in rows], as_json)


async def _deploy(context: CliContext, yes: bool) -> ReconcileResult:
    result = await context.deployer.reconcile()
    return (
        await context.deployer.reconcile(confirmed_plan_hash=result.plan_hash) if yes and result.plan_hash else result
    )


@asynccontextmanager
async def _open_context() -> AsyncIterator[CliContext]:
    settings = load_settings()
    repository = open_repository(settings.AUTOMATIONS_REPO)
    home = HomeSettings.from_settings(settings)
    async with open_home(home) as home_api:
        deployer = Deployer(
            repository,
            home_api,
            limits_from_settings(settings),
            Pause(settings.DATA_DIR).reason,
            lambda: datetime.now(UTC),
        )
        yield CliContext(repository, deployer, home, GitAuthor(settings.REVIEWER_NAME, "reviewer@localhost"))


def _run_command(command: Callable[[CliContext], Coroutine[Any, Any, None]]) -> None:
    async def go() -> None:
        async with _open_context() as context:
            await command(context)

    asyncio.run(go())


async def _print_result(context: CliContext, result: ReconcileResult, as_json: bool) -> None:
    """What was done, and what stands in the way of the home being as on main; exit code 1 where anything does."""
    state, unreachable = await _read_state_after(context, result)
    rows = [row for row in _status_rows(state) if row["standing"] in NOT_IN_STEP] if state else []
    document = {
        "done": [
            {**_change_row(d.change), "outcome": d.outcome, "why": d.why, "revert": d.revert_commit}
            for d in result.results
        ],
        "held": result.hold_reason,
        "plan_hash": result.plan_hash,
        "unreachable": unreachable,
        "automations": rows,
    }
    lines = [f"{d.outcome:9} {d.change.path} {d.why}".rstrip() for d in result.results]
    if result.hold_reason:
        lines.append(f"Waits: {result.hold_reason}{' (Say it with --yes.)' if result.plan_hash else ''}")
    lines += [f"Nothing is known of the home now: {unreachable}"] if unreachable else []
    lines += [f"{row['standing']:15} {one_line(row['id'])} {one_line(row['why'])}".rstrip() for row in rows]
    if any(row["standing"] in DRIFTED_STATUSES for row in rows):
        lines.append("Adopt, restore or unmanage what drifted; nothing else is changed meanwhile.")
    _print(document, lines or ["Nothing to do: the home is in step."], as_json)
    undone = any(d.outcome in ("pending", "refused") for d in result.results)
    if result.hold_reason or unreachable or rows or undone:
        sys.exit(1)


async def _read_state_after(context: CliContext, result: ReconcileResult) -> tuple[SyncState | None, str]:
    """The state as it is now, or why the home cannot be asked."""
    if result.unreachable_reason:
        return None, result.unreachable_reason
    try:
        return await context.deployer.read_state(), ""
    except (Unreachable, Unauthorized) as error:
        return None, str(error)


def _status_rows(state: SyncState) -> list[dict[str, str]]:
    rows = [
        {"id": key, "standing": status.sync_status.value, "why": status.reason, "alias": _alias(state, key)}
        for key, status in sorted(state.statuses.items())
    ]
    broken = [
        {"id": path, "standing": SyncStatus.BROKEN.value, "why": problems[0].message, "alias": ""}
        for path, problems in state.broken.items()
    ]
    return [*rows, *broken]


def _alias(state: SyncState, key: str) -> str:
    live, desired = state.live.get(key), state.git.desired.by_id.get(key)
    alias = (desired.config if desired else (live.config if live else None) or {}).get("alias")
    return str(alias or (live.alias if live else ""))


def _change_row(change: PlannedChange) -> dict[str, str | None]:
    after = encode({"id": change.automation_id, **change.after.config}) if change.after else None
    return {
        "action": change.change_type.value,
        "id": change.automation_id,
        "path": change.path,
        "yaml": after,
    }


def _print(document: dict[str, Any], lines: list[str], as_json: bool) -> None:
    print(json.dumps(document, indent=1, ensure_ascii=False) if as_json else "\n".join(lines))
