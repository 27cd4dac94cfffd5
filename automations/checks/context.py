"""What a check may use beside the automation itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from automations.checks.readings import Readings
from automations.checks.safety.policy import Policy, default_policy
from schemas.events import Events
from schemas.home import AutomationConfig, Home


@dataclass(frozen=True)
class CheckContext:
    """`home` None: references are not checked. `other_automations`: those on main and in the home, by id, without the
    one that is checked. `events`: history for the dates of conflicts, None where there is none. `previous_version`:
    the one that this replaces; conflicts and loops that it had already are not reported again."""

    home: Home | None = None
    other_automations: Mapping[str, AutomationConfig] = field(default_factory=dict)
    policy: Policy = field(default_factory=default_policy)
    events: Events | None = None
    previous_version: AutomationConfig | None = None
    readings: Readings = field(default_factory=Readings)
    """Of whoever checks again and again; a context of its own reads everything once."""

    @property
    def ha_version(self) -> tuple[int, int] | None:
        """Home Assistant's year and month, None where the home does not say."""
        parts = (self.home.version or "").split(".") if self.home else []
        return (int(parts[0]), int(parts[1])) if len(parts) > 1 and parts[0].isdigit() and parts[1].isdigit() else None
