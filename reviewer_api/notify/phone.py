"""Questions to a phone: approve or decline?"""

from __future__ import annotations

from automations.git.ledger_entry import LedgerEntry
from reviewer_api.notify.notices import Notices
from reviewer_api.review.suggestion_view import SuggestionView
from schemas.errors import NightshiftError
from schemas.problems import Severity
from schemas.suggestions import OPEN_STATES


class PhoneQuestions:
    def __init__(self, notices: Notices, suggestion_view: SuggestionView) -> None:
        self._notices, self._suggestion_view = notices, suggestion_view

    async def ask(self, entry: LedgerEntry) -> None:
        """Ask about an open suggestion. Where a finding blocks it or asks, the phone may only open the page."""
        if entry.state not in OPEN_STATES:
            return
        message, seen = entry.title, None
        try:
            page = await self._suggestion_view.page(entry.habit_id)
        except NightshiftError:
            page = None
        if page is not None:
            message = page.meaning.sentence or entry.title
            if not any(problem.severity is not Severity.WARN for problem in page.problems):
                seen = page.seen.model_dump_json()
        await self._notices.ask_phone(entry.habit_id, entry.title, message, seen)
