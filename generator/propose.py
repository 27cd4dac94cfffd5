"""From a drafted and checked habit to what is put into git; pure."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from automations.codec import encode
from automations.git.naming import automation_id
from automations.git.proposals import Proposal
from generator.drafting.words import reason
from generator.mining.identity import habit_key
from schemas.backtest import Backtest
from schemas.home import AutomationConfig, Home
from schemas.patterns import Evidence, Pattern
from schemas.problems import Problem, Severity
from schemas.verdict import PATTERN, PATTERN_FILE, RECEIPTS, RECEIPTS_FILE, VERDICT, VERDICT_FILE, Receipts, Verdict

STEP = 0.05
"""Evidence is rounded to this before it counts as changed, so that a card is not rewritten every night."""


def proposal_from(
    pattern: Pattern,
    config: AutomationConfig,
    verdict: Verdict,
    home: Home,
    window_end: datetime,
    drafted_by: str = "baseline",
    model: str = "",
    receipts: Receipts | None = None,
) -> Proposal:
    """`config` has no `id` yet; it gets the one of the habit."""
    area = home.area_of(pattern.target)
    evidence = pattern.evidence
    return Proposal(
        habit_id=pattern.habit_id,
        key=str(habit_key(pattern)),
        title=str(config["alias"]),
        kind=pattern.kind.value,
        area_id=area.area_id if area else "",
        target=pattern.target,
        yaml=encode({"id": automation_id(pattern.habit_id), **config}),
        strength=evidence.confidence_low,
        days_seen=evidence.days_seen,
        days_possible=evidence.days_possible,
        evidence=digest(evidence),
        reason="\n\n".join(part for part in (reason(pattern), backtest_words(verdict.backtest)) if part),
        trailers=_trailers(evidence, verdict.backtest),
        seen={
            PATTERN_FILE: PATTERN.dump_json(pattern),
            VERDICT_FILE: VERDICT.dump_json(verdict),
            RECEIPTS_FILE: RECEIPTS.dump_json(receipts) if receipts else None,
        },
        window_end=window_end,
        drafted_by=drafted_by,
        model=model,
        blocked=_blocked(verdict.problems),
        needs_second_yes=any(problem.severity is Severity.ASK for problem in verdict.problems),
    )


def digest(evidence: Evidence) -> str:
    """Names the evidence as rounded to steps of 5 %; 12 hexadecimal digits."""
    rounded = [round(value / STEP) for value in (evidence.support, evidence.confidence, evidence.confidence_low)]
    return hashlib.sha256(json.dumps([*rounded, evidence.settling]).encode()).hexdigest()[:12]


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
