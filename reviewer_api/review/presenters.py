"""Builds what the page shows of a suggestion from what git has; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from automations.config.source_lines import line_finder
from automations.config.words.describe import Phrase, describe
from automations.config.words.evidence import explanation_words
from automations.git.ledger_entry import LedgerEntry
from automations.timeline.sun import local_sun_event, observer_of
from reviewer_api.diary.times import iso_from_datetime
from reviewer_api.models.common import Meaning, Part, ProblemAnswer
from reviewer_api.models.suggestions import (
    BacktestAnswer,
    BacktestDay,
    EvidenceAnswer,
    Receipt,
    SuggestionRow,
    TimelineEntry,
)
from schemas.backtest import Backtest
from schemas.home import AutomationConfig, Home
from schemas.patterns import ClockTrigger, Pattern, SunTrigger
from schemas.problems import Problem, Severity
from schemas.suggestion_files import Receipts
from schemas.suggestions import OPEN_STATES, LedgerEvent, State

ACTIONS: Final[Mapping[State, tuple[str, ...]]] = {
    **dict.fromkeys(OPEN_STATES, ("approve", "edit", "comment", "redraft", "snooze", "decline")),
    State.SNOOZED: ("approve", "edit", "comment", "decline", "reopen"),
    State.HELD_BACK: ("edit", "comment", "decline"),
    State.WAITING: ("decline",),
    State.DEGRADED: ("approve", "keep", "comment"),
    State.DECLINED: ("reopen",),
    State.FADED: ("reopen",),
    State.SUPERSEDED: ("reopen",),
    State.ROLLED_BACK: ("reopen",),
    State.UNMANAGED: ("reopen",),
    State.REFUSED: ("reopen",),
}
"""What a person can do with a suggestion in each state; automations that are on main have a page of their own."""


def row_from(entry: LedgerEntry, home: Home) -> SuggestionRow:
    """The row of the board, its area by name."""
    return SuggestionRow(
        habit_id=entry.habit_id,
        title=entry.title,
        state=entry.state,
        kind=entry.kind,
        area=home.areas_by_id[entry.area].name if entry.area in home.areas_by_id else entry.area or None,
        strength=entry.strength,
        days_seen=entry.days_seen,
        days_possible=entry.days_possible,
        proposed_at=iso_from_datetime(entry.proposed_at) if entry.proposed_at else None,
        updated_at=iso_from_datetime(entry.at),
        why=_snooze_text(entry, home.tzinfo) or entry.why,
        needs_second_yes=entry.needs_second_yes,
        blocked=entry.blocked,
    )


def meaning_from(config: AutomationConfig, home: Home) -> Meaning:
    description = describe(config, home)
    return Meaning(
        sentence=description.sentence,
        triggers=[_part_from(phrase, home) for phrase in description.triggers],
        conditions=[_part_from(phrase, home) for phrase in description.conditions],
        actions=[_part_from(phrase, home) for phrase in description.actions],
    )


def evidence_from(pattern: Pattern, home: Home) -> EvidenceAnswer:
    evidence = pattern.evidence
    by_day: defaultdict[str, list[int]] = defaultdict(list)
    for moment in evidence.seen_at:
        local = moment.astimezone(home.tzinfo)
        by_day[local.date().isoformat()].append(local.hour * 60 + local.minute)
    return EvidenceAnswer(
        days_seen=evidence.days_seen,
        days_possible=evidence.days_possible,
        support=evidence.support,
        confidence=evidence.confidence,
        confidence_low=evidence.confidence_low,
        lift=evidence.lift,
        settling=evidence.settling,
        sentence=explanation_words(evidence),
        seen_minutes=dict(by_day),
        proposed_minutes=_proposed_minutes(pattern, by_day, home),
        delays=list(evidence.delays),
    )


def backtest_from(backtest: Backtest, zone: tzinfo) -> BacktestAnswer:
    days: defaultdict[str, BacktestDay] = defaultdict(lambda: BacktestDay(day="", matched=[], false=[], missed=[]))
    false_fires = set(backtest.false)
    for moment in backtest.fired:
        day = days[_local_day(moment, zone)]
        (day.false if moment in false_fires else day.matched).append(iso_from_datetime(moment))
    for moment in backtest.missed:
        days[_local_day(moment, zone)].missed.append(iso_from_datetime(moment))
    return BacktestAnswer(
        computable=backtest.computable,
        reason=backtest.reason,
        start=iso_from_datetime(backtest.start),
        end=iso_from_datetime(backtest.end),
        fired=len(backtest.fired),
        matched=backtest.matched,
        false=len(backtest.false),
        missed=len(backtest.missed),
        undone=backtest.undone,
        lead_seconds=backtest.lead_seconds,
        days=[day.model_copy(update={"day": key}) for key, day in sorted(days.items())],
    )


def problems_from(problems: Sequence[Problem], yaml: str = "") -> list[ProblemAnswer]:
    """Each with its line in `yaml`, where that is given."""
    line_of = line_finder(yaml) if problems else lambda _: None
    return [_problem_answer_from(problem, line_of(problem)) for problem in problems]


def _problem_answer_from(problem: Problem, line: int | None) -> ProblemAnswer:
    return ProblemAnswer(
        check=problem.check,
        rung=problem.stage,
        path=problem.path,
        message=problem.message,
        mend=problem.fix,
        severity=problem.severity,
        dates=list(problem.dates),
        line=line,
    )


def finding_key(problem: Problem) -> str:
    """The name of a finding in `Seen.findings` and in a second yes."""
    return f"{problem.check} {problem.path}".strip()


def finding_keys(problems: Sequence[Problem], *severities: Severity) -> list[str]:
    return sorted({finding_key(problem) for problem in problems if problem.severity in severities})


def timeline_from(history: Sequence[LedgerEntry]) -> list[TimelineEntry]:
    """Newest first; entries that only refreshed the evidence are left out."""
    return [
        TimelineEntry(
            event=entry.event.value, at=iso_from_datetime(entry.at), who=entry.who, why=entry.why, sha=entry.sha
        )
        for entry in reversed(history)
        if entry.event is not LedgerEvent.EVIDENCE
    ]


def receipts_from(receipts: Receipts) -> list[Receipt]:
    field_names = Receipt.model_fields.keys()
    return [
        Receipt(**{key: value for key, value in vars(exchange).items() if key in field_names})
        for exchange in receipts.exchanges
    ]


def _part_from(phrase: Phrase, home: Home) -> Part:
    areas = dict.fromkeys(area.name for entity in phrase.entities if (area := home.area_of(entity)))
    return Part(words=phrase.text, entities=list(phrase.entities), areas=list(areas), icon=phrase.icon)


def _snooze_text(entry: LedgerEntry, zone: tzinfo) -> str:
    """Until when it is snoozed, as the home's date; "" where it is not snoozed."""
    if entry.snoozed_until is None or entry.state is not State.SNOOZED:
        return ""
    local = entry.snoozed_until.astimezone(zone)
    return f"Until {local:%a} {local.day} {local:%b}."


def _proposed_minutes(pattern: Pattern, by_day: Mapping[str, list[int]], home: Home) -> dict[str, int]:
    """The local minute of each day at which a clock, or the sun of that day, would fire it."""
    trigger = pattern.trigger
    if isinstance(trigger, ClockTrigger):
        return dict.fromkeys(by_day, trigger.at_seconds // 60)
    if not isinstance(trigger, SunTrigger):
        return {}
    minutes = {day: _sun_minute(trigger, date.fromisoformat(day), home) for day in by_day}
    return {day: minute for day, minute in minutes.items() if minute is not None}


def _sun_minute(trigger: SunTrigger, day: date, home: Home) -> int | None:
    """None where the home has no coordinates, and where the sun does not rise or set that day."""
    observer = observer_of(home)
    at = local_sun_event(observer, trigger.event, day, home.tzinfo) if observer else None
    if at is None:
        return None
    local = at + timedelta(seconds=trigger.offset_seconds)
    return local.hour * 60 + local.minute


def _local_day(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).date().isoformat()
