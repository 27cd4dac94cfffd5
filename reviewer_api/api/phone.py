"""A phone's answers: they do exactly what a click on the page would."""

from __future__ import annotations

from automations.git.author import GitAuthor
from reviewer_api.deployments.reconciler import Reconciler
from reviewer_api.models.suggestions import ApproveQuestion, DeclineQuestion, Seen
from reviewer_api.notify.inbox import PhoneDecision
from reviewer_api.notify.notices import Notices
from reviewer_api.review.review import Review
from reviewer_api.review.suggestion_view import SuggestionView
from schemas.errors import StaleError
from schemas.suggestions import DeclineScope

PHONE_EMAIL = "phone@nightshift.local"


class PhoneAnswers:
    def __init__(
        self, review: Review, suggestion_view: SuggestionView, reconciler: Reconciler, notices: Notices
    ) -> None:
        self._review, self._suggestion_view = review, suggestion_view
        self._reconciler, self._notices = reconciler, notices

    async def carry_out(self, decision: PhoneDecision) -> None:
        """Approve or decline as answered; the caller notifies the person where that raises a NightshiftError."""
        author = GitAuthor(decision.author, PHONE_EMAIL)
        if not decision.approve:
            await self._decline(decision, author)
            return
        merge = await self._review.approve(
            decision.habit_id, ApproveQuestion(seen=Seen.model_validate_json(decision.seen)), author
        )
        result = await self._reconciler.settled(merge)
        if result.outcome != "deployed":
            await self._notices.notify_phone("Approved, not deployed yet", result.why or result.outcome)

    async def _decline(self, decision: PhoneDecision, author: GitAuthor) -> None:
        """Declines only what was shown: StaleError where the draft has changed since."""
        page = await self._suggestion_view.page(decision.habit_id)
        if page.seen.proposed_blob != Seen.model_validate_json(decision.seen).proposed_blob:
            raise StaleError("The suggestion has changed since your phone showed it; open the page to decide.")
        question = DeclineQuestion(scope=DeclineScope.SUGGESTION, reason="Declined on the phone.")
        await self._review.decline(decision.habit_id, question, author)
