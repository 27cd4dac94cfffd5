"""A night: mine, match habits, draft, check, propose, and report every outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from automations.backtest.replay import backtest
from automations.checks import CheckContext, Policy, check
from automations.deploy.automation_files import read_automation_files
from automations.git.ledger import read_latest_entries
from automations.git.ledger_entry import LedgerEntry
from automations.git.proposals import Proposal, close_suggestion, propose
from automations.git.repository import Repository
from automations.git.review_actions import wake
from automations.history.source_result import SourceResult
from generator.drafting.draft import Draft, Drafter
from generator.mining import MiningResult, mine
from generator.night.follow_up import MonitorContext, ReadRunHistory, follow_up
from generator.night.match_habits import WorkSplit, match_habits, split_by_work
from generator.night.measure import Stopwatch, peak_rss_mb
from generator.night.progress import ReportProgress
from generator.night.proposal import proposal_from, why_unreliable
from schemas.backtest import Backtest
from schemas.errors import StaleError
from schemas.events import Events, Origin
from schemas.home import AutomationConfig, Home
from schemas.patterns import Anomaly, Pattern
from schemas.problems import Problem
from schemas.runs import ProposedSuggestion, RunReport, SkippedCount, Stage
from schemas.suggestions import OPEN_STATES, DeclineScope, LedgerEvent, State

FADES_AFTER = timedelta(days=14)
"""An open suggestion whose habit was not seen for this long closes itself."""


@dataclass(frozen=True)
class Caps:
    nightly: int
    open: int


@dataclass(frozen=True)
class NightContext:
    """What a night works with."""

    repository: Repository
    home: Home
    policy: Policy
    history: SourceResult
    source: str
    drafter: Drafter
    read_run_history: ReadRunHistory
    caps: Caps
    days: int
    page_url: str | None
    """Address of the page, for links; None where none is set."""
    now: datetime
    report_progress: ReportProgress


async def run_night(night: NightContext, stopwatch: Stopwatch) -> RunReport:
    """One night, once the home and its history are read.

    Nothing is written before all is mined, and each suggestion is written whole or not at all.
    """
    with stopwatch.stage(Stage.MINE):
        night.report_progress(Stage.MINE, 0, 0, "")
        mined = mine(night.history.events, night.home, window_days=night.days)
    return await run_after_mining(night, mined, stopwatch)


async def run_after_mining(night: NightContext, mined: MiningResult, stopwatch: Stopwatch) -> RunReport:
    """A night from the mining result on."""
    known_entries = read_latest_entries(night.repository)
    patterns = match_habits(mined.patterns, known_entries)
    work = split_by_work(patterns, known_entries)
    with stopwatch.stage(Stage.DRAFT):
        drafts = await _draft_all(night, work, known_entries)
    with stopwatch.stage(Stage.PROPOSE):
        proposals, skipped_counts = _proposals_worth_showing(drafts, night, mined)
        outcomes = [*work.without_work, *_propose_all(night, proposals, known_entries)]
        _wake(night, known_entries)
        _fade(night, known_entries, {pattern.habit_id for pattern in patterns})
        monitor = MonitorContext(night.repository, night.home, night.history.events, night.read_run_history, night.now)
        follow_up_notes = await follow_up(monitor, known_entries)
    return _report(night, mined, outcomes, skipped_counts, follow_up_notes, stopwatch.seconds)


def why_wait(entry: LedgerEntry | None, opened_tonight: int, open_now: int, caps: Caps) -> str:
    """Why one more suggestion is not opened now; "" where it may be. One that is open already keeps its place."""
    if entry and entry.state in OPEN_STATES:
        return ""
    if open_now >= caps.open:
        return f"{caps.open} suggestions are open, which is as many as you allow; it comes when there is room."
    if opened_tonight >= caps.nightly:
        return f"{caps.nightly} new suggestions a night are as many as you allow; it comes another night."
    return ""


def why_declined_before(proposal: Proposal, known_entries: Mapping[str, LedgerEntry]) -> str:
    """Why a new habit is not proposed: its device, or its kind there, was declined; "" where neither was."""
    for entry in known_entries.values():
        if entry.state is not State.DECLINED or entry.habit_id == proposal.habit_id:
            continue
        if entry.decline_scope is DeclineScope.DEVICE and entry.target == proposal.target:
            return f"You declined suggestions for {proposal.target}."
        if entry.decline_scope is DeclineScope.KIND and entry.kind == proposal.kind:
            return f"You declined suggestions of the kind {proposal.kind.replace('_', ' ')}."
    return ""


def night_of(moment: datetime, home: Home) -> str:
    """The night a moment belongs to, from noon to noon in the home's zone, named by the date it began."""
    return (moment.astimezone(home.tzinfo) - timedelta(hours=12)).date().isoformat()


