"""What is deployed: the state of each automation, its versions, and a person's decision on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from automations.deploy.automation_files import find_automation_path
from automations.deploy.drift import adopt, reapply
from automations.deploy.reconcile import ChangeResult, Deployer, ReconcileResult
from automations.deploy.sync_state import SyncState
from automations.git.author import GitAuthor
from automations.git.ledger import read_latest_entries
from automations.git.merge import MainCommit, list_main_commits, resolve_main_commit, revert, was_rolled_back
from automations.git.naming import DEPLOYED_REF
from automations.git.repository import MAIN_REF, Repository
from automations.home_assistant.home_api import AutomationInsight, LiveAutomation
from reviewer_api.deployments.presenters import (
    alias_from,
    allowed_actions,
    change_from,
    diff_from,
    drift_from,
    removed_row_from,
    result_from,
    row_from,
    rows_from,
    undeployed_reason,
    version_from,
    yaml_from,
)
from reviewer_api.diary.times import iso_from_datetime
from reviewer_api.models.automations import (
    AutomationList,
    AutomationPage,
    ChangeAnswer,
    DeployResult,
    DriftAnswer,
    PlanAnswer,
    RollbackPreview,
    RunOnceAnswer,
)
from reviewer_api.models.automations import Version as VersionAnswer
from reviewer_api.models.common import DiffAnswer
from reviewer_api.review.presenters import meaning_from, problems_from
from schemas.errors import NightshiftError, Refused, StaleError, Unreachable
from schemas.home import Home

CLOCK_TOLERANCE = timedelta(seconds=5)
"""The home's clock may be that far behind ours."""
TRACE_TRIES, TRACE_PAUSE_SECONDS = 4, 0.25
"""A run is traced as it begins; pause in seconds."""

RoundListener = Callable[[ReconcileResult], Awaitable[None]]


async def _ignore_round(_: ReconcileResult) -> None:
    return


