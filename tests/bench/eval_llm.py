"""`make eval-llm`: the evaluation set through whatever server is configured, as a table to compare prompts and models.

Prints one line a habit and a table: valid at first try, repaired, fell back and why, the backtest against our own
draft, tokens and seconds a suggestion. Exits 1 where no model is set up.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from automations.backtest.replay import backtest
from automations.checks import CheckContext, check
from automations.open.settings import load_settings
from generator.drafting.compare_drafts import threat_score
from generator.drafting.context import DraftingContext, skip_replay
from generator.drafting.draft import SECONDS_EACH, Draft
from generator.drafting.model.answer_cache import AnswerCache
from generator.drafting.model.outcomes import Outcome
from generator.drafting.model.prompt import DRAFT
from generator.drafting.setup import ModelSettings, drafter_from, why_no_model
from schemas.suggestion_files import Exchange
from tests.bench.evaluation_set import Case, cases


@dataclass(frozen=True)
class Line:
    """How one case went: `result` is first try, repaired or fell back; `history` better, equal, worse or unknown."""

    case: str
    result: str
    outcome: Outcome
    history: str
    title: str
    exchanges: tuple[Exchange, ...]
    seconds: float


async def evaluated(case: Case, settings: ModelSettings, seconds_each: float) -> Line:
    """One case with a drafter of its own, so that nothing is remembered and no failure reaches the next."""
    context = CheckContext(case.home)
    drafter = drafter_from(settings, datetime.now(UTC), case.home.tzinfo, seconds_each)
    began = time.monotonic()
    try:
        drafts = await drafter.draft_all(
            case.patterns,
            case.home,
            lambda config: check(config, context),
            lambda c: backtest(c, case.events, case.home),
        )
    finally:
        await drafter.close()
    first = drafts[0]
    exchanges = first.receipts.exchanges if first.receipts else ()
    return Line(
        case.name, _result(first, exchanges), first.outcome, _history(first, case), first.title, exchanges,
        time.monotonic() - began,
    )  # fmt: skip


def _result(draft: Draft, exchanges: Sequence[Exchange]) -> str:
    if draft.drafted_by == "baseline":
        return "fell back"
    answered = sum(exchange.outcome == Outcome.ANSWERED for exchange in exchanges)
    return "first try" if answered == 1 else "repaired"


def _history(draft: Draft, case: Case) -> str:
    """The draft's threat score against ours; a version that did worse never goes out, and is told as worse."""
    if draft.outcome is Outcome.WORSE_BACKTEST:
        return "worse"
    shop = DraftingContext.of(
        case.home, None, lambda _: [], lambda c: backtest(c, case.events, case.home), AnswerCache()
    )
    ours, theirs = (
        threat_score([shop.baseline(draft.patterns).backtest]),
        threat_score([draft.verdict.backtest or _NONE]),
    )
    if ours is None or theirs is None:
        return "unknown"
    return "equal" if abs(ours - theirs) < 1e-9 else "better" if theirs > ours else "worse"


_NONE = skip_replay({})


def table(lines: Sequence[Line], model: str) -> str:
    asked = [line for line in lines if line.exchanges]
    results, histories = Counter(line.result for line in lines), Counter(line.history for line in lines)
    reasons = Counter(line.outcome.value for line in lines if line.result == "fell back")
    last = [line.exchanges[-1] for line in asked]
    counted = "counted by the server" if all(exchange.counted for exchange in last) else "partly estimated"
    rows = [
        ("model, prompt", f"{model}, {DRAFT}"),
        ("suggestions", str(len(lines))),
        ("valid at first try", str(results["first try"])),
        ("repaired", str(results["repaired"])),
        ("fell back", f"{results['fell back']} {dict(reasons) or ''}"),
        ("backtest better / equal / worse", f"{histories['better']} / {histories['equal']} / {histories['worse']}"),
        ("tokens in, first question (median)", _middle([line.exchanges[0].tokens_in for line in asked])),
        ("tokens out, an answer (median)", _middle([exchange.tokens_out for exchange in last])),
        ("tokens a suggestion, all questions (median)", _middle([_tokens(line) for line in asked]) + f" ({counted})"),
        ("seconds a suggestion (median)", f"{median(line.seconds for line in lines):.1f}"),
        ("dollars, all", f"{sum(e.dollars for line in lines for e in line.exchanges):.4f}"),
    ]
    return "\n".join(f"| {name} | {value} |" for name, value in [("", ""), ("---", "---"), *rows])


def _middle(numbers: Sequence[int]) -> str:
    return f"{median(numbers):.0f}" if numbers else "-"


def _tokens(line: Line) -> int:
    return sum(exchange.tokens_in + exchange.tokens_out for exchange in line.exchanges)


async def main(seconds_each: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        chosen = load_settings().model_copy(update={"DATA_DIR": Path(folder), "LLM_NIGHTLY_TOKENS": 10**6})
        settings = ModelSettings.from_settings(chosen)
        off = why_no_model(settings)
        if off is not None:
            print(f"Nothing to evaluate: {off.words}", file=sys.stderr)
            return 1
        lines = []
        for case in cases():
            lines.append(await evaluated(case, settings, seconds_each))
            line = lines[-1]
            print(f"{line.case:28} {line.result:10} {line.outcome.value:15} {line.history:8} {line.title}", flush=True)
    print("\n" + table(lines, settings.model))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS_EACH)))