async def _draft_all(night: NightContext, work: WorkSplit, known_entries: Mapping[str, LedgerEntry]) -> list[Draft]:
    """A draft for each; a model is asked only for those that are open or fit under tonight's caps."""
    total = len(work.to_draft)
    night.report_progress(Stage.DRAFT, 0, total, "")
    context = CheckContext(
        night.home, existing_automations(night.repository, night.home), night.policy, night.history.events
    )
    events = night.history.events

    def checks(config: AutomationConfig) -> list[Problem]:
        return check(config, context)

    def replay(config: AutomationConfig) -> Backtest:
        return backtest(config, events, night.home)

    room = min(night.caps.nightly - _opened_tonight(night, known_entries), night.caps.open - _open_now(known_entries))
    worth_asking = _habits_worth_asking(work.to_draft, known_entries, room)
    try:
        drafts = await night.drafter.draft_all(work.to_draft, night.home, checks, replay, worth_asking)
    finally:
        await night.drafter.close()
    night.report_progress(Stage.DRAFT, total, total, "")
    return drafts


def _habits_worth_asking(patterns: Sequence[Pattern], known_entries: Mapping[str, LedgerEntry], room: int) -> set[str]:
    """The habits that are open or fit under tonight's caps; the others wait."""
    habit_ids: set[str] = set()
    for pattern in patterns:
        entry = known_entries.get(pattern.habit_id)
        is_open = entry is not None and entry.state in {*OPEN_STATES, State.SNOOZED}
        if is_open or room > 0:
            habit_ids.add(pattern.habit_id)
        room -= not is_open
    return habit_ids


def _proposals_worth_showing(
    drafts: Sequence[Draft], night: NightContext, mined: MiningResult
) -> tuple[list[Proposal], Counter[str]]:
    """The proposals, and why other drafts are not shown: the backtest speaks against them."""
    skipped_counts: Counter[str] = Counter()
    proposals = []
    for draft in drafts:
        if why := why_unreliable(draft.verdict.backtest):
            skipped_counts[f"backtest: {why}"] += 1
        else:
            proposals.append(proposal_from(draft, night.home, mined.end or night.now, night.page_url))
    return proposals, skipped_counts


def existing_automations(repository: Repository, home: Home) -> dict[str, AutomationConfig]:
    """The automations that are there: in the home as its catalogue says, and on main."""
    in_home = {str(config.get("id", n)): config for n, config in enumerate(home.automations)}
    on_main = read_automation_files(repository, repository.main_commit()).by_id
    return {**in_home, **{key: version.config for key, version in on_main.items()}}


def _opened_tonight(night: NightContext, known_entries: Mapping[str, LedgerEntry]) -> int:
    tonight = night_of(night.now, night.home)
    return sum(1 for e in known_entries.values() if e.proposed_at and night_of(e.proposed_at, night.home) == tonight)


def _open_now(known_entries: Mapping[str, LedgerEntry]) -> int:
    return sum(1 for entry in known_entries.values() if entry.state in OPEN_STATES)


def _propose_all(
    night: NightContext, proposals: list[Proposal], known_entries: Mapping[str, LedgerEntry]
) -> list[ProposedSuggestion]:
    opened, open_now = _opened_tonight(night, known_entries), _open_now(known_entries)
    outcomes = []
    for number, proposal in enumerate(proposals):
        night.report_progress(Stage.PROPOSE, number, len(proposals), proposal.title)
        wait = why_wait(known_entries.get(proposal.habit_id), opened, open_now, night.caps)
        outcomes.append(_propose_one(night, proposal, known_entries, wait))
        if outcomes[-1].outcome == "created":
            opened, open_now = opened + 1, open_now + 1
    night.report_progress(Stage.PROPOSE, len(proposals), len(proposals), "")
    return outcomes


