"""The drafter that the settings ask for; nothing connects and no client is loaded here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from generator.drafting.draft import SECONDS_EACH, Drafter
from generator.drafting.model.answer_cache import AnswerCache
from generator.drafting.model.budget import Budget, budget_file, price_of
from generator.drafting.model.openai_model import OpenAIModel
from generator.drafting.model.outcomes import ModelFailed, Outcome
from schemas.clock import night_of
from schemas.secrets import Secrets
from schemas.settings import Settings


@dataclass(frozen=True)
class ModelSettings:
    """Which model is asked, and what a night of it may cost."""

    mode: str
    """`auto`, `on` or `off`, see LLM."""
    model: str
    key: str | None
    base_url: str | None
    nightly_tokens: int
    nightly_dollars: float
    language: str | None
    folder: Path
    """Keeps the budgets and the cached answers."""
    secrets: Secrets
    """Struck out of what is kept and said."""

    @classmethod
    def from_settings(cls, settings: Settings) -> ModelSettings:
        return cls(
            mode=settings.LLM,
            model=settings.OPENAI_MODEL,
            key=settings.OPENAI_API_KEY.get_secret_value() if settings.OPENAI_API_KEY else None,
            base_url=settings.OPENAI_BASE_URL,
            nightly_tokens=settings.LLM_NIGHTLY_TOKENS,
            nightly_dollars=settings.LLM_NIGHTLY_DOLLARS,
            language=settings.LANGUAGE,
            folder=settings.DATA_DIR / "model",
            secrets=Secrets.of(settings),
        )


def drafter_from(settings: ModelSettings, now: datetime, zone: tzinfo, seconds_each: float = SECONDS_EACH) -> Drafter:
    """`now` in the home's `zone` selects the night whose budget counts."""
    unavailable = why_no_model(settings)
    if unavailable is not None:
        return Drafter(None, unavailable, settings.language)
    price = price_of(settings.model, settings.base_url)
    file = budget_file(settings.folder, night_of(now, zone))
    budget = Budget(settings.nightly_tokens, settings.nightly_dollars, price, file)
    model = OpenAIModel(settings.model, settings.key, settings.base_url, budget, settings.secrets)
    answer_cache = AnswerCache(settings.folder / "answers")
    answer_cache.delete_old()
    return Drafter(model, None, settings.language, answer_cache, seconds_each)


def why_no_model(settings: ModelSettings) -> ModelFailed | None:
    """Why no model is asked; None where one is. A server of one's own may need no key."""
    if settings.mode == "off":
        return ModelFailed(Outcome.SWITCHED_OFF, "The model is switched off (LLM=off).")
    if settings.key or settings.base_url:
        return None
    if settings.mode == "on":
        words = "LLM=on, but there is neither OPENAI_API_KEY nor OPENAI_BASE_URL; set one of them, or LLM=off."
        return ModelFailed(Outcome.NO_KEY, words)
    return ModelFailed(Outcome.SWITCHED_OFF, "No model is set up (OPENAI_API_KEY or OPENAI_BASE_URL).")
