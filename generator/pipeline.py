"""A night: read, mine, recognise, draft, check, propose, and say what became of everything."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from automations.backtest.replay import backtest
from automations.checks import Context, Policy, check
from automations.git.decisions import wake
from automations.git.ledger import Entry, entries
from automations.git.naming import automation_id
from automations.git.proposals import Proposal, close, propose
from automations.git.repository import Repository
from automations.history.history import History
from automations.home.versions import versions
from generator.commands.analyze import peak_rss_mb
from generator.drafting.baseline import baseline
from generator.mining import Mined, mine
from generator.mining.identity import KnownHabit, assign, parse_key
from generator.progress import Tell
from generator.propose import proposal_from
from schemas.errors import InputError, Moved
from schemas.events import Events, Origin
from schemas.home import AutomationConfig, Home
from schemas.patterns import Pattern
from schemas.problems import Problem
from schemas.runs import ProposedSuggestion, RunReport, SkippedCount, Stage
from schemas.suggestions import OPEN_STATES, DeclineScope, Event, State
from schemas.verdict import Verdict

FADES_AFTER = timedelta(days=14)
"""An open suggestion whose habit was not seen for this long closes itself."""


@dataclass(frozen=True)
class Caps:
    nightly: int
    open: int


@dataclass
class Stopwatch:
    """Seconds a stage, by name."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[stage.value] = round(time.perf_counter() - began, 3)


@dataclass(frozen=True)
class Night:
    """What a night works with."""

    repository: Repository
    home: Home
    policy: Policy
    history: History
    source: str
    caps: Caps
    days: int
    now: datetime
    tell: Tell


def run(night: Night, watch: Stopwatch) -> RunReport:
    """One night, after the home and its history were read.

    Nothing is written before all is mined, and each suggestion is written whole or not at all.
    """
    history = night.history
    with watch.stage(Stage.MINE):
        night.tell(Stage.MINE, 0, 0, "")
        mined = mine(history.events, night.home, window_days=night.days)
    known = entries(night.repository)
    patterns = recognise(mined.patterns, known)
    with watch.stage(Stage.DRAFT):
        proposals = list(_drafted(night, patterns, mined, history.events))
    with watch.stage(Stage.PROPOSE):
        outcomes = _propose_all(night, proposals, known)
        _wake(night, known)
        _fade(night, known, {pattern.habit_id for pattern in patterns})
    return _report(night, history, mined, outcomes, watch.seconds)


def recognise(patterns: Iterable[Pattern], known: Mapping[str, Entry]) -> list[Pattern]:
    """The patterns with the ids of the habits that they are; pure."""
    habits = []
    for entry in known.values():
        try:
            habits.append(KnownHabit(entry.habit_id, parse_key(entry.key)))
        except InputError:
            continue  # written by hand or by another release: it matches nothing, and nothing overwrites it
    return assign(list(patterns), habits)


def may_open(entry: Entry | None, opened_tonight: int, open_now: int, caps: Caps) -> bool:
    """Whether one more suggestion may be opened; one that is open already keeps its place."""
    if entry and entry.state in OPEN_STATES:
        return True
    return opened_tonight < caps.nightly and open_now < caps.open


def declined_before(proposal: Proposal, known: Mapping[str, Entry]) -> str:
    """Why a new habit is not asked at all: a no to its device or to its kind there; "" where none reaches it."""
    for entry in known.values():
        if entry.state is not State.DECLINED or entry.habit_id == proposal.habit_id:
            continue
        if entry.scope is DeclineScope.DEVICE and entry.target == proposal.target:
            return f"You declined suggestions for {proposal.target}."
        if entry.scope is DeclineScope.KIND and entry.kind == proposal.kind:
            return f"You declined suggestions of the kind {proposal.kind.replace('_', ' ')}."
    return ""


def night_of(moment: datetime, home: Home) -> str:
    """The night a moment belongs to, from noon to noon in the home's zone, named by the date it began."""
    return (moment.astimezone(home.zone) - timedelta(hours=12)).date().isoformat()


def _drafted(night: Night, patterns: list[Pattern], mined: Mined, events: Events) -> Iterator[Proposal]:
    others = _others(night)
    for number, pattern in enumerate(patterns):
        night.tell(Stage.DRAFT, number, len(patterns), "")
        config = baseline(pattern, night.home)
        key = automation_id(pattern.habit_id)
        context = Context(night.home, {k: v for k, v in others.items() if k != key}, night.policy, events)
        problems = _problems(config, key, context)
        verdict = Verdict(tuple(problems), backtest(config, events, night.home))
        yield proposal_from(pattern, config, verdict, night.home, mined.end or night.now)
    night.tell(Stage.DRAFT, len(patterns), len(patterns), "")


