"""Publishes notices and diary rows: new suggestions, deployments, drift, the end of a run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from automations.deploy.reconcile import ChangeResult, ReconcileResult
from automations.git.ledger_entry import LedgerEntry
from reviewer_api.diary import Diary
from reviewer_api.diary.board import SuggestionFilter
from reviewer_api.diary.runs import Run
from reviewer_api.diary.times import iso_from_datetime
from reviewer_api.models.automations import DriftAnswer
from reviewer_api.notify.notices import Notices
from schemas.home import Home
from schemas.mqtt_messages import (
    ANALYSIS_TOPIC,
    DEPLOYMENT_TOPIC,
    DRIFT_TOPIC,
    SUGGESTION_TOPIC,
    AnalysisMessage,
    DeploymentMessage,
    DriftMessage,
    StateMessage,
    SuggestionMessage,
)
from schemas.suggestions import OPEN_STATES, LedgerEvent
from schemas.sync_status import DRIFTED_STATUSES, SyncStatus

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
    """Publishes what a reconcile round and a run did.

    `public_url` is None where none is set; `ask_phone` asks a phone about a suggestion; `read_drift` gives the drift in
    the last read of the home's state; `count_problems` how many dependencies are not well.
    """

    def __init__(
        self,
        notices: Notices,
        diary: Diary,
        home: Callable[[], Home],
        public_url: str | None,
        now: Callable[[], datetime],
        ask_phone: Callable[[LedgerEntry], Awaitable[None]],
        read_drift: Callable[[], Awaitable[DriftAnswer]],
        count_problems: Callable[[], Awaitable[int]],
    ) -> None:
        self._notices, self._diary, self._home, self._public_url, self._now = notices, diary, home, public_url, now
        self._ask_phone, self._read_drift, self._count_problems = ask_phone, read_drift, count_problems
        self._announced_drift: dict[str, SyncStatus] = {}

    async def announce_suggestion(self, entry: LedgerEntry) -> None:
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
            await self._ask_phone(entry)
        await self.publish_state()

    async def announce_round(self, result: ReconcileResult) -> None:
        """Publish every change that a round made, and new drift."""
        for done in result.results:
            await self._announce_deployment(done)
        await self._announce_drift()
        if result.results:
            await self.publish_state()

    async def announce_run(self, run: Run) -> None:
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
        await self.publish_state()

    async def publish_state(self) -> None:
        """Publish the values of the sensors in Home Assistant."""
        counts = (await self._diary.board.page(SuggestionFilter(limit=1))).counts
        last = await self._diary.runs.latest(1)
        await self._notices.publish_state(
            StateMessage(
                open_suggestions=sum(counts.get(state, 0) for state in OPEN_STATES),
                problems=await self._count_problems() + bool(last and last[0].outcome not in ("done", "running")),
                last_analysis=iso_from_datetime(last[0].finished) if last and last[0].finished else None,
            )
        )

    async def _announce_drift(self) -> None:
        """Publish each automation that drifted since the last round, once until it is in step again."""
        drifted_rows = {
            row.automation_id: row for row in (await self._read_drift()).rows if row.drift in DRIFTED_STATUSES
        }
        for key, row in drifted_rows.items():
            if self._announced_drift.get(key) is not row.drift:
                notice = DriftMessage(
                    **self._notices.event_fields(), automation_id=key, title=row.title, drift=row.drift
                )
                await self._notices.publish(DRIFT_TOPIC.format(event="found"), notice)
        self._announced_drift = {key: row.drift for key, row in drifted_rows.items()}

    async def _announce_deployment(self, done: ChangeResult) -> None:
        key, version = done.change.automation_id, done.change.after or done.change.before
        title = str(version.config.get("alias", key)) if version else key
        await self._diary.deployments.add(
            self._now(), key, title, done.change.change_type.value, done.outcome, done.why, done.main
        )
        notice = DeploymentMessage(
            **self._notices.event_fields(), automation_id=key, title=title, outcome=done.outcome, why=done.why
        )
        await self._notices.publish(DEPLOYMENT_TOPIC.format(event=done.outcome), notice)
