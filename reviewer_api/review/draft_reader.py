"""Reads a suggestion's present draft: its file, its problems, its backtest and the home's validation."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from automations.checks import merge_home_problems
from automations.config.normalize import canonicalize
from automations.config.yaml import decode
from automations.git.ledger import read_latest_entry
from automations.git.ledger_entry import LedgerEntry
from automations.git.naming import automation_id_from_habit
from automations.git.repository import MAIN_REF, Repository
from reviewer_api.models.suggestions import Seen
from reviewer_api.review.draft_checker import DraftChecker
from reviewer_api.review.presenters import finding_keys
from schemas.backtest import Backtest
from schemas.errors import NightshiftError
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity
from schemas.suggestion_files import AUTOMATION_FILE, VERDICT, VERDICT_FILE
from schemas.suggestions import State

UNKNOWN_HASH = "unknown"
"""The live hash while the home cannot be asked: it proves nothing."""

HomeProblems = list[Problem] | None
"""The home's problems with a draft in a dry run; None where the home cannot be asked."""
HomeValidation = Callable[[AutomationConfig], Awaitable[HomeProblems]]
ReadLive = Callable[[str], Awaitable[AutomationConfig | None]]


class SuggestionNotFound(NightshiftError):
    """There is no such suggestion."""


@dataclass(frozen=True)
class HomeCheck:
    """The home's state a moment ago: the hash of its config under this id, and its problems with the draft."""

    live_hash: str
    problems: HomeProblems


@dataclass(frozen=True)
class CheckedDraft:
    """The present file of a suggestion, with its problems and its backtest."""

    yaml: str
    blob: str
    problems: tuple[Problem, ...]
    backtest: Backtest | None

    @property
    def blocking(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.BLOCK)


class DraftReader:
    """Reads drafts; all methods that are not async block and belong in a thread."""

    def __init__(
        self, repository: Repository, draft_checker: DraftChecker, read_live: ReadLive, validate_in_home: HomeValidation
    ) -> None:
        self._repository, self._draft_checker = repository, draft_checker
        self.read_live, self._ask_home_to_validate = read_live, validate_in_home

    # --- the home -----------------------------------------------------------------------------

    async def check_with_home(self, habit_id: str) -> HomeCheck:
        """Live hash and dry-run validation of the draft, read now; raises SuggestionNotFound."""
        yaml = await asyncio.to_thread(lambda: self.read_file(self.latest_entry(habit_id))[0])
        return HomeCheck(await self._live_hash(automation_id_from_habit(habit_id)), await self.validate_in_home(yaml))

    async def validate_in_home(self, yaml: str) -> HomeProblems:
        """None where the home cannot be asked or the text is no config: that leaves it to our own checks."""
        config = decode(yaml).config
        if config is None:
            return None
        try:
            return await self._ask_home_to_validate(config)
        except NightshiftError:
            return None

    async def _live_hash(self, key: str) -> str:
        try:
            config = await self.read_live(key)
        except NightshiftError:
            return UNKNOWN_HASH
        return live_hash(config)

    # --- inside a thread ------------------------------------------------------------------------

    def latest_entry(self, habit_id: str) -> LedgerEntry:
        latest = read_latest_entry(self._repository, habit_id) if habit_id.isalnum() else None
        if latest is None:
            raise SuggestionNotFound(f"There is no suggestion {habit_id}; it may be from another repository.")
        return latest

    def read_file(self, tip: LedgerEntry) -> tuple[str, str]:
        """The file and its blob, from the branch where there is one, else from the ledger."""
        source = self._repository.resolve(tip.branch)
        commit, path = (source, tip.path) if source else (tip.sha, AUTOMATION_FILE)
        content = self._repository.read_file(commit, path)
        return (content or b"").decode("utf-8", "replace"), self._repository.blob_sha(commit, path) or ""

    def checked_draft(self, tip: LedgerEntry, home_problems: HomeProblems = None) -> CheckedDraft:
        """Checked against the home as last read, and with the home's own validation where there is one."""
        yaml, blob = self.read_file(tip)
        stored_verdict = self._repository.read_file(tip.sha, VERDICT_FILE)
        verdict = VERDICT.validate_json(stored_verdict) if stored_verdict else None
        problems = self.problems(yaml, tip.habit_id, home_problems) if blob else ()
        return CheckedDraft(yaml, blob, problems, self._backtest(tip, yaml, verdict.backtest if verdict else None))

    def problems(self, yaml: str, habit_id: str, home_problems: HomeProblems) -> tuple[Problem, ...]:
        own_problems = self._draft_checker.problems(yaml, automation_id_from_habit(habit_id))
        return tuple(own_problems if home_problems is None else merge_home_problems(own_problems, home_problems))

    def seen_from_draft(self, tip: LedgerEntry, draft: CheckedDraft, home_check: HomeCheck) -> Seen:
        """The state that a decision is bound to."""
        return Seen(
            proposed_blob=draft.blob,
            main_blob=self._repository.blob_sha(MAIN_REF, tip.path) or "",
            live_hash=home_check.live_hash,
            policy_blob=self._draft_checker.policy_blob(),
            findings=finding_keys(draft.problems, Severity.BLOCK, Severity.ASK),
        )

    def _backtest(self, tip: LedgerEntry, yaml: str, stored_backtest: Backtest | None) -> Backtest | None:
        """The stored backtest is of the generator's own draft; a person's version is replayed."""
        if tip.state is not State.EDITED:
            return stored_backtest
        config = decode(yaml).config
        return (self._draft_checker.replay(config) if config else None) or stored_backtest


def live_hash(config: AutomationConfig | None) -> str:
    """Hash of the canonical config in 16 hexadecimal digits; "" where there is none."""
    if config is None:
        return ""
    return hashlib.sha256(json.dumps(canonicalize(config), sort_keys=True, default=str).encode()).hexdigest()[:16]