def _propose_one(
    night: NightContext, proposal: Proposal, known_entries: Mapping[str, LedgerEntry], wait: str
) -> ProposedSuggestion:
    entry = known_entries.get(proposal.habit_id)
    why = "" if entry else why_declined_before(proposal, known_entries)
    row = ProposedSuggestion(
        habit_id=proposal.habit_id,
        title=proposal.title,
        branch=None,
        outcome="declined",
        why=why,
        drafted_by=proposal.drafted_by,
    )
    if why:
        return row
    try:
        outcome, why = propose(night.repository, proposal, entry, wait, night.now)
    except StaleError as error:
        # A person decided during drafting; their decision stands, and the next night sees it.
        return row.model_copy(update={"outcome": "failed", "why": str(error)})
    after = read_latest_entries(night.repository).get(proposal.habit_id)
    branch = after.branch.removeprefix("refs/heads/") if after and after.branch_commit else None
    return row.model_copy(update={"outcome": outcome, "why": why, "branch": branch})


def _wake(night: NightContext, known_entries: Mapping[str, LedgerEntry]) -> None:
    """Reopen snoozed suggestions whose time has come."""
    for entry in known_entries.values():
        if entry.state is State.SNOOZED and entry.snoozed_until and entry.snoozed_until <= night.now:
            with suppress(StaleError):  # a person decided meanwhile
                wake(night.repository, read_latest_entries(night.repository)[entry.habit_id], night.now)


def _fade(night: NightContext, known_entries: Mapping[str, LedgerEntry], found_ids: set[str]) -> None:
    """Close open suggestions whose habit is not found any more, FADES_AFTER their last entry."""
    for entry in known_entries.values():
        if entry.habit_id in found_ids or entry.state not in {*OPEN_STATES, State.WAITING, State.HELD_BACK}:
            continue
        if night.now - entry.at >= FADES_AFTER:
            with suppress(StaleError):
                close_suggestion(
                    night.repository, entry, LedgerEvent.FADED, "The habit was not found any more.", night.now
                )


def _report(
    night: NightContext,
    mined: MiningResult,
    outcomes: list[ProposedSuggestion],
    skipped_counts: Counter[str],
    follow_up_notes: Sequence[str],
    timings: dict[str, float],
) -> RunReport:
    skipped_counts.update({skipped.reason: skipped.count for skipped in mined.skipped})
    skipped_counts.update(
        f"{row.outcome.replace('_', ' ')}: {row.why}" for row in outcomes if row.outcome in _NOT_PROPOSED
    )
    events = night.history.events
    return RunReport(
        run_id=night.now.strftime("%Y%m%dT%H%M%SZ"),
        source=night.source,
        started=_iso(night.now),
        finished=_iso(datetime.now(UTC)),
        window={"start": _iso(mined.start), "end": _iso(mined.end)},
        events=len(events),
        origins=_origins(events),
        settling=mined.settling,
        found=len(mined.patterns),
        suggestions=outcomes,
        skipped=[SkippedCount(reason=reason, count=count) for reason, count in skipped_counts.most_common()],
        anomalies=[_anomaly_document(anomaly) for anomaly in mined.anomalies],
        timings={**timings, **{key: round(value, 3) for key, value in mined.timings.items()}},
        peak_rss_mb=round(peak_rss_mb(), 1),
        notes=[*night.history.notes, *mined.notes, *night.drafter.notes, *follow_up_notes],
    )


_NOT_PROPOSED = frozenset({"waiting", "held_back", "declined", "failed"})


def _anomaly_document(anomaly: Anomaly) -> dict[str, object]:
    return {
        "entity_id": anomaly.entity_id,
        "start": _iso(anomaly.start),
        "end": _iso(anomaly.end),
        "reason": anomaly.reason,
        "score": round(anomaly.score, 3),
    }


def _origins(events: Events) -> dict[str, int]:
    counts = np.bincount(events.origin, minlength=len(Origin))
    return {origin.name.lower(): int(counts[origin]) for origin in Origin if counts[origin]}


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else ""