class AutomationService:
    """Queries answer from the last read of the home's state; decisions read it again first."""

    def __init__(
        self,
        repository: Repository,
        deployer: Deployer,
        insight: AutomationInsight,
        home: Callable[[], Home],
        now: Callable[[], datetime],
    ) -> None:
        self._repository, self._deployer, self._insight = repository, deployer, insight
        self._home, self._now = home, now
        self.last_state: SyncState | None = None
        """The last read of the home's state that succeeded."""
        self.state_read_at: datetime | None = None
        self.home_problem = ""
        """Why the home cannot be asked now; "" where it answers."""
        self._round_listener: RoundListener = _ignore_round
        self._last_results: dict[str, ChangeResult] = {}
        """The last result of each path: the reconciler may have deployed a commit before its caller could."""

    def on_reconciled(self, listener: RoundListener) -> None:
        """`listener` is called after every round, whoever began it."""
        self._round_listener = listener

    def live(self) -> Mapping[str, LiveAutomation]:
        """The home's automations as last seen."""
        return self.last_state.live if self.last_state else {}

    async def read_state(self) -> SyncState:
        """Read the state now, and keep it; Unreachable or Unauthorized where the home cannot be asked."""
        try:
            self.last_state = await self._deployer.read_state()
        except NightshiftError as error:
            self.home_problem = str(error)
            raise
        self.state_read_at, self.home_problem = self._now(), ""
        return self.last_state

    # --- reading ------------------------------------------------------------------------

    async def rows(self, query: str = "") -> AutomationList:
        sync_state = self.last_state
        ledgers = await asyncio.to_thread(read_latest_entries, self._repository)
        rows = rows_from(sync_state, ledgers, self._home()) if sync_state else []
        matching = [row for row in rows if query.casefold() in row.title.casefold()]
        return AutomationList(
            items=matching,
            total=len(matching),
            home=self._deployer.home_api.name,
            home_reachable=not self.home_problem,
            checked_at=iso_from_datetime(self.state_read_at) if self.state_read_at else None,
        )

    async def page(self, automation_id: str) -> AutomationPage:
        sync_state = self.last_state or await self.read_state()
        return await asyncio.to_thread(self._page, sync_state, automation_id)

    async def drift(self) -> DriftAnswer:
        sync_state, why = self.last_state, self.home_problem
        rows = drift_from(sync_state, self._home()) if sync_state else []
        return DriftAnswer(rows=rows, reachable=not why, why=why)

    async def plan(self) -> PlanAnswer:
        sync_state = await self.read_state()
        return PlanAnswer(
            changes=[change_from(change, self._home()) for change in sync_state.changes],
            held=sync_state.hold_reason,
            plan_hash=sync_state.plan_hash,
            first_write_warning="" if sync_state.git.backed_up else await self._deployer.home_api.first_write_warning(),
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

    # --- deciding -------------------------------------------------------------------------

    async def rollback(self, automation_id: str, to: str | None, seen_main: str, author: GitAuthor) -> DeployResult:
        """Revert the path on main and deploy it; StaleError where main is not what the preview showed."""

        def undo() -> str:
            path = find_automation_path(self._repository, automation_id)
            return revert(self._repository, path, author, self._now(), to_commit=to, expected_main=seen_main)

        commit = await asyncio.to_thread(undo)
        return await self._deploy_commit(commit)

    async def restore(self, automation_id: str, author: GitAuthor) -> DeployResult:
        """Undo the last rollback, by reverting it; StaleError where the last change is none, or is undone already."""

        def undo() -> str:
            path, seen = find_automation_path(self._repository, automation_id), self._repository.main_commit()
            if not was_rolled_back(list_main_commits(self._repository, path)):
                raise StaleError("Its last change is no rollback, or was undone already; there is nothing to restore.")
            return revert(self._repository, path, author, self._now(), expected_main=seen)

        return await self._deploy_commit(await asyncio.to_thread(undo))

    async def adopt(self, automation_id: str, author: GitAuthor) -> DeployResult:
        sync_state = await self.read_state()
        commit = await asyncio.to_thread(
            adopt, self._repository, sync_state, automation_id, self._home(), author, self._now()
        )
        return result_from(await self.reconcile(), commit)

    async def unmanage(self, automation_id: str, author: GitAuthor) -> DeployResult:
        commit = await self._deployer.unmanage(automation_id, author)
        await self._try_read_state()
        return DeployResult(outcome="nothing", why="It stays in the home as it is.", merge=commit)

    async def reapply(self, automation_id: str) -> DeployResult:
        """Put main's version back over what the home has; the person saw the difference."""
        sync_state = await self.read_state()
        result = ReconcileResult(await self._deployer.apply(reapply(sync_state, automation_id), sync_state))
        await self._try_read_state()
        await self._round_listener(result)
        return result_from(result, None)

    async def deploy_merge(self, merge: str) -> DeployResult:
        """Deploy an approved merge; what cannot be deployed now stays pending and is tried again."""
        return await self._deploy_commit(merge)

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

    async def confirm(self, plan_hash: str) -> DeployResult:
        """Confirm and deploy a held plan."""
        return result_from(await self.reconcile(plan_hash), None)

    async def reconcile(self, confirmed_plan: str = "") -> ReconcileResult:
        """One round; a home that cannot be asked leaves everything pending, with its reason."""
        result = await self._deployer.reconcile(confirmed_plan)
        if result.unreachable_reason:
            self.home_problem = result.unreachable_reason
        else:
            await self._try_read_state()
        self._last_results |= {done.change.path: done for done in result.results}
        await self._round_listener(result)
        return result

    async def _deploy_commit(self, commit: str) -> DeployResult:
        """Reconcile, and give the result of the path that `commit` changed."""
        path = (await asyncio.to_thread(self._repository.read_trailers, commit)).get("Path", "")
        result = await self.reconcile()
        path_results = [done for done in result.results if done.change.path == path]
        if result.hold_reason or result.unreachable_reason or path_results:
            return result_from(replace(result, results=path_results), commit)
        done = await asyncio.to_thread(self._result_of_earlier_round, path, commit)
        if done is None and self.last_state and (why := undeployed_reason(self.last_state, path)):
            return DeployResult(outcome="drifted", why=why, merge=commit)
        return result_from(ReconcileResult((done,) if done else ()), commit)

    def _result_of_earlier_round(self, path: str, commit: str) -> ChangeResult | None:
        done = self._last_results.get(path)
        return done if done and self._repository.is_ancestor(commit, done.main) else None

    async def _try_read_state(self) -> None:
        try:
            await self.read_state()
        except NightshiftError:
            return  # the page shows `home_problem`

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
