"""Questions to a phone, and what its answers do: exactly what a click on the page would."""

from __future__ import annotations

from automations.git.ledger import LedgerEntry
from automations.git.repository import GitAuthor
from reviewer_api.deployments.service import Deployed
from reviewer_api.models.suggestions import ApproveQuestion, DeclineQuestion, Seen
from reviewer_api.notify.notices import Answered, Notices
from reviewer_api.review.review import Review
from reviewer_api.review.suggestion_view import Shown
from schemas.errors import NightshiftError, StaleError
from schemas.problems import Severity
from schemas.suggestions import OPEN_STATES, DeclineScope

BY_PHONE = "phone@nightshift.local"


class Phone:
    def __init__(self, notices: Notices, shown: Shown, review: Review, deployed: Deployed) -> None:
        self._notices, self._shown, self._review, self._deployed = notices, shown, review, deployed

    async def ask(self, entry: LedgerEntry) -> None:
        """Ask about an open suggestion. Where a finding blocks it or asks, the phone may only open the page."""
        if entry.state not in OPEN_STATES:
            return
        message, seen = entry.title, None
        try:
            page = await self._shown.page(entry.habit_id)
        except NightshiftError:
            page = None
        if page is not None:
            message = page.meaning.sentence or entry.title
            if not any(problem.severity is not Severity.WARN for problem in page.problems):
                seen = page.seen.model_dump_json()
        await self._notices.ask_phone(entry.habit_id, entry.title, message, seen)

    async def answered(self, answer: Answered) -> None:
        """Do what was answered; the caller tells the person where that raises a NightshiftError."""
        who = GitAuthor(answer.author, BY_PHONE)
        if not answer.approve:
            await self._decline(answer, who)
            return
        merge = await self._review.approve(
            answer.habit_id, ApproveQuestion(seen=Seen.model_validate_json(answer.seen)), who
        )
        result = await self._deployed.deploy_merge(merge)
        if result.outcome != "deployed":
            await self._notices.tell_phone("Approved, not deployed yet", result.why or result.outcome)

    async def _decline(self, answer: Answered, who: GitAuthor) -> None:
        """A no is for what was shown: a draft that changed since is another question."""
        page = await self._shown.page(answer.habit_id)
        if page.seen.proposed_blob != Seen.model_validate_json(answer.seen).proposed_blob:
            raise StaleError("The suggestion has changed since your phone showed it; open the page to decide.")
        await self._review.decline(
            answer.habit_id, DeclineQuestion(scope=DeclineScope.SUGGESTION, reason="Declined on the phone."), who
        )
