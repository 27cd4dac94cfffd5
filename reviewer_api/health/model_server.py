"""The model's server, as far as a check needs to know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reviewer_api.health.check_result import CheckResult
from schemas.settings import Settings

OPENAI: Final = "https://api.openai.com/v1"
NO_MODEL: Final = CheckResult("model", None, "No model is used; drafts come from the patterns alone.")


@dataclass(frozen=True)
class ModelServer:
    url: str
    model: str
    key: str | None

    @classmethod
    def from_settings(cls, settings: Settings) -> ModelServer | None:
        """None where the night asks no model."""
        key = settings.OPENAI_API_KEY.get_secret_value() if settings.OPENAI_API_KEY else None
        if settings.LLM == "off" or not (key or settings.OPENAI_BASE_URL):
            return None
        return cls((settings.OPENAI_BASE_URL or OPENAI).rstrip("/"), settings.OPENAI_MODEL, key)
