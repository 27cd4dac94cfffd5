"""Review: what a person sees of a suggestion and what they decide, each decision bound to what was shown."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from automations.checks import settled_by_home
from automations.codec import canonical, decode, encode
from automations.diff import diff_words
from automations.git import decisions
from automations.git.ledger import Entry, entry, history
from automations.git.merge import merge
from automations.git.naming import automation_id
from automations.git.proposals import look_at_branch
from automations.git.repository import BOT, MAIN, Person, Repository
from reviewer_api.answers.parts import DiffAnswer
from reviewer_api.answers.suggestions import (
    ApproveQuestion,
    BacktestAnswer,
    DeclineQuestion,
    EditQuestion,
    EvidenceAnswer,
    Preview,
    Receipt,
    Seen,
    SuggestionPage,
    Trial,
)
from reviewer_api.pages import (
    ACTIONS,
    backtest_from,
    evidence_from,
    findings,
    meaning_from,
    problem_from,
    receipts_from,
    row_from,
    timeline_from,
)
from reviewer_api.surroundings import Surroundings
from schemas.backtest import Backtest
from schemas.errors import InputError, Moved, NightshiftError
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity
from schemas.suggestions import State
from schemas.verdict import (
    AUTOMATION_FILE,
    PATTERN,
    PATTERN_FILE,
    RECEIPTS,
    RECEIPTS_FILE,
    VERDICT,
    VERDICT_FILE,
)

TRIAL_LASTS = timedelta(days=7)
UNKNOWN = "unknown"
"""The live hash while the home cannot be asked: it proves nothing."""

Redraft = Callable[[str, str, str], Awaitable[None]]
"""branch, comment, who: makes a new draft on the branch; InputError with the reason where it could not."""
Opinion = list[Problem] | None
"""What the home says of a draft in a dry run; None where it cannot be asked."""
AskHome = Callable[[AutomationConfig], Awaitable[Opinion]]
ReadLive = Callable[[str], Awaitable[AutomationConfig | None]]


class NotThere(NightshiftError):
    """There is no such suggestion."""


class NotAllowed(NightshiftError):
    """A finding forbids it, or wants a second yes that was not given."""


@dataclass(frozen=True)
class Draft:
    """The file of a suggestion as it stands, with its findings and what it would have done."""

    yaml: str
    blob: str
    problems: tuple[Problem, ...]
    backtest: Backtest | None


class Review:
    """Suggestions for people. Git and checks run in threads; the home is asked through `read_live`."""

    def __init__(
        self,
        repository: Repository,
        surroundings: Surroundings,
        read_live: ReadLive,
        ask_home: AskHome,
        redraft: Redraft,
        now: Callable[[], datetime],
    ) -> None:
        self._repository, self._around, self._now = repository, surroundings, now
        self._read_live, self._ask_home, self._redraft = read_live, ask_home, redraft

    # --- reading ------------------------------------------------------------------------

    async def page(self, habit_id: str) -> SuggestionPage:
        """Everything about one suggestion; NotThere."""
        live = await self._live_hash(automation_id(habit_id))
        return await asyncio.to_thread(self._page, habit_id, live, await self._opinion_of(habit_id))

    async def diff(self, habit_id: str, against: str) -> DiffAnswer:
        tip = await asyncio.to_thread(self._tip, habit_id)
        draft = await asyncio.to_thread(self._draft, tip)
        if against == "home":
            config = await self._read_live(automation_id(habit_id))
            old = encode({"id": automation_id(habit_id), **config}) if config else ""
            return self._diff(old, draft.yaml, home=True)
        return await asyncio.to_thread(self._diff_to_main, tip.path, draft.yaml)

    async def preview(self, habit_id: str, yaml: str) -> Preview:
        """What an edit would mean, before it is saved."""
        return await asyncio.to_thread(self._preview, habit_id, yaml, await self._opinion(yaml))

    # --- deciding -------------------------------------------------------------------------

    async def approve(self, habit_id: str, question: ApproveQuestion, who: Person) -> str:
        """Merge what was shown; the merge commit. Moved where it is not what is there now, NotAllowed by a finding."""
        live = await self._live_hash(automation_id(habit_id))
        opinion = await self._opinion_of(habit_id)
        return await asyncio.to_thread(self._approve, habit_id, question, live, opinion, who)

    async def edit(self, habit_id: str, question: EditQuestion, who: Person) -> None:
        def save() -> None:
            self._must_be_readable(question.yaml)
            tip, now = self._tip(habit_id), self._now()
            decisions.edit(self._repository, tip, question.yaml, question.base_blob, who, now, question.message)

        await asyncio.to_thread(save)

    async def comment(self, habit_id: str, words: str, who: Person) -> None:
        await asyncio.to_thread(
            lambda: decisions.comment(self._repository, self._tip(habit_id), words, who, self._now())
        )

    async def redraft(self, habit_id: str, words: str, who: Person) -> None:
        """A new draft that follows the words; they are kept in the ledger as a comment."""
        await self.comment(habit_id, words, who)
        tip = await asyncio.to_thread(self._tip, habit_id)
        await self._redraft(tip.branch.removeprefix("refs/heads/"), words, who.name)

    async def decline(self, habit_id: str, question: DeclineQuestion, who: Person) -> None:
        def save() -> None:
            tip, now = self._tip(habit_id), self._now()
            decisions.decline(self._repository, tip, question.scope, question.reason, who, now)

        await asyncio.to_thread(save)

    async def snooze(self, habit_id: str, until: datetime, who: Person) -> None:
        if until <= self._now():
            raise InputError("Snooze until a moment that is still to come.")
        await asyncio.to_thread(
            lambda: decisions.snooze(self._repository, self._tip(habit_id), until, who, self._now())
        )

    async def keep(self, habit_id: str, who: Person) -> None:
        """What is deployed stays as it is, though it was questioned."""
        await asyncio.to_thread(lambda: decisions.keep(self._repository, self._tip(habit_id), who, self._now()))

    async def reopen(self, habit_id: str, who: Person) -> None:
        await asyncio.to_thread(lambda: decisions.reopen(self._repository, self._tip(habit_id), who, self._now()))

    # --- inside a thread --------------------------------------------------------------------

    def _tip(self, habit_id: str) -> Entry:
        found = entry(self._repository, habit_id) if habit_id.isalnum() else None
        if found is None:
            raise NotThere(f"There is no suggestion {habit_id}; it may be from another repository.")
        return found

    def _yaml(self, habit_id: str) -> str:
        return self._stored(self._tip(habit_id))[0]

    def _stored(self, tip: Entry) -> tuple[str, str]:
        """The file and its blob, from the branch where there is one, else what the ledger kept."""
        source = self._repository.resolve(tip.branch)
        commit, path = (source, tip.path) if source else (tip.sha, AUTOMATION_FILE)
        content = self._repository.read(commit, path)
        return (content or b"").decode("utf-8", "replace"), self._repository.blob_of(commit, path) or ""

    def _draft(self, tip: Entry, opinion: Opinion = None) -> Draft:
        """Checked against the home as it is now, and by the home's own word where it gave one."""
        yaml, blob = self._stored(tip)
        kept = self._repository.read(tip.sha, VERDICT_FILE)
        verdict = VERDICT.validate_json(kept) if kept else None
        problems = self._problems(yaml, tip.habit_id, opinion) if blob else ()
        return Draft(yaml, blob, problems, self._backtest(tip, yaml, verdict.backtest if verdict else None))

    def _problems(self, yaml: str, habit_id: str, opinion: Opinion) -> tuple[Problem, ...]:
        ours = self._around.problems(yaml, automation_id(habit_id))
        return tuple(ours if opinion is None else settled_by_home(ours, opinion))

    def _backtest(self, tip: Entry, yaml: str, kept: Backtest | None) -> Backtest | None:
        """What was kept holds for the generator's own draft; a person's version is replayed."""
        if tip.state is not State.EDITED:
            return kept
        config = decode(yaml).config
        return (self._around.replay(config) if config else None) or kept

    def _page(self, habit_id: str, live: str, opinion: Opinion) -> SuggestionPage:
        tip = self._tip(habit_id)
        draft, home = self._draft(tip, opinion), self._around.home()
        config = decode(draft.yaml).config
        look = look_at_branch(self._repository, tip.branch, tip.path)
        main = self._repository.read(MAIN, tip.path)
        allowed = [action for action in ACTIONS.get(tip.state, ()) if action != "approve" or not _blocking(draft)]
        return SuggestionPage(
            row=row_from(tip, home),
            path=tip.path,
            branch=tip.branch.removeprefix("refs/heads/"),
            yaml=draft.yaml,
            meaning=meaning_from(config or {}, home),
            evidence=self._evidence(tip),
            backtest=self._shown_backtest(draft.backtest),
            diff=self._diff_to_main(tip.path, draft.yaml),
            problems=[problem_from(problem) for problem in draft.problems],
            timeline=timeline_from(history(self._repository, habit_id)),
            receipts=self._receipts(tip),
            drafted_by=tip.drafted_by,
            frozen=bool(look and look.frozen),
            main_yaml=main.decode("utf-8", "replace") if main is not None else None,
            actions_allowed=allowed,
            seen=self._seen(tip, draft, live),
        )

    def _seen(self, tip: Entry, draft: Draft, live: str) -> Seen:
        return Seen(
            proposed_blob=draft.blob,
            main_blob=self._repository.blob_of(MAIN, tip.path) or "",
            live_hash=live,
            policy_blob=self._around.policy_blob(),
            findings=findings(draft.problems, Severity.BLOCK, Severity.ASK),
        )

    def _approve(self, habit_id: str, question: ApproveQuestion, live: str, opinion: Opinion, who: Person) -> str:
        tip = self._tip(habit_id)
        draft = self._draft(tip, opinion)
        moved = _moved(question.seen, self._seen(tip, draft, live))
        if moved:
            raise Moved(f"This is not what you were shown any more: {'; '.join(moved)}.")
        if _blocking(draft):
            raise NotAllowed(f"It cannot be approved: {_blocking(draft)[0].message}")
        unasked = set(findings(draft.problems, Severity.ASK)) - set(question.second_yes)
        if unasked:
            raise NotAllowed(f"It needs a second yes for: {', '.join(sorted(unasked))}.")
        look = look_at_branch(self._repository, tip.branch, tip.path)
        if look and look.strays:
            raise NotAllowed(f"Its branch also changes {', '.join(look.strays)}; only its own file can be merged.")
        blob = self._on_trial(tip, draft) if question.trial is Trial.OFF else draft.blob
        now = self._now()
        trial = now + TRIAL_LASTS if question.trial is Trial.SEVEN_DAYS else None
        return merge(self._repository, self._tip(habit_id), blob, who, _why(question), now, trial)

    def _on_trial(self, tip: Entry, draft: Draft) -> str:
        """The same automation, deployed turned off: committed to its branch, so that the merge holds what is there."""
        config = decode(draft.yaml).config or {}
        yaml = encode({**config, "initial_state": False})
        decisions.edit(self._repository, tip, yaml, draft.blob, BOT, self._now(), "Deploy turned off, on trial")
        return self._repository.blobs([yaml.encode()])[0]

    def _preview(self, habit_id: str, yaml: str, opinion: Opinion) -> Preview:
        tip = self._tip(habit_id)
        config = decode(yaml).config
        replayed = self._around.replay(config) if config else None
        return Preview(
            problems=[problem_from(problem) for problem in self._problems(yaml, habit_id, opinion)],
            meaning=meaning_from(config, self._around.home()) if config else None,
            backtest=backtest_from(replayed, self._around.home().zone) if replayed else None,
            diff=self._diff_to_main(tip.path, yaml),
        )

    def _evidence(self, tip: Entry) -> EvidenceAnswer:
        data = self._repository.read(tip.sha, PATTERN_FILE)
        if data is None:
            raise NightshiftError(
                f"The ledger of {tip.habit_id} has lost its {PATTERN_FILE}; restore it from a backup."
            )
        return evidence_from(PATTERN.validate_json(data), self._around.home())

    def _receipts(self, tip: Entry) -> list[Receipt]:
        data = self._repository.read(tip.sha, RECEIPTS_FILE)
        return receipts_from(RECEIPTS.validate_json(data)) if data else []

    def _shown_backtest(self, found: Backtest | None) -> BacktestAnswer:
        if found is None:
            now = self._now()
            found = Backtest(now, now, computable=False, reason="No history is stored yet to replay it over.")
        return backtest_from(found, self._around.home().zone)

    def _diff_to_main(self, path: str, yaml: str) -> DiffAnswer:
        main = self._repository.read(MAIN, path)
        return self._diff(main.decode("utf-8", "replace") if main else "", yaml)

    def _diff(self, old: str, new: str, home: bool = False) -> DiffAnswer:
        words = diff_words(decode(old).config if old else None, decode(new).config, self._around.home())
        return DiffAnswer(against="home" if home else "main", old=old, new=new, words=list(words))

    def _must_be_readable(self, yaml: str) -> None:
        found = decode(yaml)
        if found.config is None:
            raise InputError(f"This cannot be saved: {found.problems[0].message} {found.problems[0].mend}")

    # --- the home ---------------------------------------------------------------------------

    async def _opinion_of(self, habit_id: str) -> Opinion:
        return await self._opinion(await asyncio.to_thread(self._yaml, habit_id))

    async def _opinion(self, yaml: str) -> Opinion:
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
            config = await self._read_live(key)
        except NightshiftError:
            return UNKNOWN
        return live_hash(config)


