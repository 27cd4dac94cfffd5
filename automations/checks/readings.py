"""What the checks read out of automations; each is read once, since every check asks for all that the home has."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Final

from automations.config.comparable import ComparableParts, parts_from_config
from automations.config.state_changes import StateChange, caused_changes, targets_places, triggering_changes
from schemas.home import AutomationConfig, Home

_MOST: Final = 4096


class Reading:
    """One automation, read as far as a check has asked. Of the home nothing is kept: it may change meanwhile."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def parts(self) -> ComparableParts:
        return parts_from_config(self._config())

    @cached_property
    def triggering_changes(self) -> tuple[StateChange, ...]:
        return triggering_changes(self._config())

    def caused_changes(self, home: Home | None) -> tuple[StateChange, ...]:
        """As `state_changes.caused_changes`; read anew where it needs the home to know what its targets are."""
        return tuple(caused_changes(self._config(), home)) if self._targets_places else self._caused_changes

    @cached_property
    def _targets_places(self) -> bool:
        return targets_places(self._text)

    @cached_property
    def _caused_changes(self) -> tuple[StateChange, ...]:
        return tuple(caused_changes(self._config(), None))

    def _config(self) -> AutomationConfig:
        config: AutomationConfig = json.loads(self._text)
        return config


class Readings:
    """Found by the config itself, and by its text where the same is decoded anew; a config is never changed."""

    def __init__(self) -> None:
        self._by_identity: dict[int, tuple[AutomationConfig, Reading]] = {}
        """Each with its config, so that no other object can take its place meanwhile."""
        self._by_text: dict[str, Reading] = {}

    def of(self, config: AutomationConfig) -> Reading:
        known = self._by_identity.get(id(config))
        if known is not None and known[0] is config:
            return known[1]
        if len(self._by_identity) >= _MOST:
            self._by_identity, self._by_text = {}, {}
        text = json.dumps(config, default=str, skipkeys=True)
        reading = self._by_text.setdefault(text, Reading(text))
        self._by_identity[id(config)] = (config, reading)
        return reading
