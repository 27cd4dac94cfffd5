"""Why a list is empty, in a sentence for the page."""

from __future__ import annotations

from reviewer_api.diary.board import SuggestionFilter
from reviewer_api.diary.runs import Runs

MAX_REASONS = 3
"""Reasons in the sentence; the run's page has them all."""


async def explain_empty_list(run_history: Runs, suggestion_filter: SuggestionFilter) -> str:
    """That the filters match nothing, where any is set; else why the last run proposed nothing."""
    if suggestion_filter.area or suggestion_filter.kind or suggestion_filter.title_contains or suggestion_filter.offset:
        return "Nothing fits these filters."
    runs = await run_history.latest(1)
    if not runs:
        return "No night has run yet. Start one with “Analyse now”, or wait for the next on the schedule."
    report = runs[0].report
    if report is None:
        return f"The last run did not finish: {runs[0].why or runs[0].outcome}"
    if report.events == 0:
        return "The last run found no history at all; look at the source of the history in the settings."
    reasons = "; ".join(f"{row.count} {row.reason}" for row in report.skipped[:MAX_REASONS])
    return f"Nothing passed: {reasons}." if reasons else "No habits were found in the history."
