"""Rung 4: named rules about what an automation may do without a second yes; never a score."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from automations.checks.context import Context
from automations.checks.deeds import deeds
from automations.checks.safety.commands import dangerous_service, everything, hidden_target
from automations.checks.safety.finding import Finding, Scope
from automations.checks.safety.heat import climate_limits, heater, stove
from automations.checks.safety.openings import alarm, cover_without_sensor, garage_door, lock, siren, valve
from automations.checks.safety.rhythm import endless_repeat, too_often
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity

Rule = Callable[[Scope], Iterator[Finding]]

RULES: Final[dict[str, Rule]] = {
    rule.__name__: rule
    for rule in (
        lock,
        alarm,
        garage_door,
        cover_without_sensor,
        stove,
        heater,
        climate_limits,
        valve,
        siren,
        dangerous_service,
        everything,
        too_often,
        endless_repeat,
        hidden_target,
    )
}
"""By the name under which the policy answers for them."""


def safety(config: AutomationConfig, context: Context) -> Iterator[Problem]:
    """What each rule of the policy finds, with the policy's answer as severity."""
    scope = Scope(config, deeds(config, context.home), context)
    for name, rule in RULES.items():
        answer = getattr(context.policy.rules, name)
        if answer == "off":
            continue
        for finding in _once(rule(scope)):
            yield Problem(name, "safety", finding.path, finding.message, finding.mend, Severity(answer))


def _once(findings: Iterator[Finding]) -> list[Finding]:
    return list(dict.fromkeys(findings))
