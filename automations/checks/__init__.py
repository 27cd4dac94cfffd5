"""The ladder that every automation climbs before a person sees it, and again on every edit; one check a file."""

from __future__ import annotations

from automations.checks.context import Context
from automations.checks.ha_validation import home_opinion, settled_by_home
from automations.checks.run_checks import check, check_form, check_text
from automations.checks.safety.policy import POLICY_PATH, Policy, default_policy, read_policy

__all__ = [
    "POLICY_PATH",
    "Context",
    "Policy",
    "check",
    "check_form",
    "check_text",
    "default_policy",
    "home_opinion",
    "read_policy",
    "settled_by_home",
]
