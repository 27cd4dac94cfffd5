"""Checks and replays a draft against the home, its other automations, the policy on main and the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from automations.backtest.replay import backtest
from automations.checks import POLICY_PATH, CheckContext, Policy, Readings, check_text, default_policy, read_policy
from automations.config.yaml import decode
from automations.deploy.automation_files import read_automation_files
from automations.deploy.plan import AutomationFile
from automations.git.repository import MAIN_REF, Repository
from automations.home_assistant.home_api import LiveAutomation
from schemas.backtest import Backtest
from schemas.events import Events
from schemas.home import AutomationConfig, Home
from schemas.problems import Problem


@dataclass(frozen=True)
class MainSnapshot:
    """The automations and the policy in one commit of main; it never changes."""

    commit: str
    by_id: Mapping[str, AutomationFile]
    policy: Policy


@dataclass(frozen=True)
class DraftChecker:
    """Results are computed from the state at the time of the call; `history` gives None where none is stored yet."""

    repository: Repository
    home: Callable[[], Home]
    history: Callable[[], Events | None]
    live: Callable[[], Mapping[str, LiveAutomation]]
    """The home's automations as last seen."""
    _readings: Readings = field(default_factory=Readings)
    _main_cache: list[MainSnapshot] = field(default_factory=list)
    """Only the last commit that was asked for: most calls follow each other on one main."""

    def policy_blob(self) -> str:
        return self.repository.blob_sha(MAIN_REF, POLICY_PATH) or ""

    def context(self, automation_id: str) -> CheckContext:
        """For checking one automation: all others that main and the home have."""
        main = self._main_snapshot()
        in_home = {key: live.config for key, live in self.live().items() if live.config is not None}
        others = {**in_home, **{key: version.config for key, version in main.by_id.items()}}
        others.pop(automation_id, None)
        current = main.by_id[automation_id].config if automation_id in main.by_id else None
        return CheckContext(self.home(), others, main.policy, self.history(), current, self._readings)

    def problems(self, yaml: str, automation_id: str) -> list[Problem]:
        """Every problem of a text that would be this automation; another `id` in it is one too."""
        problems = check_text(yaml, self.context(automation_id))
        config = decode(yaml).config
        if config is not None and config.get("id") != automation_id:
            problems.append(_changed_id_problem(automation_id))
        return problems

    def replay(self, config: AutomationConfig) -> Backtest | None:
        """When it would have fired; None where no history is stored."""
        events = self.history()
        return backtest(config, events, self.home()) if events is not None and len(events) else None

    def _main_snapshot(self) -> MainSnapshot:
        """InputError where main's policy cannot be read: fail closed. Main without one has the default."""
        commit = self.repository.main_commit()
        snapshot = next((one for one in self._main_cache if one.commit == commit), None)
        if snapshot is None:
            text = self.repository.read_file(commit, POLICY_PATH)
            policy = default_policy() if text is None else read_policy(text.decode("utf-8", "replace"))
            snapshot = MainSnapshot(commit, read_automation_files(self.repository, commit).by_id, policy)
            self._main_cache[:] = [snapshot]
        return snapshot


def _changed_id_problem(automation_id: str) -> Problem:
    return Problem(
        "identity", "schema", "id", f"The id must stay {automation_id}.", f"Write `id: {automation_id}` as it was."
    )
