"""Check 4: named rules about what an automation may do without a second confirmation; never a score."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from automations.checks.safety.access import alarm, cover_without_sensor, garage_door, lock, siren, valve
from automations.checks.safety.commands import dangerous_service, everything, hidden_target
from automations.checks.safety.frequency import endless_repeat, too_often
from automations.checks.safety.heating import climate_limits, heater, stove
from automations.checks.safety.policy import Policy
from automations.checks.safety.rule_context import RuleContext, SafetyFinding
from automations.config.calls import calls_from_config
from schemas.events import Events
from schemas.home import AutomationConfig, Home
from schemas.problems import Problem, Severity

Rule = Callable[[RuleContext], Iterator[SafetyFinding]]

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
"""By the name of their key in the policy."""


def safety(config: AutomationConfig, home: Home | None, policy: Policy, events: Events | None) -> Iterator[Problem]:
    """The findings of each rule that is not off, with the severity that the policy gives it."""
    context = RuleContext(config, calls_from_config(config, home), home, policy, events)
    for name, rule in RULES.items():
        severity = getattr(policy.rules, name)
        if severity == "off":
            continue
        for finding in _unique(rule(context)):
            yield Problem(name, "safety", finding.path, finding.message, finding.fix, Severity(severity))


def _unique(findings: Iterator[SafetyFinding]) -> list[SafetyFinding]:
    return list(dict.fromkeys(findings))
