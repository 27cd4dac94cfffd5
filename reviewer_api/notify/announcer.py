"""Tells the home what a round found and did: new suggestions, deployments, drift, the end of a run."""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from automations.git.ledger_entry import LedgerEntry
from reviewer_api.diary.runs import Run
from reviewer_api.notify.events import ChangeApplied, DriftFound, Event, NightEnded, SuggestionChanged
from reviewer_api.notify.notices import Notices
from reviewer_api.notify.phone import PhoneQuestions
from reviewer_api.tasks.background import BackgroundTask
from schemas.home import Home
from schemas.mqtt_messages import (
    ANALYSIS_TOPIC,
    DEPLOYMENT_TOPIC,
    DRIFT_TOPIC,
    SUGGESTION_TOPIC,
    AnalysisMessage,
    DeploymentMessage,
    DriftMessage,
    SuggestionMessage,
)
from schemas.suggestions import LedgerEvent

log = logging.getLogger(__name__)
TOPIC_EVENTS: Final[Mapping[LedgerEvent, str]] = {
    LedgerEvent.PROPOSED: "created",
    LedgerEvent.REOPENED: "created",
    **{
        event: event.value
        for event in (
            LedgerEvent.REFRESHED,
            LedgerEvent.APPROVED,
            LedgerEvent.DECLINED,
            LedgerEvent.SNOOZED,
            LedgerEvent.FADED,
        )
    },
}
"""The events of a suggestion that are published, by the last level of their topic."""


class Announcer:
    """Publishes events in a task of its own, in their order, so that no round waits for a notice.

    `public_url` is None where none is set.
    """

    def __init__(
        self,
        notices: Notices,
        phone_questions: PhoneQuestions,
        home: Callable[[], Home],
        public_url: str | None,
    ) -> None:
        self._notices, self._phone_questions = notices, phone_questions
        self._home, self._public_url = home, public_url
        self._events: deque[Event] = deque()
        self.task = BackgroundTask("announcements", self._announce_all)

    def tell(self, events: Iterable[Event]) -> None:
        self._events.extend(events)
        if self._events:
            self.task.wake()

    async def _announce_all(self) -> None:
        while self._events:
            try:
                await self._announce(self._events[0])
            except sqlite3.Error:
                raise  # the diary cannot be written to now; the event is told once it can
            except Exception:
                log.exception("an event could not be told")
            self._events.popleft()

    async def _announce(self, event: Event) -> None:
        match event:
            case SuggestionChanged():
                await self._announce_suggestion(event.entry)
            case ChangeApplied():
                await self._announce_change(event)
            case DriftFound():
                await self._announce_drift(event)
            case NightEnded():
                await self._announce_run(event.run)

    async def _announce_suggestion(self, entry: LedgerEntry) -> None:
        """Publish an event of a suggestion; a new or reopened one is asked about on the phone too."""
        event = TOPIC_EVENTS.get(entry.event)
        if event is None:
            return
        area = self._home().areas_by_id.get(entry.area)
        notice = SuggestionMessage(
            **self._notices.event_fields(),
            habit_id=entry.habit_id,
            title=entry.title,
            state=entry.state.value,
            area=area.name if area else None,
            url=f"{self._public_url}/suggestions/{entry.habit_id}" if self._public_url else None,
        )
        await self._notices.publish(SUGGESTION_TOPIC.format(event=event), notice)
        if event == "created":
            await self._phone_questions.ask(entry)

    async def _announce_change(self, change: ChangeApplied) -> None:
        notice = DeploymentMessage(
            **self._notices.event_fields(),
            automation_id=change.automation_id,
            title=change.title,
            outcome=change.outcome,
            why=change.why,
        )
        await self._notices.publish(DEPLOYMENT_TOPIC.format(event=change.outcome), notice)

    async def _announce_drift(self, found: DriftFound) -> None:
        notice = DriftMessage(
            **self._notices.event_fields(), automation_id=found.automation_id, title=found.title, drift=found.drift
        )
        await self._notices.publish(DRIFT_TOPIC.format(event="found"), notice)

    async def _announce_run(self, run: Run) -> None:
        report = run.report
        notice = AnalysisMessage(
            **self._notices.event_fields(),
            run_id=run.run_id,
            outcome=run.outcome,
            why=run.why,
            found=report.found if report else 0,
            proposed=sum(row.outcome == "created" for row in report.suggestions) if report else 0,
        )
        await self._notices.publish(ANALYSIS_TOPIC.format(event="finished"), notice)
