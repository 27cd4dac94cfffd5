"""The values of our sensors in Home Assistant: published at start and when they change, and retained."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from reviewer_api.diary import Diary
from reviewer_api.diary.board import SuggestionFilter
from reviewer_api.diary.times import iso_from_datetime
from reviewer_api.notify.notices import Notices
from reviewer_api.tasks.background import BackgroundTask
from schemas.mqtt_messages import StateMessage
from schemas.suggestions import OPEN_STATES

CHECK_INTERVAL: Final = timedelta(seconds=5)


class Sensors:
    """`count_problems` says how much of what Nightshift needs is not well."""

    def __init__(self, notices: Notices, diary: Diary, count_problems: Callable[[], Awaitable[int]]) -> None:
        self._notices, self._diary, self._count_problems = notices, diary, count_problems
        self._published: StateMessage | None = None
        self.task = BackgroundTask("sensors", self._publish_changes)

    async def _publish_changes(self) -> timedelta:
        state = await self._read()
        if state != self._published:
            await self._notices.publish_state(state)
            self._published = state
        return CHECK_INTERVAL

    async def _read(self) -> StateMessage:
        counts = (await self._diary.board.page(SuggestionFilter(limit=1))).counts
        last = await self._diary.runs.latest(1)
        return StateMessage(
            open_suggestions=sum(counts.get(state, 0) for state in OPEN_STATES),
            problems=await self._count_problems() + bool(last and last[0].outcome not in ("done", "running")),
            last_analysis=iso_from_datetime(last[0].finished) if last and last[0].finished else None,
        )
