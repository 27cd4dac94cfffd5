"""A suggestion's draft as it stands: the file, what speaks against it, what it would have done, what the home says."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from automations.checks import merge_home_problems
from automations.config.yaml import canonicalize, decode
from automations.git.ledger import LedgerEntry, read_latest_entry
from automations.git.naming import automation_id_from_habit
from automations.git.repository import MAIN_REF, Repository
from reviewer_api.models.suggestions import Seen
from reviewer_api.review.check_context import Surroundings
from reviewer_api.review.presenters import findings
from schemas.backtest import Backtest
from schemas.errors import NightshiftError
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity
from schemas.suggestion_files import AUTOMATION_FILE, VERDICT, VERDICT_FILE
from schemas.suggestions import State

UNKNOWN = "unknown"
"""The live hash while the home cannot be asked: it proves nothing."""

Opinion = list[Problem] | None
"""What the home says of a draft in a dry run; None where it cannot be asked."""
AskHome = Callable[[AutomationConfig], Awaitable[Opinion]]
ReadLive = Callable[[str], Awaitable[AutomationConfig | None]]


class NotThere(NightshiftError):
    """There is no such suggestion."""


@dataclass(frozen=True)
class HomeWord:
    """What the home said a moment ago: the hash of what it has under this id, and its opinion of the draft."""

    live_hash: str
    opinion: Opinion


@dataclass(frozen=True)
class Draft:
    """The file of a suggestion as it stands, with its findings and what it would have done."""

    yaml: str
    blob: str
    problems: tuple[Problem, ...]
    backtest: Backtest | None

    @property
    def blocking(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.BLOCK)


class Drafts:
    """Reads drafts; all but what is awaited belongs into a thread."""

    def __init__(
        self, repository: Repository, surroundings: Surroundings, read_live: ReadLive, ask_home: AskHome
    ) -> None:
        self._repository, self._around = repository, surroundings
        self.read_live, self._ask_home = read_live, ask_home

    # --- the home -----------------------------------------------------------------------------

    async def home_word(self, habit_id: str) -> HomeWord:
        """What the home says of the suggestion now; NotThere."""
        yaml = await asyncio.to_thread(lambda: self.stored(self.tip(habit_id))[0])
        return HomeWord(await self._live_hash(automation_id_from_habit(habit_id)), await self.opinion(yaml))

    async def opinion(self, yaml: str) -> Opinion:
        """A home that cannot be asked leaves the word to our own checks."""
        config = decode(yaml).config
        if config is None:
            return None
        try:
            return await self._ask_home(config)
        except NightshiftError:
            return None

    async def _live_hash(self, key: str) -> str:
        try:
            config = await self.read_live(key)
        except NightshiftError:
            return UNKNOWN
        return live_hash(config)

    # --- inside a thread ------------------------------------------------------------------------

    def tip(self, habit_id: str) -> LedgerEntry:
        found = read_latest_entry(self._repository, habit_id) if habit_id.isalnum() else None
        if found is None:
            raise NotThere(f"There is no suggestion {habit_id}; it may be from another repository.")
        return found

    def stored(self, tip: LedgerEntry) -> tuple[str, str]:
        """The file and its blob, from the branch where there is one, else what the ledger kept."""
        source = self._repository.resolve(tip.branch)
        commit, path = (source, tip.path) if source else (tip.sha, AUTOMATION_FILE)
        content = self._repository.read_file(commit, path)
        return (content or b"").decode("utf-8", "replace"), self._repository.blob_sha(commit, path) or ""

    def draft(self, tip: LedgerEntry, opinion: Opinion = None) -> Draft:
        """Checked against the home as it is now, and by the home's own word where it gave one."""
        yaml, blob = self.stored(tip)
        kept = self._repository.read_file(tip.sha, VERDICT_FILE)
        verdict = VERDICT.validate_json(kept) if kept else None
        problems = self.problems(yaml, tip.habit_id, opinion) if blob else ()
        return Draft(yaml, blob, problems, self._backtest(tip, yaml, verdict.backtest if verdict else None))

    def problems(self, yaml: str, habit_id: str, opinion: Opinion) -> tuple[Problem, ...]:
        ours = self._around.problems(yaml, automation_id_from_habit(habit_id))
        return tuple(ours if opinion is None else merge_home_problems(ours, opinion))

    def seen(self, tip: LedgerEntry, draft: Draft, word: HomeWord) -> Seen:
        """What a decision is bound to."""
        return Seen(
            proposed_blob=draft.blob,
            main_blob=self._repository.blob_sha(MAIN_REF, tip.path) or "",
            live_hash=word.live_hash,
            policy_blob=self._around.policy_blob(),
            findings=findings(draft.problems, Severity.BLOCK, Severity.ASK),
        )

    def _backtest(self, tip: LedgerEntry, yaml: str, kept: Backtest | None) -> Backtest | None:
        """What was kept holds for the generator's own draft; a person's version is replayed."""
        if tip.state is not State.EDITED:
            return kept
        config = decode(yaml).config
        return (self._around.replay(config) if config else None) or kept


def live_hash(config: AutomationConfig | None) -> str:
    """Hash of what a config means, "" where there is none; 16 hexadecimal digits."""
    if config is None:
        return ""
    return hashlib.sha256(json.dumps(canonicalize(config), sort_keys=True, default=str).encode()).hexdigest()[:16]
