"""A night, as its steps: mine, match habits, draft, check, propose, follow up, report."""

from __future__ import annotations

from automations.git.ledger import read_latest_entries
from generator.mining import MiningResult, mine
from generator.night.caps import habits_that_fit, room_under
from generator.night.draft_habits import draft_habits
from generator.night.follow_up import MonitorContext, follow_up
from generator.night.match_habits import match_habits, split_by_work
from generator.night.measure import Stopwatch
from generator.night.night_context import NightContext
from generator.night.overdue import fade_unseen, wake_snoozed
from generator.night.propose_habits import propose_habits
from generator.night.report import NightResult, night_report
from schemas.runs import RunReport, Stage


async def run_night(night: NightContext, stopwatch: Stopwatch) -> RunReport:
    """One night, once the home and its history are read.

    Nothing is written before all is mined, and each suggestion is written whole or not at all.
    """
    with stopwatch.stage(Stage.MINE):
        night.report_progress(Stage.MINE, 0, 0, "")
        mined = mine(night.history.events, night.home, window_days=night.days)
    return await run_after_mining(night, mined, stopwatch)


async def run_after_mining(night: NightContext, mined: MiningResult, stopwatch: Stopwatch) -> RunReport:
    """A night from the mining result on."""
    entries = read_latest_entries(night.repository)
    patterns = match_habits(mined.patterns, entries)
    work = split_by_work(patterns, entries)
    room = room_under(night.caps, entries.values(), night.now, night.home.tzinfo)
    with stopwatch.stage(Stage.DRAFT):
        drafts = await draft_habits(night, work.to_draft, habits_that_fit(work.to_draft, entries.values(), room))
    with stopwatch.stage(Stage.PROPOSE):
        proposed = propose_habits(night, drafts, mined.end or night.now, entries, room)
        wake_snoozed(night.repository, entries.values(), night.now)
        fade_unseen(night.repository, entries.values(), {pattern.habit_id for pattern in patterns}, night.now)
        monitor = MonitorContext(night.repository, night.home, night.history.events, night.read_run_history, night.now)
        notes = await follow_up(monitor, entries)
    result = NightResult(mined, [*work.without_work, *proposed.suggestions], proposed.not_shown, notes)
    return night_report(night, result, stopwatch.seconds)
