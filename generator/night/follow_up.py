"""Follows up what is deployed: does it run as expected, is it undone, is its trial over, are its references valid."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from automations.backtest.replay import backtest
from automations.config.nodes import is_deployed_off
from automations.config.normalize import equivalent
from automations.config.references import entities_of
from automations.config.yaml import encode
from automations.deploy.automation_files import read_automation_files
from automations.deploy.health import HealthStatus, assess_health
from automations.deploy.previous_version import find_previous_version
from automations.git.author import BOT
from automations.git.ledger import append_event, read_entries
from automations.git.ledger_entry import LedgerEntry
from automations.git.naming import automation_id_from_habit
from automations.git.proposals import propose_change
from automations.git.repository import Repository
from automations.git.review_actions import keep
from automations.history.collect import present_by_former_id
from automations.home_assistant.run_history import RunHistory
from schemas.errors import Damaged, NightshiftError, StaleError
from schemas.events import Events
from schemas.home import AutomationConfig, Home
from schemas.suggestions import LedgerEvent, State

WATCHED = frozenset({State.WATCHING, State.HEALTHY})
GONE = "is not in the home any more, so it cannot do its work."
RENAMED = "this version uses the new name."
OR_APPROVE = "Keep it, or approve that it"
TURNED_ON = "You turned it on in the home; approve this, and it is still on after the home was restarted."

ReadRunHistory = Callable[[str, datetime], Awaitable[RunHistory | None]]
"""What the home recorded of an automation since a moment; None where it keeps no record."""


@dataclass(frozen=True)
class MonitorContext:
    repository: Repository
    home: Home
    events: Events
    read_run_history: ReadRunHistory
    now: datetime


async def follow_up(context: MonitorContext, known_entries: Mapping[str, LedgerEntry]) -> list[str]:
    """Propose a fix, a rollback or removal where an automation does not work; returns sentences for the run's report.

    Only proposes: nothing is ever rolled back by itself."""
    notes: list[str] = []
    on_main = read_automation_files(context.repository, context.repository.main_commit()).by_id
    for entry in known_entries.values():
        version = on_main.get(automation_id_from_habit(entry.habit_id))
        if version is None:
            continue
        try:
            if entry.state in WATCHED:
                notes += await _check_automation(context, entry, version.config)
            elif entry.state is State.DEGRADED:
                _withdraw_question(context, entry, version.config)
        except StaleError:
            continue  # a person decided meanwhile; their word stands
        except Damaged as error:
            notes.append(f"{entry.title} could not be looked after: {error}")
    return notes


async def _check_automation(context: MonitorContext, entry: LedgerEntry, config: AutomationConfig) -> list[str]:
    fixed, why = fix_references(config, context.home)
    if why:
        return [] if _was_kept_before(context, entry, why) else _propose_fix(context, entry, fixed, why)
    if entry.trial_until and entry.trial_until <= context.now:
        return _propose_rollback(context, entry, config, "Its seven days of trial are over.")
    if entry.state is State.WATCHING or is_deployed_off(config):
        return await _check_run_history(context, entry, config)
    return []


async def _check_run_history(context: MonitorContext, entry: LedgerEntry, config: AutomationConfig) -> list[str]:
    since = deployed_at(context.repository, entry)
    try:
        run_history = await context.read_run_history(automation_id_from_habit(entry.habit_id), since)
    except NightshiftError as error:
        return [f"{entry.title} could not be looked after: {error}"]
    if run_history is None:
        return []
    if run_history.is_on and is_deployed_off(config) and not _was_kept_before(context, entry, TURNED_ON):
        return _propose_fix(context, entry, {k: v for k, v in config.items() if k != "initial_state"}, TURNED_ON)
    return _check_health(context, entry, config, run_history, since) if entry.state is State.WATCHING else []


def _check_health(
    context: MonitorContext, entry: LedgerEntry, config: AutomationConfig, run_history: RunHistory, since: datetime
) -> list[str]:
    expected = backtest(config, context.events, context.home, since, context.now)
    if not expected.computable:
        return []
    result = assess_health(since, context.now, expected.fired, run_history, expected.undone)
    if result.status is HealthStatus.DEGRADED:
        return _propose_rollback(context, entry, config, result.sentence)
    if result.status is HealthStatus.HEALTHY:
        append_event(context.repository, entry, LedgerEvent.HEALTHY, result.sentence, context.now)
    return []


def _withdraw_question(context: MonitorContext, entry: LedgerEntry, config: AutomationConfig) -> None:
    """Withdraw the fix once a missing entity is there again: the draft made without it would break what works."""
    if entry.why.endswith((GONE, RENAMED)) and fix_references(config, context.home)[1] != entry.why:
        keep(context.repository, entry, BOT, context.now)


def _was_kept_before(context: MonitorContext, entry: LedgerEntry, why: str) -> bool:
    """Whether the same was proposed before and a person kept the automation as it is."""
    outcomes = [
        one
        for one in read_entries(context.repository, entry.habit_id)
        if one.event in (LedgerEvent.DEGRADED, LedgerEvent.HEALTHY)
    ]
    return any(
        asked.event is LedgerEvent.DEGRADED
        and asked.why == why
        and answer.event is LedgerEvent.HEALTHY
        and answer.who != BOT.name
        for asked, answer in pairwise(outcomes)
    )


def _propose_rollback(context: MonitorContext, entry: LedgerEntry, config: AutomationConfig, why: str) -> list[str]:
    """Propose the version that worked in the home before, or removal where there is none."""

    def works(before: AutomationConfig) -> bool:
        return not fix_references(before, context.home)[1] and not equivalent(_behaviour(before), _behaviour(config))

    previous = find_previous_version(context.repository, entry, works)
    if previous is None:
        way = "is taken out, since there is no earlier version of it to go back to"
        propose_change(context.repository, entry, None, why := f"{why} {OR_APPROVE} {way}.", context.now)
    else:
        way = f"goes back to the version of {previous.at.astimezone(context.home.tzinfo):%-d %B %Y}, which it replaced"
        content = context.repository.read_file(previous.sha, entry.path)
        propose_change(context.repository, entry, content, why := f"{why} {OR_APPROVE} {way}.", context.now, "Go back")
    return [f"{entry.title}: {why}"]


def _behaviour(config: AutomationConfig) -> AutomationConfig:
    """What it does, without its name and whether it was deployed turned off."""
    return {key: value for key, value in config.items() if key not in ("alias", "description", "initial_state")}


def _propose_fix(context: MonitorContext, entry: LedgerEntry, change: AutomationConfig | None, why: str) -> list[str]:
    """Propose a change; None proposes removal."""
    content = encode({"id": automation_id_from_habit(entry.habit_id), **change}).encode() if change else None
    propose_change(context.repository, entry, content, why, context.now)
    return [f"{entry.title}: {why}"]


def deployed_at(repository: Repository, entry: LedgerEntry) -> datetime:
    """When it was last deployed."""
    times = [logged.at for logged in read_entries(repository, entry.habit_id) if logged.event is LedgerEvent.DEPLOYED]
    return times[-1] if times else entry.at


def fix_references(config: AutomationConfig, home: Home) -> tuple[AutomationConfig | None, str]:
    """The automation with renamed entities under their new ids (None where one is gone), and why; "" if all is well."""
    if not home.entities_by_id:
        return None, ""
    missing = [name for name in entities_of(config) if "." in name and name not in home.entities_by_id]
    renamed = {name: new for name in missing if (new := present_by_former_id(home).get(name))}
    gone = [name for name in missing if name not in renamed]
    if gone:
        return None, f"{', '.join(gone)} {GONE}"
    if not renamed:
        return None, ""
    text = json.dumps(config)
    for old, new in renamed.items():
        text = text.replace(json.dumps(old), json.dumps(new))
    words = ", ".join(f"{old} is now {new}" for old, new in renamed.items())
    return json.loads(text), f"{words}; {RENAMED}"
