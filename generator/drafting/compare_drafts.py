"""Whether a model's version of a draft is as good as the baseline: no new problems, no worse in the backtest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.backtest import Backtest
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity
from schemas.suggestion_files import DraftVerdict


@dataclass(frozen=True)
class EvaluatedConfig:
    """A config with what the checks say of it and what it would have done."""

    config: AutomationConfig
    problems: tuple[Problem, ...]
    backtest: Backtest

    @property
    def verdict(self) -> DraftVerdict:
        return DraftVerdict(self.problems, self.backtest)


def new_problems(model_version: Sequence[Problem], baseline: Sequence[Problem]) -> list[Problem]:
    """What blocks, or needs a second confirmation, in `model_version` but not in `baseline`."""
    baseline_problems = {(problem.check, problem.severity) for problem in baseline}
    serious = [problem for problem in model_version if problem.severity is not Severity.WARN]
    return [problem for problem in serious if (problem.check, problem.severity) not in baseline_problems]


def threat_score(backtests: Sequence[Backtest]) -> float | None:
    """matched / (matched + false + missed) over all `backtests`, 0..1; None where there was nothing to count.

    The critical success index of forecasting: 1 where it did what the person did, always and only then.
    """
    if not all(backtest.computable for backtest in backtests):
        return None
    matched = sum(backtest.matched for backtest in backtests)
    wrong = sum(len(backtest.false) + len(backtest.missed) for backtest in backtests)
    return matched / (matched + wrong) if matched + wrong else None


def is_worse(model_version: Backtest, baselines: Sequence[Backtest]) -> bool:
    """Whether `model_version` scores worse than all `baselines` together; what cannot be scored any more is worse."""
    before, after = threat_score(baselines), threat_score([model_version])
    if before is None:
        return False
    undone = sum(backtest.undone for backtest in baselines)
    return after is None or after < before - 1e-9 or model_version.undone > undone


def complaint_from(problem: Problem) -> str:
    """A problem in words that may be sent to a model: which check and where. Its message may name entities."""
    check = problem.check if re.fullmatch(r"[a-z_]{1,40}", problem.check) else "a check"
    where = re.match(r"(triggers|conditions|actions)(\[\d+\])?", problem.path)
    return f"Check {check} fails{f' at {where[0]}' if where else ''}."
