"""Checks and replays a draft against the home, its other automations, the policy on main and the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automations.backtest.replay import backtest
from automations.checks import POLICY_PATH, CheckContext, Policy, Readings, check, default_policy, read_policy
from automations.config.yaml import Decoded
from automations.deploy.automation_files import read_automation_files
from automations.deploy.plan import AutomationFile
from automations.git.refs import refs_fingerprint
from automations.git.repository import Repository
from reviewer_api.worker.stored_history import StoredHistory
from schemas.backtest import Backtest
from schemas.home import AutomationConfig, Home
from schemas.problems import Problem


@dataclass(frozen=True)
class MainSnapshot:
    """The automations and the policy on main; `refs` is the repository's fingerprint then."""

    refs: tuple[int, ...]
    by_id: Mapping[str, AutomationFile]
    policy: Policy


class DraftChecker:
    """`home` and `live` (the home's automations by id) are as last told."""

    def __init__(self, repository: Repository, history: StoredHistory) -> None:
        self._repository, self._history = repository, history
        self.home = Home("UTC")
        self.live: Mapping[str, AutomationConfig] = {}
        self._readings = Readings()
        self._main: MainSnapshot | None = None

    def context(self, automation_id: str) -> CheckContext:
        """For checking one automation: all others that main and the home have.

        InputError where main's policy cannot be read: fail closed. Main without one has the default.
        """
        main = self._main_snapshot()
        others = {**self.live, **{key: version.config for key, version in main.by_id.items()}}
        others.pop(automation_id, None)
        current = main.by_id[automation_id].config if automation_id in main.by_id else None
        return CheckContext(self.home, others, main.policy, self._history.events(self.home), current, self._readings)

    def problems(self, draft: Decoded, automation_id: str, context: CheckContext) -> tuple[Problem, ...]:
        """Every problem of a text that would be this automation; another `id` in it is one too."""
        if draft.config is None:
            return draft.problems
        problems = check(draft.config, context)
        if draft.config.get("id") != automation_id:
            problems.append(_changed_id_problem(automation_id))
        return tuple(problems)

    def replay(self, draft: Decoded, context: CheckContext) -> Backtest | None:
        """When it would have fired; None where no history is stored."""
        if draft.config is None or not context.events:
            return None
        return backtest(draft.config, context.events, self.home)

    def _main_snapshot(self) -> MainSnapshot:
        refs = refs_fingerprint(self._repository)
        if self._main is None or self._main.refs != refs:
            commit = self._repository.main_commit()
            text = self._repository.read_file(commit, POLICY_PATH)
            policy = default_policy() if text is None else read_policy(text.decode("utf-8", "replace"))
            self._main = MainSnapshot(refs, read_automation_files(self._repository, commit).by_id, policy)
        return self._main


def _changed_id_problem(automation_id: str) -> Problem:
    return Problem(
        "identity", "schema", "id", f"The id must stay {automation_id}.", f"Write `id: {automation_id}` as it was."
    )
