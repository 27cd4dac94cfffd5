"""What every draft of a run is made and evaluated with: the home, its language, the checks and the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from generator.drafting.baseline import baseline_from
from generator.drafting.compare_drafts import EvaluatedConfig, is_worse
from generator.drafting.grouping import Group, merge_group
from generator.drafting.model.answer_cache import AnswerCache
from generator.drafting.privacy.ha_vocabulary import known_language
from generator.drafting.privacy.home_names import HomeNames
from generator.drafting.privacy.pseudonyms import Pseudonyms
from schemas.backtest import Backtest
from schemas.home import AutomationConfig, Home
from schemas.problems import Problem

Checks = Callable[[AutomationConfig], list[Problem]]
Replay = Callable[[AutomationConfig], Backtest]


def skip_replay(_config: AutomationConfig) -> Backtest:
    """In place of a backtest where none is needed."""
    return Backtest(start=_EPOCH, end=_EPOCH, computable=False, reason="It was not replayed on the history.")


_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class DraftingContext:
    home: Home
    names: HomeNames
    language: str
    checks: Checks
    replay: Replay
    answer_cache: AnswerCache

    @classmethod
    def of(
        cls, home: Home, language: str | None, checks: Checks, replay: Replay, answer_cache: AnswerCache
    ) -> DraftingContext:
        """`language` None is the home's own; an unknown one is English."""
        return cls(home, HomeNames.of(home), known_language(language or home.language), checks, replay, answer_cache)

    def pseudonyms(self) -> Pseudonyms:
        return Pseudonyms(self.home, self.names)

    def baseline(self, group: Group) -> EvaluatedConfig:
        """The baseline of the group, worded in the home's language, with its checks and backtest."""
        return self.evaluate(baseline_from(merge_group(group), self.home, self.language))

    def evaluate(self, config: AutomationConfig) -> EvaluatedConfig:
        return EvaluatedConfig(config, tuple(self.checks(config)), self.replay(config))

    def is_better_apart(self, together: EvaluatedConfig, group: Group) -> bool:
        """Whether the habits score better as automations of their own than as this one."""
        singles = [self.baseline((pattern,)) for pattern in group]
        return is_worse(together.backtest, [single.backtest for single in singles])
