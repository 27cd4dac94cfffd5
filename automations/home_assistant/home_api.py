"""A home's automations, by two doors: one stores them, one tells of them. Home Assistant and a folder have both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from automations.home_assistant.run_history import RunHistory
from schemas.home import AutomationConfig
from schemas.problems import Problem


class Obstacle(StrEnum):
    """Why an automation of the home cannot be managed from here."""

    NO_ID = "no_id"
    DUPLICATE_ID = "duplicate_id"
    OUTSIDE = "outside"
    """Defined where the home's editor does not reach: a package, another YAML file."""


@dataclass(frozen=True, slots=True)
class LiveAutomation:
    """One automation as the home holds it now.

    `config` is None where the config API cannot read it (packages, YAML elsewhere, no id); `why_unreadable` says so.
    `enabled` is None while its state is unavailable.
    """

    automation_id: str
    config: AutomationConfig | None
    entity_id: str | None = None
    enabled: bool | None = True
    alias: str = ""
    why_unreadable: str = ""
    obstacle: Obstacle | None = None
    last_triggered: datetime | None = None
    """When its actions last ran, UTC; None where they never did or the home does not say."""


class AutomationStore(Protocol):
    """What a home stores: read, written and removed.

    Every method raises Unreachable, Unauthorized; `write` also Refused with the home's own message. Ids are compared as
    strings, case kept. A config is given and returned without its `id` key.
    """

    @property
    def name(self) -> str:
        """The home in messages: its URL without credentials, or its folder."""
        ...

    async def wait_until_ready(self) -> None:
        """Return when writes will take effect; Unreachable with the reason while they would not."""
        ...

    async def list_automations(self) -> dict[str, LiveAutomation]:
        """Every automation that the home has now, by id; those without an id under their entity id."""
        ...

    async def read(self, automation_id: str) -> AutomationConfig | None:
        """Its stored config; None only when the home says that there is none."""
        ...

    async def write(self, automation_id: str, config: AutomationConfig) -> None:
        """Create or replace it, and return when the home shows it live."""
        ...

    async def ensure_loaded(self, automation_id: str) -> None:
        """Return when the home shows live what it has stored, loaded once more where it must be; nothing is written."""
        ...

    async def delete(self, automation_id: str) -> None:
        """Remove it; also fine when it is gone already."""
        ...

    async def add_label(self, automation_id: str) -> None:
        """Give it the label "Nightshift", where the home has labels."""
        ...

    async def first_write_warning(self) -> str:
        """What the home will do to its automations file at the first write, in sentences for a person."""
        ...


class AutomationInsight(Protocol):
    """What a home tells of its automations: what it makes of a config, how one ran. Nothing stored is changed.

    Every method raises Unreachable, Unauthorized; ids and configs are as in AutomationStore.
    """

    async def run(self, automation_id: str) -> None:
        """Fire its actions once, its conditions skipped, without waiting for their end; Refused where it cannot."""
        ...

    async def describe_last_run(self, automation_id: str, since: datetime) -> list[str]:
        """What its newest run since then did, in sentences; [] where the home kept none, or none yet."""
        ...

    async def validate(self, config: AutomationConfig) -> list[Problem] | None:
        """The home's own complaints about a config, from a dry run that writes nothing; None where it has none."""
        ...

    async def read_run_history(self, automation_id: str, since: datetime) -> RunHistory | None:
        """When it fired since then, when it was off, and how its runs ended; None where the home keeps no record."""
        ...
