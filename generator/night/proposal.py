"""From a drafted and checked habit to the proposal that is committed to git; pure."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from automations.config.words.evidence import reason_words
from automations.config.yaml import encode
from automations.git.naming import automation_id_from_habit
from automations.git.proposal import Proposal
from generator.drafting.draft import Draft
from generator.drafting.model.outcomes import Outcome
from generator.mining.identity import habit_key
from schemas.backtest import Backtest
from schemas.home import AutomationConfig, Home
from schemas.patterns import DailyTrigger, Evidence, Pattern
from schemas.problems import Problem, Severity
from schemas.suggestion_files import PATTERN, PATTERN_FILE, RECEIPTS, RECEIPTS_FILE, VERDICT, VERDICT_FILE

EVIDENCE_STEP = 0.05
"""Evidence is rounded to this before it counts as changed, so that a card is not rewritten every night."""
CLOCK_STEP_SECONDS = 300
"""Times of day count as changed in steps of these seconds."""
MIN_MATCHED_SHARE = 0.5
"""A draft of which less than this share of firings is what the person did is not shown at all."""


def proposal_from(draft: Draft, home: Home, window_end: datetime, page_url: str | None = None) -> Proposal:
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
        yaml=encode(
            {"id": automation_id_from_habit(first.habit_id), **add_page_link(draft.config, first.habit_id, page_url)}
        ),
        strength=evidence.confidence_low,
        days_seen=evidence.days_seen,
        days_possible=evidence.days_possible,
        evidence_digest=pattern_digest(first),
        reason="\n\n".join(
            part
            for part in (reason_words(evidence), backtest_sentence(draft.verdict.backtest), drafting_sentence(draft))
            if part
        ),
        trailers=_trailers(evidence, draft.verdict.backtest) | ({"Prompt": draft.prompt} if draft.prompt else {}),
        ledger_files={
            PATTERN_FILE: PATTERN.dump_json(pattern),
            VERDICT_FILE: VERDICT.dump_json(draft.verdict, by_alias=True),
            RECEIPTS_FILE: RECEIPTS.dump_json(draft.receipts) if draft.receipts else None,
        },
        window_end=window_end,
        covered_habits=tuple((other.habit_id, str(habit_key(other))) for other in draft.patterns[1:]),
        drafted_by=draft.drafted_by,
        model=draft.model,
        blocked_reason=_blocking_reason(draft.verdict.problems),
        needs_second_yes=any(problem.severity is Severity.ASK for problem in draft.verdict.problems),
    )


def add_page_link(config: AutomationConfig, habit_id: str, page_url: str | None) -> AutomationConfig:
    """Its description ends with the link to its page; one that has it already stays as it is."""
    link, words = f"/suggestions/{habit_id}", str(config.get("description", ""))
    if not page_url or words.endswith(link):
        return config
    return {**config, "description": f"{words}\n\n{page_url.rstrip('/')}{link}".strip()}


def pattern_digest(pattern: Pattern) -> str:
    """Digest of a habit's shape and rounded evidence, 12 hex digits: while it is the same, nothing is drafted anew."""
    evidence = pattern.evidence
    rounded = [
        round(value / EVIDENCE_STEP) for value in (evidence.support, evidence.confidence, evidence.confidence_low)
    ]
    trigger = pattern.trigger
    if isinstance(trigger, DailyTrigger):
        trigger = trigger.rounded(CLOCK_STEP_SECONDS)
    shape = [repr(trigger), repr(pattern.conditions), repr(pattern.actions), sorted(pattern.weekdays)]
    return hashlib.sha256(json.dumps([rounded, evidence.settling, *shape]).encode()).hexdigest()[:12]


def why_unreliable(backtest: Backtest | None) -> str:
    """Why a draft is not worth showing, from what it would have done; "" where it is or that is unknown."""
    if backtest is None or not backtest.computable:
        return ""
    judged = backtest.matched + len(backtest.false)
    if backtest.matched >= MIN_MATCHED_SHARE * judged > 0:
        return ""
    if judged == 0:
        return "it would never have fired" if not backtest.fired else ""
    return "it would mostly have fired when nobody did it"


def backtest_sentence(backtest: Backtest | None) -> str:
    """The backtest in a sentence, "" where there is none."""
    if backtest is None:
        return ""
    if not backtest.computable:
        return f"It could not be replayed over the history: {backtest.reason}"
    return (
        f"Replayed over the history it would have fired {len(backtest.fired)} times: "
        f"{backtest.matched} times when you did "
        f"it yourself, {len(backtest.false)} times when you did not; it would have missed {len(backtest.missed)}."
    )


def drafting_sentence(draft: Draft) -> str:
    """What part a model had in it; "" where none was to be asked."""
    if draft.drafted_by == "model":
        return f"Worded by {draft.model}, which says: {draft.why}"
    if draft.outcome in (Outcome.SWITCHED_OFF, Outcome.NOT_ASKED):
        return ""
    return f"The draft is our own. {draft.why}"


def _trailers(evidence: Evidence, backtest: Backtest | None) -> dict[str, str]:
    facts = {
        "Support": f"{evidence.support:.2f}",
        "Confidence": f"{evidence.confidence:.2f}",
        "Lift": f"{evidence.lift:.1f}",
    }
    if backtest and backtest.computable:
        facts["Backtest"] = (
            f"fired {len(backtest.fired)}, matched {backtest.matched}, false {len(backtest.false)}, "
            f"missed {len(backtest.missed)}, "
            f"undone {backtest.undone}"
        )
    return facts


def _blocking_reason(problems: tuple[Problem, ...]) -> str:
    blocking = [problem for problem in problems if problem.severity is Severity.BLOCK]
    return " ".join(filter(None, (blocking[0].message, blocking[0].fix))) if blocking else ""
