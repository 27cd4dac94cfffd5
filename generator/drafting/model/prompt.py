"""What is asked of a model: the fixed text first, so that servers can cache it, then this one habit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from generator.drafting.model.answers import DraftAnswer, RedraftAnswer, strict_schema
from generator.drafting.model.facts import Facts
from generator.drafting.privacy.ha_vocabulary import LANGUAGES

DRAFT: Final = "draft-1"
REDRAFT: Final = "redraft-1"

_SHAPES: Final[dict[str, type[DraftAnswer]]] = {DRAFT: DraftAnswer, REDRAFT: RedraftAnswer}
_FOLDER = Path(__file__).parent / "prompts"
_MAX_ECHO = 2_000


@dataclass(frozen=True)
class Question:
    """`prompt` is the version of the fixed text, named in the suggestion's trailers; `turns` alternate user, model."""

    prompt: str
    turns: tuple[str, ...]

    @property
    def shape(self) -> type[DraftAnswer]:
        return _SHAPES[self.prompt]

    @property
    def instructions(self) -> str:
        return _text(self.prompt)

    @property
    def schema(self) -> dict[str, Any]:
        return strict_schema(self.shape)

    def with_complaints(self, answer: str, complaints: Sequence[str]) -> Question:
        """The question once more with the model's last answer ("": not worth repeating) and what is wrong with it."""
        complaint = json.dumps({"complaints": list(complaints)}, ensure_ascii=False)
        first = self.turns[0]
        turns = (first, answer[:_MAX_ECHO], complaint) if answer.strip() else (f"{first}\n{complaint}",)
        return replace(self, turns=turns)


def draft_question(draft: Facts, things: Facts, evidence: Facts, language: str) -> Question:
    return _question(DRAFT, {"language": LANGUAGES[language], "draft": draft, "things": things, "evidence": evidence})


def redraft_question(draft: Facts, things: Facts, comment: str, language: str) -> Question:
    """`comment` must be redacted already."""
    return _question(REDRAFT, {"language": LANGUAGES[language], "draft": draft, "things": things, "comment": comment})


def _question(prompt: str, facts: Facts) -> Question:
    return Question(prompt, (json.dumps(facts, ensure_ascii=False, separators=(",", ":")),))


@lru_cache
def _text(prompt: str) -> str:
    return (_FOLDER / f"{prompt}.md").read_text(encoding="utf-8").strip()
