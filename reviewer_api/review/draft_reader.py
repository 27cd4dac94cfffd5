"""A suggestion's present draft: its file, its problems, its backtest and what the home says of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from automations.checks import POLICY_PATH, merge_home_problems
from automations.config.normalize import canonicalize
from automations.config.yaml import decode
from automations.git.ledger import read_latest_entry
from automations.git.ledger_entry import LedgerEntry
from automations.git.naming import automation_id_from_habit
from automations.git.repository import MAIN_REF, Repository
from reviewer_api.models.suggestions import Seen
from reviewer_api.review.presenters import finding_keys
from reviewer_api.worker.draft_checks import DraftChecks
from schemas.backtest import Backtest
from schemas.errors import NightshiftError
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity
from schemas.suggestion_files import AUTOMATION_FILE, VERDICT, VERDICT_FILE, DraftVerdict
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
class Draft:
    """The present file of a suggestion; `stored_backtest` is of the draft that the night wrote."""

    tip: LedgerEntry
    yaml: str
    blob: str
    stored_backtest: Backtest | None


@dataclass(frozen=True)
class CheckedDraft:
    """A draft with its problems, its backtest, and the hash of the home's config under its id a moment ago."""

    tip: LedgerEntry
    yaml: str
    blob: str
    live_hash: str
    problems: tuple[Problem, ...]
    backtest: Backtest | None

    @property
    def blocking(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.BLOCK)


class DraftReader:
    """Reads drafts, and has them checked by the worker and by the home; methods that are not async block."""

    def __init__(
        self, repository: Repository, draft_checks: DraftChecks, read_live: ReadLive, validate_in_home: HomeValidation
    ) -> None:
        self._repository, self._draft_checks = repository, draft_checks
        self.read_live, self._ask_home_to_validate = read_live, validate_in_home

    async def checked_draft(self, habit_id: str) -> CheckedDraft:
        """Checked against the home as last read, and by the home itself; raises SuggestionNotFound."""
        draft = await asyncio.to_thread(self._read_draft, habit_id)
        tip, live_hash = draft.tip, await self._live_hash(automation_id_from_habit(habit_id))
        # The stored backtest is of the generator's own draft; a person's version is replayed.
        verdict = await self.verdict(draft.yaml, habit_id, with_backtest=tip.state is State.EDITED)
        backtest = verdict.backtest or draft.stored_backtest
        problems = verdict.problems if draft.blob else ()
        return CheckedDraft(tip, draft.yaml, draft.blob, live_hash, problems, backtest)

    async def verdict(self, yaml: str, habit_id: str, with_backtest: bool) -> DraftVerdict:
        """On a text that would be this suggestion's automation."""
        home_problems = await self._validate_in_home(yaml)
        verdict = await self._draft_checks.check(yaml, automation_id_from_habit(habit_id), with_backtest)
        if home_problems is None:
            return verdict
        return replace(verdict, problems=tuple(merge_home_problems(list(verdict.problems), home_problems)))

    async def _validate_in_home(self, yaml: str) -> HomeProblems:
        """None where the home cannot be asked or the text is no config: that leaves it to our own checks."""
        config = (await asyncio.to_thread(decode, yaml)).config
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

    def _read_draft(self, habit_id: str) -> Draft:
        tip = self.latest_entry(habit_id)
        yaml, blob = self.read_file(tip)
        stored = self._repository.read_file(tip.sha, VERDICT_FILE)
        return Draft(tip, yaml, blob, VERDICT.validate_json(stored).backtest if stored else None)

    def seen_from_draft(self, draft: CheckedDraft) -> Seen:
        """The state that a decision is bound to."""
        main = f"{MAIN_REF}:{draft.tip.path}"
        main_blob, policy_blob = self._repository.resolve_objects(main, f"{MAIN_REF}:{POLICY_PATH}")
        return Seen(
            proposed_blob=draft.blob,
            main_blob=main_blob or "",
            live_hash=draft.live_hash,
            policy_blob=policy_blob or "",
            findings=finding_keys(draft.problems, Severity.BLOCK, Severity.ASK),
        )


def live_hash(config: AutomationConfig | None) -> str:
    """Hash of the canonical config in 16 hexadecimal digits; "" where there is none."""
    if config is None:
        return ""
    return hashlib.sha256(json.dumps(canonicalize(config), sort_keys=True, default=str).encode()).hexdigest()[:16]