def _problems(config: AutomationConfig, key: str, context: Context) -> list[Problem]:
    return check({"id": key, **config}, context)


def _others(night: Night) -> dict[str, AutomationConfig]:
    """The automations that are there: in the home as its catalogue says, and on main."""
    in_home = {str(config.get("id", n)): config for n, config in enumerate(night.home.automations)}
    on_main = versions(night.repository, night.repository.main()).by_id
    return {**in_home, **{key: version.config for key, version in on_main.items()}}


def _propose_all(night: Night, proposals: list[Proposal], known: Mapping[str, Entry]) -> list[ProposedSuggestion]:
    tonight = night_of(night.now, night.home)
    opened = sum(1 for e in known.values() if e.proposed_at and night_of(e.proposed_at, night.home) == tonight)
    open_now = sum(1 for e in known.values() if e.state in OPEN_STATES)
    outcomes = []
    for number, proposal in enumerate(proposals):
        night.tell(Stage.PROPOSE, number, len(proposals), proposal.title)
        allowed = may_open(known.get(proposal.habit_id), opened, open_now, night.caps)
        outcomes.append(_propose_one(night, proposal, known, allowed))
        if outcomes[-1].outcome == "created":
            opened, open_now = opened + 1, open_now + 1
    night.tell(Stage.PROPOSE, len(proposals), len(proposals), "")
    return outcomes


def _propose_one(night: Night, proposal: Proposal, known: Mapping[str, Entry], allowed: bool) -> ProposedSuggestion:
    entry = known.get(proposal.habit_id)
    why = "" if entry else declined_before(proposal, known)
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
        outcome, why = propose(night.repository, proposal, entry, allowed, night.now)
    except Moved as error:
        # A person decided while we drafted; their word stands, and the next night sees it.
        return row.model_copy(update={"outcome": "failed", "why": str(error)})
    after = entries(night.repository).get(proposal.habit_id)
    branch = after.branch.removeprefix("refs/heads/") if after and after.branch_commit else None
    return row.model_copy(update={"outcome": outcome, "why": why, "branch": branch})


def _wake(night: Night, known: Mapping[str, Entry]) -> None:
    """Snoozed suggestions whose time has come are open again."""
    for entry in known.values():
        if entry.state is State.SNOOZED and entry.snoozed_until and entry.snoozed_until <= night.now:
            wake(night.repository, entries(night.repository)[entry.habit_id], night.now)


def _fade(night: Night, known: Mapping[str, Entry], found: set[str]) -> None:
    """Open suggestions whose habit is not found any more close themselves, once it is two weeks old."""
    for entry in known.values():
        if entry.habit_id in found or entry.state not in {*OPEN_STATES, State.WAITING, State.HELD_BACK}:
            continue
        if night.now - entry.at >= FADES_AFTER:
            close(night.repository, entry, Event.FADED, "The habit was not found any more.", night.now)


def _report(
    night: Night, history: History, mined: Mined, outcomes: list[ProposedSuggestion], timings: dict[str, float]
) -> RunReport:
    left = Counter({s.reason: s.count for s in mined.skipped})
    left.update(f"{row.outcome.replace('_', ' ')}: {row.why}" for row in outcomes if row.outcome in _LEFT)
    return RunReport(
        run_id=night.now.strftime("%Y%m%dT%H%M%SZ"),
        source=night.source,
        started=_iso(night.now),
        finished=_iso(datetime.now(UTC)),
        window={"start": _iso(mined.start), "end": _iso(mined.end)},
        events=len(history.events),
        origins=_origins(history.events),
        settling=mined.settling,
        found=len(mined.patterns),
        suggestions=outcomes,
        skipped=[SkippedCount(reason=reason, count=count) for reason, count in left.most_common()],
        anomalies=[
            {
                "entity_id": a.entity_id,
                "start": _iso(a.start),
                "end": _iso(a.end),
                "reason": a.reason,
                "score": round(a.score, 3),
            }
            for a in mined.anomalies
        ],
        timings={**timings, **{key: round(value, 3) for key, value in mined.timings.items()}},
        peak_rss_mb=round(peak_rss_mb(), 1),
        notes=[*history.notes, *mined.notes],
    )


_LEFT = frozenset({"waiting", "held_back", "declined", "failed"})


def _origins(events: Events) -> dict[str, int]:
    counts = np.bincount(events.origin, minlength=len(Origin))
    return {origin.name.lower(): int(counts[origin]) for origin in Origin if counts[origin]}


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else ""