def live_hash(config: AutomationConfig | None) -> str:
    """Hash of what a config means, "" where there is none; 16 hexadecimal digits."""
    if config is None:
        return ""
    return hashlib.sha256(json.dumps(canonical(config), sort_keys=True, default=str).encode()).hexdigest()[:16]


def _blocking(draft: Draft) -> list[Problem]:
    return [problem for problem in draft.problems if problem.severity is Severity.BLOCK]


def _moved(shown: Seen, now: Seen) -> list[str]:
    """What changed since it was shown, in words; a home that cannot be asked proves nothing."""
    live_moved = UNKNOWN not in (shown.live_hash, now.live_hash) and shown.live_hash != now.live_hash
    appeared = shown.live_hash == UNKNOWN and now.live_hash not in (UNKNOWN, "")
    rows = (
        (shown.proposed_blob != now.proposed_blob, "the proposed automation was changed"),
        (shown.main_blob != now.main_blob, "main has another version of it"),
        (live_moved or appeared, "the home has another version of it"),
        (shown.policy_blob != now.policy_blob, "the policy on main was changed"),
        (shown.findings != now.findings, "the checks find other things"),
    )
    return [words for is_so, words in rows if is_so]


def _why(question: ApproveQuestion) -> str:
    said = [f"Second yes: {', '.join(question.second_yes)}"] if question.second_yes else []
    trial = [] if question.trial is Trial.NO else [f"Trial: {question.trial.value}"]
    return "\n".join([*said, *trial])
