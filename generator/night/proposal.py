"""From a drafted and checked habit to what is put into git; pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from automations.config.yaml import encode
from automations.git.naming import automation_id_from_habit
from automations.git.proposals import Proposal
from generator.drafting.draft import Draft
from generator.drafting.model.outcomes import Outcome
from generator.drafting.wording.english import reason
from generator.mining.identity import habit_key
from schemas.backtest import Backtest
from schemas.home import AutomationConfig, Home
from schemas.patterns import ClockTrigger, Evidence, Pattern, SunTrigger
from schemas.problems import Problem, Severity
from schemas.suggestion_files import PATTERN, PATTERN_FILE, RECEIPTS, RECEIPTS_FILE, VERDICT, VERDICT_FILE

STEP = 0.05
"""Evidence is rounded to this before it counts as changed, so that a card is not rewritten every night."""
CLOCK_STEP = 300
"""Times of day count as moved in steps of these seconds."""
LEAST_MATCHED = 0.5
"""A draft of which less than this share of firings is what the person did is not shown at all."""


def proposal_from(draft: Draft, home: Home, window_end: datetime, page: str | None = None) -> Proposal:
    """The draft's config gets the id of its first habit and, where the page has an address, a link back to it."""
    pattern, first = draft.pattern, draft.patterns[0]
    area = home.area_of(pattern.target)
    evidence = pattern.evidence
    return Proposal(
        habit_id=first.habit_id,
        habit_key=str(habit_key(first)),
        title=draft.title,
        kind=first.kind.value,
        area_id=area.area_id if area else "",
        target=first.target,
        yaml=encode({"id": automation_id_from_habit(first.habit_id), **linked(draft.config, first.habit_id, page)}),
        strength=evidence.confidence_low,
        days_seen=evidence.days_seen,
        days_possible=evidence.days_possible,
        evidence_digest=digest(first),
        reason="\n\n".join(
            part for part in (reason(pattern), backtest_words(draft.verdict.backtest), drafting_words(draft)) if part
        ),
        trailers=_trailers(evidence, draft.verdict.backtest) | ({"Prompt": draft.prompt} if draft.prompt else {}),
        ledger_files={
            PATTERN_FILE: PATTERN.dump_json(pattern),
            VERDICT_FILE: VERDICT.dump_json(draft.verdict),
            RECEIPTS_FILE: RECEIPTS.dump_json(draft.receipts) if draft.receipts else None,
        },
        window_end=window_end,
        covered_habits=tuple((other.habit_id, str(habit_key(other))) for other in draft.patterns[1:]),
        drafted_by=draft.drafted_by,
        model=draft.model,
        blocked_reason=_blocked(draft.verdict.problems),
        needs_second_yes=any(problem.severity is Severity.ASK for problem in draft.verdict.problems),
    )


def linked(config: AutomationConfig, habit_id: str, page: str | None) -> AutomationConfig:
    """Its description ends with the link to its page; one that has it already stays as it is."""
    link, words = f"/suggestions/{habit_id}", str(config.get("description", ""))
    if not page or words.endswith(link):
        return config
    return {**config, "description": f"{words}\n\n{page.rstrip('/')}{link}".strip()}


def digest(pattern: Pattern) -> str:
    """Names a habit's shape and its evidence, rounded: while it stays, nothing is drafted anew; 12 hex digits."""
    evidence = pattern.evidence
    rounded = [round(value / STEP) for value in (evidence.support, evidence.confidence, evidence.confidence_low)]
    trigger = pattern.trigger
    if isinstance(trigger, ClockTrigger):
        trigger = replace(trigger, at_seconds=round(trigger.at_seconds / CLOCK_STEP) * CLOCK_STEP)
    if isinstance(trigger, SunTrigger):
        near = round(trigger.offset_seconds / CLOCK_STEP) * CLOCK_STEP
        trigger = SunTrigger(trigger.event, near)
    shape = [repr(trigger), repr(pattern.conditions), repr(pattern.actions), sorted(pattern.weekdays)]
    return hashlib.sha256(json.dumps([rounded, evidence.settling, *shape]).encode()).hexdigest()[:12]


def unreliable(found: Backtest | None) -> str:
    """Why a draft is not worth showing, from what it would have done; "" where it is or cannot be told."""
    if found is None or not found.computable:
        return ""
    judged = found.matched + len(found.false)
    if found.matched >= LEAST_MATCHED * judged > 0:
        return ""
    if judged == 0:
        return "it would never have fired" if not found.fired else ""
    return "it would mostly have fired when nobody did it"


def backtest_words(found: Backtest | None) -> str:
    """The backtest in a sentence, "" where there is none."""
    if found is None:
        return ""
    if not found.computable:
        return f"It could not be replayed over the history: {found.reason}"
    return (
        f"Replayed over the history it would have fired {len(found.fired)} times: {found.matched} times when you did "
        f"it yourself, {len(found.false)} times when you did not; it would have missed {len(found.missed)}."
    )


def drafting_words(draft: Draft) -> str:
    """What a model had to do with it; "" where none was to be asked."""
    if draft.drafted_by == "model":
        return f"Worded by {draft.model}, which says: {draft.why}"
    if draft.outcome in (Outcome.SWITCHED_OFF, Outcome.NOT_ASKED):
        return ""
    return f"The draft is our own. {draft.why}"


def _trailers(evidence: Evidence, found: Backtest | None) -> dict[str, str]:
    facts = {
        "Support": f"{evidence.support:.2f}",
        "Confidence": f"{evidence.confidence:.2f}",
        "Lift": f"{evidence.lift:.1f}",
    }
    if found and found.computable:
        facts["Backtest"] = (
            f"fired {len(found.fired)}, matched {found.matched}, false {len(found.false)}, missed {len(found.missed)}, "
            f"undone {found.undone}"
        )
    return facts


def _blocked(problems: tuple[Problem, ...]) -> str:
    blocking = [problem for problem in problems if problem.severity is Severity.BLOCK]
    return " ".join(filter(None, (blocking[0].message, blocking[0].mend))) if blocking else ""
