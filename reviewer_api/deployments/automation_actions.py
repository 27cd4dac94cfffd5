"""A person's decision on what is deployed: git is moved, and the answer is what became of it in the home."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from automations.deploy.automation_files import find_automation_path
from automations.deploy.drift import adopt
from automations.git.author import GitAuthor
from automations.git.merge import list_main_commits, revert, was_rolled_back
from automations.git.repository import Repository
from automations.home_assistant.home_api import AutomationInsight
from reviewer_api.deployments.reconciler import Reconciler
from reviewer_api.models.automations import DeployResult, RunOnceAnswer
from schemas.errors import NightshiftError, Refused, StaleError, Unreachable
from schemas.home import Home

CLOCK_TOLERANCE = timedelta(seconds=5)
"""The home's clock may be that far behind ours."""
TRACE_TRIES, TRACE_PAUSE_SECONDS = 4, 0.25
"""A run is traced as it begins; pause in seconds."""


class AutomationActions:
    def __init__(
        self,
        repository: Repository,
        reconciler: Reconciler,
        insight: AutomationInsight,
        home: Callable[[], Home],
        now: Callable[[], datetime],
    ) -> None:
        self._repository, self._reconciler, self._insight = repository, reconciler, insight
        self._home, self._now = home, now

    async def rollback(self, automation_id: str, to: str | None, seen_main: str, author: GitAuthor) -> DeployResult:
        """Revert the path on main and deploy it; StaleError where main is not what the preview showed."""

        def undo() -> str:
            path = find_automation_path(self._repository, automation_id)
            return revert(self._repository, path, author, self._now(), to_commit=to, expected_main=seen_main)

        commit = await asyncio.to_thread(undo)
        return await self._reconciler.settled(commit)

    async def restore(self, automation_id: str, author: GitAuthor) -> DeployResult:
        """Undo the last rollback, by reverting it; StaleError where the last change is none, or is undone already."""

        def undo() -> str:
            path, seen = find_automation_path(self._repository, automation_id), self._repository.main_commit()
            if not was_rolled_back(list_main_commits(self._repository, path)):
                raise StaleError("Its last change is no rollback, or was undone already; there is nothing to restore.")
            return revert(self._repository, path, author, self._now(), expected_main=seen)

        return await self._reconciler.settled(await asyncio.to_thread(undo))

    async def adopt(self, automation_id: str, author: GitAuthor) -> DeployResult:
        """Commit the home's version to main."""
        state = await self._reconciler.look()
        commit = await asyncio.to_thread(
            adopt, self._repository, state, automation_id, self._home(), author, self._now()
        )
        return await self._reconciler.settled(commit)

    async def unmanage(self, automation_id: str, author: GitAuthor) -> DeployResult:
        commit = await self._reconciler.unmanage(automation_id, author)
        return DeployResult(outcome="nothing", why="It stays in the home as it is.", merge=commit)

    async def run_once(self, automation_id: str) -> RunOnceAnswer:
        """Run its actions once, and return what the home has traced of it so far; its end is not waited for."""
        since = self._now() - CLOCK_TOLERANCE
        try:
            await self._insight.run(automation_id)
        except (Refused, Unreachable) as error:
            return RunOnceAnswer(started=False, why=str(error))
        return RunOnceAnswer(started=True, trace=await self._wait_for_trace(automation_id, since))

    async def _wait_for_trace(self, automation_id: str, since: datetime) -> list[str]:
        for _ in range(TRACE_TRIES):
            try:
                if steps := await self._insight.describe_last_run(automation_id, since):
                    return steps
            except NightshiftError:
                return []  # it runs, even where its trace cannot be read
            await asyncio.sleep(TRACE_PAUSE_SECONDS)
        return []
