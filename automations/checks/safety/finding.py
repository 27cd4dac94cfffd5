"""What a safety rule looks at and what it says; the policy decides how heavy that weighs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from automations.checks.safety.policy import Policy
from automations.config.calls import Deed
from schemas.events import Events
from schemas.home import AutomationConfig, Entity, Home


@dataclass(frozen=True)
class Finding:
    path: str
    message: str
    mend: str = ""


@dataclass(frozen=True)
class Scope:
    """One automation, in modern spelling, with all it does; `home` and `events` None where there are none."""

    config: AutomationConfig
    deeds: list[Deed]
    home: Home | None
    policy: Policy
    events: Events | None

    def entity(self, deed: Deed) -> Entity | None:
        return self.home.entity.get(deed.entity_id) if self.home else None

    def called(self, deed: Deed) -> str:
        """The entity as a person calls it, or the service where no entity is named."""
        if not deed.entity_id:
            return f"`{deed.service}`"
        entity = self.entity(deed)
        return f"{entity.name} (`{deed.entity_id}`)" if entity and entity.name else f"`{deed.entity_id}`"

    def is_like(self, deed: Deed, words: Iterable[str]) -> bool:
        """Whether the entity's id or name holds one of these words or groups of words."""
        entity = self.entity(deed)
        text = f" {plain_words(deed.entity_id.partition('.')[2])} | {plain_words(entity.name or '') if entity else ''} "
        return any(f" {wanted} " in text or f" {wanted}s " in text for wanted in map(plain_words, words) if wanted)


@lru_cache(maxsize=4096)
def plain_words(text: str) -> str:
    """Lower case words without accents and numbers, one blank between them: `Heizlüfter_Bad2` is `heizlufter bad`."""
    apart = unicodedata.normalize("NFKD", text)
    return " ".join(re.findall(r"[^\W\d_]+", "".join(c for c in apart if not unicodedata.combining(c)).lower()))
