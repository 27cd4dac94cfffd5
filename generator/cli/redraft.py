"""`redraft`: change a suggestion as a reviewer's comment asks; the result is a commit on its branch in their name."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from automations.backtest.replay import backtest
from automations.checks import CheckContext, check
from automations.config.yaml import decode, encode
from automations.git.ledger import LedgerEntry, commit_entry, next_entry, read_latest_entries
from automations.git.naming import BRANCH_PREFIX
from automations.git.repository import BOT, GitAuthor, Repository
from automations.git.review_actions import edit
from automations.history.store import day_start
from automations.open.history import apply_filters, history_store
from automations.open.home import load_known_home
from automations.open.repository import open_repository
from automations.open.settings import load_settings
from generator.cli.run import policy_of
from generator.drafting.draft import NotRedrafted, Redraft
from generator.drafting.setup import drafter_from
from generator.night.pipeline import others
from generator.night.proposal import linked
from schemas.backtest import Backtest
from schemas.errors import InputError
from schemas.home import Home
from schemas.settings import Settings
from schemas.suggestion_files import RECEIPTS, RECEIPTS_FILE, VERDICT, VERDICT_FILE, DraftVerdict, Receipts
from schemas.suggestions import LedgerEvent


def redraft(
    branch: Annotated[str, typer.Argument(help="Branch of the suggestion, suggest/...")],
    comment: Annotated[str, typer.Option(help="What should be different, in your words.")],
    author: Annotated[str, typer.Option(help="Whose comment it is.")] = "",
) -> None:
    """Draft a suggestion anew as a comment asks."""
    settings = load_settings()
    made = asyncio.run(_redraft(settings, branch, comment, GitAuthor(author or settings.REVIEWER_NAME, "")))
    print(made.why)


async def _redraft(settings: Settings, branch: str, comment: str, who: GitAuthor) -> Redraft:
    now = datetime.now(UTC)
    repository = open_repository(settings)
    tip = _tip(repository, branch)
    known = await load_known_home(settings, now)
    yaml = (repository.read_file(tip.branch, tip.path) or b"").decode("utf-8", "replace")
    config = decode(yaml).config
    if config is None:
        raise InputError(f"{tip.path} on {branch} is no automation just now; mend it in the editor first.")
    context = _context(repository, known.home, str(config.get("id", "")))
    drafter = drafter_from(settings, now)
    try:
        made = await drafter.redraft(config, comment, known.home, lambda changed: check(changed, context))
    except NotRedrafted as error:
        _keep_receipts(repository, tip, error, now)
        raise
    finally:
        await drafter.close()
    # Whoever words it anew knows nothing of the link back to its page.
    made = replace(made, config=linked(made.config, tip.habit_id, settings.PUBLIC_URL))
    verdict = DraftVerdict(tuple(check(made.config, context)), _replay(settings, made, known.home))
    _save(repository, tip, made, verdict, who, now)
    return made


def _tip(repository: Repository, branch: str) -> LedgerEntry:
    ref = f"{BRANCH_PREFIX}{branch.removeprefix(BRANCH_PREFIX).removeprefix('suggest/')}"
    found = next((entry for entry in read_latest_entries(repository).values() if entry.branch == ref), None)
    if found is None or repository.resolve(ref) is None:
        raise InputError(f"There is no open suggestion on {branch}; `git branch --list 'suggest/*'` shows them.")
    return found


def _context(repository: Repository, home: Home, own_id: str) -> CheckContext:
    rest = {key: config for key, config in others(repository, home).items() if key != own_id}
    return CheckContext(home, rest, policy_of(repository))


def _replay(settings: Settings, made: Redraft, home: Home) -> Backtest | None:
    """Over what is stored; None where nothing is."""
    store = history_store(settings)
    days = store.days()
    if not days:
        return None
    stored = store.read(day_start(days[max(0, len(days) - settings.HISTORY_DAYS)]), datetime.now(UTC))
    events = apply_filters(stored, home, settings)
    return backtest(made.config, events, home) if len(events) else None


def _keep_receipts(repository: Repository, tip: LedgerEntry, error: NotRedrafted, now: datetime) -> None:
    """What left the house is on record also where nothing came of it."""
    if error.receipts is not None:
        entry = next_entry(tip, LedgerEvent.COMMENTED, BOT, now, str(error))
        files = {RECEIPTS_FILE: RECEIPTS.dump_json(_added(repository, tip, error.receipts))}
        repository.update_refs([commit_entry(repository, entry, BOT, files)])


def _added(repository: Repository, tip: LedgerEntry, receipts: Receipts | None) -> Receipts:
    """The suggestion's receipts with these after them."""
    kept = repository.read_file(tip.sha, RECEIPTS_FILE)
    before = RECEIPTS.validate_json(kept).exchanges if kept else ()
    return Receipts((*before, *(receipts.exchanges if receipts else ())))


def _save(
    repository: Repository, tip: LedgerEntry, made: Redraft, verdict: DraftVerdict, who: GitAuthor, now: datetime
) -> None:
    receipts = _added(repository, tip, made.receipts)
    seen: dict[str, bytes | None] = {
        VERDICT_FILE: VERDICT.dump_json(verdict),
        RECEIPTS_FILE: RECEIPTS.dump_json(receipts) if receipts.exchanges else None,
    }
    base = repository.blob_sha(tip.branch, tip.path) or ""
    edit(repository, tip, encode(made.config), base, who, now, made.why, seen)
