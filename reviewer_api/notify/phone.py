"""Questions to a phone; its answers do exactly what a click on the page would."""

from __future__ import annotations

from automations.git.author import GitAuthor
from automations.git.ledger_entry import LedgerEntry
from reviewer_api.deployments.automation_service import AutomationService
from reviewer_api.models.suggestions import ApproveQuestion, DeclineQuestion, Seen
from reviewer_api.notify.notices import Notices, PhoneDecision
from reviewer_api.review.review import Review
from reviewer_api.review.suggestion_view import SuggestionView
from schemas.errors import NightshiftError, StaleError
from schemas.problems import Severity
from schemas.suggestions import OPEN_STATES, DeclineScope

PHONE_EMAIL = "phone@nightshift.local"


class Phone:
    def __init__(
        self, notices: Notices, suggestion_view: SuggestionView, review: Review, automation_service: AutomationService
    ) -> None:
        self._notices, self._suggestion_view, self._review, self._automation_service = (
            notices,
            suggestion_view,
            review,
            automation_service,
        )

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

    async def carry_out(self, decision: PhoneDecision) -> None:
        """Approve or decline as answered; the caller notifies the person where that raises a NightshiftError."""
        author = GitAuthor(decision.author, PHONE_EMAIL)
        if not decision.approve:
            await self._decline(decision, author)
            return
        merge = await self._review.approve(
            decision.habit_id, ApproveQuestion(seen=Seen.model_validate_json(decision.seen)), author
        )
        result = await self._automation_service.deploy_merge(merge)
        if result.outcome != "deployed":
            await self._notices.notify_phone("Approved, not deployed yet", result.why or result.outcome)

    async def _decline(self, decision: PhoneDecision, author: GitAuthor) -> None:
        """Declines only what was shown: StaleError where the draft has changed since."""
        page = await self._suggestion_view.page(decision.habit_id)
        if page.seen.proposed_blob != Seen.model_validate_json(decision.seen).proposed_blob:
            raise StaleError("The suggestion has changed since your phone showed it; open the page to decide.")
        await self._review.decline(
            decision.habit_id, DeclineQuestion(scope=DeclineScope.SUGGESTION, reason="Declined on the phone."), author
        )
