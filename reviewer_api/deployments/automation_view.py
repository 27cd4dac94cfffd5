"""What is deployed, for the page: each automation, its versions, the plan, and drift."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from automations.deploy.automation_files import find_automation_path
from automations.deploy.sync_state import SyncState
from automations.git.ledger import read_latest_entries
from automations.git.merge import MainCommit, list_main_commits, resolve_main_commit
from automations.git.naming import DEPLOYED_REF
from automations.git.repository import MAIN_REF, Repository
from automations.home_assistant.home_api import AutomationStore
from reviewer_api.deployments.live_state import LiveState
from reviewer_api.deployments.presenters import (
    alias_from,
    allowed_actions,
    change_from,
    diff_from,
    drift_from,
    removed_row_from,
    row_from,
    rows_from,
    version_from,
    yaml_from,
)
from reviewer_api.deployments.reconciler import Reconciler
from reviewer_api.diary.times import iso_from_datetime
from reviewer_api.models.automations import (
    AutomationList,
    AutomationPage,
    ChangeAnswer,
    DriftAnswer,
    PlanAnswer,
    RollbackPreview,
)
from reviewer_api.models.automations import Version as VersionAnswer
from reviewer_api.models.common import DiffAnswer
from reviewer_api.review.presenters import meaning_from, problems_from
from schemas.home import Home


class AutomationView:
    """Answers from the last read of the home's state; the plan alone reads it again first."""

    def __init__(
        self,
        repository: Repository,
        reconciler: Reconciler,
        live_state: LiveState,
        home_api: AutomationStore,
        home: Callable[[], Home],
    ) -> None:
        self._repository, self._reconciler, self._live_state = repository, reconciler, live_state
        self._home_api, self._home = home_api, home

    async def rows(self, query: str = "") -> AutomationList:
        sync_state, read_at = self._live_state.last, self._live_state.read_at
        ledgers = await asyncio.to_thread(read_latest_entries, self._repository)
        rows = rows_from(sync_state, ledgers, self._home()) if sync_state else []
        matching = [row for row in rows if query.casefold() in row.title.casefold()]
        return AutomationList(
            items=matching,
            total=len(matching),
            home=self._home_api.name,
            home_reachable=not self._live_state.problem,
            checked_at=iso_from_datetime(read_at) if read_at else None,
        )

    async def page(self, automation_id: str) -> AutomationPage:
        sync_state = self._live_state.last or await self._reconciler.look()
        return await asyncio.to_thread(self._page, sync_state, automation_id)

    async def drift(self) -> DriftAnswer:
        sync_state, why = self._live_state.last, self._live_state.problem
        rows = drift_from(sync_state, self._home()) if sync_state else []
        return DriftAnswer(rows=rows, reachable=not why, why=why)

    async def plan(self) -> PlanAnswer:
        sync_state = await self._reconciler.look()
        return PlanAnswer(
            changes=[change_from(change, self._home()) for change in sync_state.changes],
            held=sync_state.hold_reason,
            plan_hash=sync_state.plan_hash,
            first_write_warning="" if sync_state.git.backed_up else await self._home_api.first_write_warning(),
        )

    async def version_diff(self, automation_id: str, sha: str) -> DiffAnswer:
        """What one commit of main did to the automation's file."""

        def read() -> DiffAnswer:
            path, commit = (
                find_automation_path(self._repository, automation_id),
                resolve_main_commit(self._repository, sha),
            )
            new, old = self._repository.read_objects([f"{commit}:{path}", f"{commit}^1:{path}"])
            return diff_from(
                (old or b"").decode("utf-8", "replace"), (new or b"").decode("utf-8", "replace"), self._home()
            )

        return await asyncio.to_thread(read)

    async def rollback_preview(self, automation_id: str, to: str | None) -> RollbackPreview:
        def read() -> RollbackPreview:
            path = find_automation_path(self._repository, automation_id)
            commits = list_main_commits(self._repository, path, limit=1)
            source = resolve_main_commit(self._repository, to) if to else commits[0].parent if commits else None
            names = [f"{MAIN_REF}:{path}", f"{source}:{path}"]
            now, then = (
                data.decode("utf-8", "replace") if data else "" for data in self._repository.read_objects(names)
            )
            diff = diff_from(now, then, self._home())
            action = "delete" if not then else "update" if now else "create"
            change = ChangeAnswer(
                action=action,
                automation_id=automation_id,
                title=alias_from(then or now, automation_id),
                path=path,
                diff=diff,
            )
            return RollbackPreview(changes=[change], words=diff.words, seen_main=self._repository.main_commit())

        return await asyncio.to_thread(read)

    # --- building responses -----------------------------------------------------------------------

    def _page(self, sync_state: SyncState, key: str) -> AutomationPage:
        version, live = version_from(sync_state, key), sync_state.live.get(key)
        path = version.path if version else find_automation_path(self._repository, key)
        config = version.config if version else live.config if live else None
        commits = list_main_commits(self._repository, path)
        ledger = read_latest_entries(self._repository).get(key.removeprefix("nightshift_"))
        row = (
            row_from(sync_state, key, ledger, self._home())
            if key in sync_state.statuses
            else removed_row_from(key, path, ledger)
        )
        return AutomationPage(
            row=row,
            yaml=yaml_from(key, version.config) if version else None,
            live_yaml=yaml_from(key, live.config) if live and live.config is not None else None,
            meaning=meaning_from(config, self._home()) if config else None,
            problems=problems_from(sync_state.broken.get(path, ())),
            versions=self._versions(commits),
            actions_allowed=allowed_actions(sync_state, key, version, commits),
        )

    def _versions(self, commits: Sequence[MainCommit]) -> Sequence[VersionAnswer]:
        deployed = self._repository.resolve(DEPLOYED_REF)
        deployed_main = self._repository.read_trailers(deployed).get("Main") if deployed else None
        return [
            VersionAnswer(
                sha=commit.sha,
                at=iso_from_datetime(commit.at),
                who=commit.who,
                subject=commit.subject,
                deployed=bool(deployed_main) and self._repository.is_ancestor(commit.sha, str(deployed_main)),
            )
            for commit in commits
        ]
