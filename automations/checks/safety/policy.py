"""The owner's policy: which named rules block, ask or only warn, and the names and limits they use."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from automations.config.safe_yaml import UnsafeYaml, read_yaml
from schemas.errors import InputError

POLICY_PATH: Final = "policy.yaml"
"""Path of the policy in the automations repository; always read from main."""

RuleSeverity = Literal["block", "ask", "warn", "off"]


class Rules(BaseModel):
    """The severity of each safety rule; `docs/checks.md` says what each looks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lock: RuleSeverity = "ask"
    alarm: RuleSeverity = "block"
    garage_door: RuleSeverity = "ask"
    cover_without_sensor: RuleSeverity = "ask"
    stove: RuleSeverity = "block"
    heater: RuleSeverity = "ask"
    climate_limits: RuleSeverity = "ask"
    valve: RuleSeverity = "ask"
    siren: RuleSeverity = "ask"
    dangerous_service: RuleSeverity = "block"
    everything: RuleSeverity = "block"
    too_often: RuleSeverity = "ask"
    endless_repeat: RuleSeverity = "ask"
    hidden_target: RuleSeverity = "ask"


class ClimateLimits(BaseModel):
    """Target temperatures in the home's own unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lowest: float = 7
    highest: float = 25


class Limits(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    seconds_between_triggers: float = Field(default=60, ge=0)
    repeat_count: int = Field(default=100, ge=1)


class Policy(BaseModel):
    """`policy.yaml`; every key may be left out. Names are compared as whole words, without case and accents."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: Rules = Rules()
    stove_like: tuple[str, ...] = ()
    heater_like: tuple[str, ...] = ()
    never_heaters: tuple[str, ...] = ()
    always_heaters: tuple[str, ...] = ()
    climate: ClimateLimits = ClimateLimits()
    limits: Limits = Limits()
    dangerous_services: tuple[str, ...] = ()
    """Service names, `*` stands for anything."""


@cache
def default_policy() -> Policy:
    """The policy that a new repository starts with."""
    starter = Path(__file__).parents[2] / "starter" / POLICY_PATH
    return read_policy(starter.read_text(encoding="utf-8"))


def read_policy(text: str) -> Policy:
    """The policy in `text` (all of it, not merged with the default); InputError names everything wrong in it."""
    try:
        return Policy.model_validate(read_yaml(text) or {})
    except UnsafeYaml as error:
        raise InputError(f"{POLICY_PATH} cannot be read: {error}") from None
    except ValidationError as error:
        wrong = "\n  ".join(f"{'.'.join(map(str, e['loc'])) or 'document'}: {e['msg']}" for e in error.errors())
        raise InputError(f"{POLICY_PATH} on main has entries that cannot be used; correct them:\n  {wrong}") from None
