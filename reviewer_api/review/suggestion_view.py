"""What a person sees of a suggestion: its page, its diff to main or the home, and the preview of an edit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from automations.config.words.diff import describe_diff
from automations.config.yaml import decode, encode
from automations.git.branch_state import conflicts_with_main, inspect_branch
from automations.git.ledger import read_entries
from automations.git.ledger_entry import LedgerEntry
from automations.git.naming import automation_id_from_habit
from automations.git.repository import MAIN_REF, Repository
from reviewer_api.models.common import DiffAnswer
from reviewer_api.models.suggestions import BacktestAnswer, EvidenceAnswer, Preview, Receipt, SuggestionPage
from reviewer_api.review.draft_reader import CheckedDraft, DraftReader
from reviewer_api.review.presenters import (
    ACTIONS,
    backtest_from,
    evidence_from,
    meaning_from,
    problems_from,
    receipts_from,
    row_from,
    timeline_from,
)
from schemas.backtest import Backtest
from schemas.errors import NightshiftError
from schemas.home import Home
from schemas.suggestion_files import PATTERN, PATTERN_FILE, RECEIPTS, RECEIPTS_FILE, DraftVerdict


class SuggestionView:
    """Git runs in threads; worker and home are asked before that, in the event loop."""

    def __init__(
        self, repository: Repository, draft_reader: DraftReader, home: Callable[[], Home], now: Callable[[], datetime]
    ) -> None:
        self._repository, self._draft_reader, self._home, self._now = repository, draft_reader, home, now

    async def page(self, habit_id: str) -> SuggestionPage:
        """Everything about one suggestion; raises SuggestionNotFound."""
        return await asyncio.to_thread(self._page, await self._draft_reader.checked_draft(habit_id))

    async def diff(self, habit_id: str, against: str) -> DiffAnswer:
        tip = await asyncio.to_thread(self._draft_reader.latest_entry, habit_id)
        yaml, _ = await asyncio.to_thread(self._draft_reader.read_file, tip)
        if against == "home":
            config = await self._draft_reader.read_live(automation_id_from_habit(habit_id))
            old = encode({"id": automation_id_from_habit(habit_id), **config}) if config else ""
            return self._diff(old, yaml, home=True)
        return await asyncio.to_thread(self._diff_to_main, tip.path, yaml)

    async def preview(self, habit_id: str, yaml: str) -> Preview:
        """What an edit would mean, before it is saved."""
        tip = await asyncio.to_thread(self._draft_reader.latest_entry, habit_id)
        verdict = await self._draft_reader.verdict(yaml, habit_id, with_backtest=True)
        return await asyncio.to_thread(self._preview, tip, yaml, verdict)

    # --- inside a thread --------------------------------------------------------------------

    def _page(self, draft: CheckedDraft) -> SuggestionPage:
        tip, home = draft.tip, self._home()
        branch_state = inspect_branch(self._repository, tip.branch, tip.path)
        main = self._repository.read_file(MAIN_REF, tip.path)
        seen = self._draft_reader.seen_from_draft(draft)
        conflict = branch_state is not None and conflicts_with_main(branch_state, seen.main_blob or None)
        return SuggestionPage(
            row=row_from(tip, home),
            path=tip.path,
            branch=tip.branch.removeprefix("refs/heads/"),
            yaml=draft.yaml,
            meaning=meaning_from(decode(draft.yaml).config or {}, home),
            evidence=self._evidence(tip),
            backtest=self._backtest(draft.backtest),
            diff=self._diff_to_main(tip.path, draft.yaml),
            problems=problems_from(draft.problems, draft.yaml),
            timeline=timeline_from(read_entries(self._repository, tip.habit_id)),
            receipts=self._receipts(tip),
            drafted_by=tip.drafted_by,
            frozen=bool(branch_state and branch_state.edited_by_person),
            conflict=conflict,
            main_yaml=main.decode("utf-8", "replace") if main is not None else None,
            actions_allowed=_actions_allowed(tip, draft, conflict),
            seen=seen,
        )

    def _preview(self, tip: LedgerEntry, yaml: str, verdict: DraftVerdict) -> Preview:
        config, home = decode(yaml).config, self._home()
        return Preview(
            problems=problems_from(verdict.problems, yaml),
            meaning=meaning_from(config, home) if config else None,
            backtest=backtest_from(verdict.backtest, home.tzinfo) if config and verdict.backtest else None,
            diff=self._diff_to_main(tip.path, yaml),
        )

    def _evidence(self, tip: LedgerEntry) -> EvidenceAnswer:
        data = self._repository.read_file(tip.sha, PATTERN_FILE)
        if data is None:
            raise NightshiftError(
                f"The ledger of {tip.habit_id} has lost its {PATTERN_FILE}; restore it from a backup."
            )
        return evidence_from(PATTERN.validate_json(data), self._home())

    def _receipts(self, tip: LedgerEntry) -> list[Receipt]:
        data = self._repository.read_file(tip.sha, RECEIPTS_FILE)
        return receipts_from(RECEIPTS.validate_json(data)) if data else []

    def _backtest(self, backtest: Backtest | None) -> BacktestAnswer:
        if backtest is None:
            now = self._now()
            backtest = Backtest(now, now, computable=False, reason="No history is stored yet to replay it over.")
        return backtest_from(backtest, self._home().tzinfo)

    def _diff_to_main(self, path: str, yaml: str) -> DiffAnswer:
        main = self._repository.read_file(MAIN_REF, path)
        return self._diff(main.decode("utf-8", "replace") if main else "", yaml)

    def _diff(self, old: str, new: str, home: bool = False) -> DiffAnswer:
        words = describe_diff(decode(old).config if old else None, decode(new).config, self._home())
        return DiffAnswer(against="home" if home else "main", old=old, new=new, words=list(words))


def _actions_allowed(tip: LedgerEntry, draft: CheckedDraft, conflict: bool) -> list[str]:
    """A draft in conflict with main is merged by a person in the editor first, and neither approved nor redrafted."""
    forbidden = {"approve", "redraft"} if conflict else {"approve"} if draft.blocking else set()
    return [action for action in ACTIONS.get(tip.state, ()) if action not in forbidden]
