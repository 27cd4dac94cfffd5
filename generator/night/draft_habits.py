"""Drafts tonight's habits: each is checked and replayed as it is drafted."""

from __future__ import annotations

from collections.abc import Sequence

from automations.backtest.replay import backtest
from automations.checks import CheckContext, check
from automations.deploy.automation_files import existing_automations
from generator.drafting.draft import Draft
from generator.night.night_context import NightContext
from schemas.backtest import Backtest
from schemas.home import AutomationConfig
from schemas.patterns import Pattern
from schemas.problems import Problem
from schemas.runs import Stage


async def draft_habits(night: NightContext, patterns: Sequence[Pattern], worth_asking: set[str]) -> list[Draft]:
    """A draft for each; a model is asked only about the habits `worth_asking`."""
    night.report_progress(Stage.DRAFT, 0, len(patterns), "")
    events = night.history.events
    context = CheckContext(night.home, existing_automations(night.repository, night.home), night.policy, events)

    def checks(config: AutomationConfig) -> list[Problem]:
        return check(config, context)

    def replay(config: AutomationConfig) -> Backtest:
        return backtest(config, events, night.home)

    try:
        drafts = await night.drafter.draft_all(patterns, night.home, checks, replay, worth_asking)
    finally:
        await night.drafter.close()
    night.report_progress(Stage.DRAFT, len(patterns), len(patterns), "")
    return drafts
