"""The checks that every automation passes before a person sees it, and again on every edit; one check a file."""

from __future__ import annotations

from automations.checks.context import CheckContext
from automations.checks.ha_validation import merge_home_problems, validate_in_home
from automations.checks.readings import Readings
from automations.checks.run_checks import check, check_schema, check_text
from automations.checks.safety.policy import POLICY_PATH, Policy, default_policy, read_policy

__all__ = [
    "POLICY_PATH",
    "CheckContext",
    "Policy",
    "Readings",
    "check",
    "check_schema",
    "check_text",
    "default_policy",
    "merge_home_problems",
    "read_policy",
    "validate_in_home",
]
