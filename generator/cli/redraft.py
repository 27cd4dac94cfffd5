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
from automations.deploy.automation_files import existing_automations
from automations.git.author import BOT, GitAuthor
from automations.git.ledger import commit_entry, read_latest_entries
from automations.git.ledger_entry import LedgerEntry, next_entry
from automations.git.naming import BRANCH_PREFIX
from automations.git.repository import Repository
from automations.git.review_actions import edit
from automations.history.store import DayStore, day_start
from automations.open.history import HistorySettings, apply_filters, history_store
from automations.open.home import HomeSettings, load_known_home
from automations.open.repository import open_repository
from automations.open.settings import load_settings
from generator.cli.run import policy_on_main
from generator.drafting.draft import Redraft, RedraftFailed
from generator.drafting.setup import ModelSettings, drafter_from
from generator.night.proposal import add_page_link
from schemas.errors import InputError
from schemas.events import Events
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
    redrafted = asyncio.run(_redraft(settings, branch, comment, GitAuthor(author or settings.REVIEWER_NAME, "")))
    print(redrafted.why)


async def _redraft(settings: Settings, branch: str, comment: str, who: GitAuthor) -> Redraft:
    now = datetime.now(UTC)
    repository = open_repository(settings.AUTOMATIONS_REPO)
    latest = _latest_entry(repository, branch)
    home = (await load_known_home(HomeSettings.from_settings(settings), now)).home
    yaml = (repository.read_file(latest.branch, latest.path) or b"").decode("utf-8", "replace")
    config = decode(yaml).config
    if config is None:
        raise InputError(f"{latest.path} on {branch} is no automation just now; mend it in the editor first.")
    context = _check_context(repository, home, str(config.get("id", "")))
    drafter = drafter_from(ModelSettings.from_settings(settings), now, home.tzinfo)
    try:
        redrafted = await drafter.redraft(config, comment, home, lambda changed: check(changed, context))
    except RedraftFailed as error:
        _keep_receipts(repository, latest, error, now)
        raise
    finally:
        await drafter.close()
    # Rewording drops the link back to its page.
    redrafted = replace(redrafted, config=add_page_link(redrafted.config, latest.habit_id, settings.PUBLIC_URL))
    history = HistorySettings.from_settings(settings)
    events = apply_filters(_read_stored(history_store(history), history.days, now), home, history)
    replayed = backtest(redrafted.config, events, home) if len(events) else None
    verdict = DraftVerdict(tuple(check(redrafted.config, context)), replayed)
    _save(repository, latest, redrafted, verdict, who, now)
    return redrafted


def _latest_entry(repository: Repository, branch: str) -> LedgerEntry:
    ref = f"{BRANCH_PREFIX}{branch.removeprefix(BRANCH_PREFIX).removeprefix('suggest/')}"
    latest = next((entry for entry in read_latest_entries(repository).values() if entry.branch == ref), None)
    if latest is None or repository.resolve(ref) is None:
        raise InputError(f"There is no open suggestion on {branch}; `git branch --list 'suggest/*'` shows them.")
    return latest


def _check_context(repository: Repository, home: Home, own_id: str) -> CheckContext:
    rest = {key: config for key, config in existing_automations(repository, home).items() if key != own_id}
    return CheckContext(home, rest, policy_on_main(repository))


def _read_stored(store: DayStore, window_days: int, now: datetime) -> Events:
    """The last days of the stored history; nothing where none is stored."""
    days = store.days()
    return store.read(day_start(days[max(0, len(days) - window_days)]) if days else now, now)


def _keep_receipts(repository: Repository, latest: LedgerEntry, error: RedraftFailed, now: datetime) -> None:
    """What was sent is recorded also where nothing came of it."""
    if error.receipts is not None:
        entry = next_entry(latest, LedgerEvent.COMMENTED, BOT, now, str(error))
        files = {RECEIPTS_FILE: RECEIPTS.dump_json(_append_receipts(repository, latest, error.receipts))}
        repository.update_refs([commit_entry(repository, entry, BOT, files)])


def _append_receipts(repository: Repository, latest: LedgerEntry, receipts: Receipts | None) -> Receipts:
    """The suggestion's receipts with these after them."""
    kept = repository.read_file(latest.sha, RECEIPTS_FILE)
    before = RECEIPTS.validate_json(kept).exchanges if kept else ()
    return Receipts((*before, *(receipts.exchanges if receipts else ())))


def _save(
    repository: Repository,
    latest: LedgerEntry,
    redrafted: Redraft,
    verdict: DraftVerdict,
    who: GitAuthor,
    now: datetime,
) -> None:
    receipts = _append_receipts(repository, latest, redrafted.receipts)
    seen: dict[str, bytes | None] = {
        VERDICT_FILE: VERDICT.dump_json(verdict, by_alias=True),
        RECEIPTS_FILE: RECEIPTS.dump_json(receipts) if receipts.exchanges else None,
    }
    base = repository.blob_sha(latest.branch, latest.path) or ""
    edit(repository, latest, encode(redrafted.config), base, who, now, redrafted.why, seen)
