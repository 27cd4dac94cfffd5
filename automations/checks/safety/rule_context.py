"""The input of a safety rule and the findings it returns; the policy decides their severity."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from automations.checks.safety.policy import Policy
from automations.config.calls import ServiceCall
from schemas.events import Events
from schemas.home import AutomationConfig, Entity, Home


@dataclass(frozen=True)
class SafetyFinding:
    path: str
    message: str
    fix: str = ""


@dataclass(frozen=True)
class RuleContext:
    """One automation, with today's keys, and all its calls; `home` and `events` None where there are none."""

    config: AutomationConfig
    calls: list[ServiceCall]
    home: Home | None
    policy: Policy
    events: Events | None

    def entity(self, call: ServiceCall) -> Entity | None:
        return self.home.entities_by_id.get(call.entity_id) if self.home else None

    def display_name(self, call: ServiceCall) -> str:
        """The entity as a person calls it, or the service where no entity is named."""
        if not call.entity_id:
            return f"`{call.service}`"
        entity = self.entity(call)
        return f"{entity.name} (`{call.entity_id}`)" if entity and entity.name else f"`{call.entity_id}`"

    def has_word(self, call: ServiceCall, words: tuple[str, ...]) -> bool:
        """Whether the entity's id or name contains one of these words or phrases."""
        entity = self.entity(call)
        name = normalize_words(entity.name or "") if entity else ""
        text = f" {normalize_words(call.entity_id.partition('.')[2])} | {name} "
        return any(f" {wanted} " in text or f" {wanted}s " in text for wanted in _normalize_all(words))


@lru_cache(maxsize=64)
def _normalize_all(words: tuple[str, ...]) -> tuple[str, ...]:
    """Kept for the lists of our rules and of the policy, which every call is compared with."""
    return tuple(filter(None, map(normalize_words, words)))


def normalize_words(text: str) -> str:
    """Lower case words without accents and digits, one space between them: `Heizlüfter_Bad2` is `heizlufter bad`."""
    apart = unicodedata.normalize("NFKD", text)
    return " ".join(re.findall(r"[^\W\d_]+", "".join(c for c in apart if not unicodedata.combining(c)).lower()))
