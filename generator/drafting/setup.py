"""The drafter that the settings ask for; nothing connects and no client is loaded here."""

from __future__ import annotations

from datetime import datetime

from generator.drafting.draft import SECONDS_EACH, Drafter
from generator.drafting.model.answer_cache import AnswerCache
from generator.drafting.model.budget import Budget, budget_file, budget_night, price_of
from generator.drafting.model.openai_model import OpenAIModel
from generator.drafting.model.outcomes import ModelFailed, Outcome
from schemas.secrets import Secrets
from schemas.settings import Settings


def drafter_from(settings: Settings, now: datetime, seconds_each: float = SECONDS_EACH) -> Drafter:
    """`now` selects the night whose budget counts; the budget and the cached answers are kept in DATA_DIR/model."""
    unavailable = why_no_model(settings)
    if unavailable is not None:
        return Drafter(None, unavailable, settings.LANGUAGE)
    price = price_of(settings.OPENAI_MODEL, settings.OPENAI_BASE_URL)
    file = budget_file(settings.DATA_DIR / "model", budget_night(now))
    budget = Budget(settings.LLM_NIGHTLY_TOKENS, settings.LLM_NIGHTLY_DOLLARS, price, file)
    key = settings.OPENAI_API_KEY.get_secret_value() if settings.OPENAI_API_KEY else None
    model = OpenAIModel(settings.OPENAI_MODEL, key, settings.OPENAI_BASE_URL, budget, Secrets.of(settings))
    answer_cache = AnswerCache(settings.DATA_DIR / "model" / "answers")
    answer_cache.delete_old()
    return Drafter(model, None, settings.LANGUAGE, answer_cache, seconds_each)


def why_no_model(settings: Settings) -> ModelFailed | None:
    """Why no model is asked; None where one is. A server of one's own may need no key."""
    if settings.LLM == "off":
        return ModelFailed(Outcome.SWITCHED_OFF, "The model is switched off (LLM=off).")
    if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL:
        return None
    if settings.LLM == "on":
        words = "LLM=on, but there is neither OPENAI_API_KEY nor OPENAI_BASE_URL; set one of them, or LLM=off."
        return ModelFailed(Outcome.NO_KEY, words)
    return ModelFailed(Outcome.SWITCHED_OFF, "No model is set up (OPENAI_API_KEY or OPENAI_BASE_URL).")
