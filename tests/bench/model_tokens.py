"""`make bench-model`: how large the questions of the sample home are, without asking anybody.

Tokens are counted by the server in OPENAI_BASE_URL where it has llama.cpp's `/tokenize`, else reckoned from the bytes.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from datetime import date
from pathlib import Path
from statistics import median

import httpx

from automations.backtest.replay import backtest
from automations.checks import CheckContext, check
from automations.history.history_file import read_history
from automations.home_assistant.home_file import load_home_file
from automations.open.settings import load_settings
from generator.drafting.draft import Drafter
from generator.drafting.model.prompt import Question
from generator.drafting.model.server_capabilities import ServerCapabilities
from generator.mining import mine
from generator.sample.sample_home import write_sample
from tests.builders.habits import ScriptedModel, answer

BYTES_PER_TOKEN = 3.88
"""Measured with Gemma 3's tokenizer on these very questions."""


def questions() -> list[Question]:
    """The first question about each habit of the sample home."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sample(folder, date(2026, 11, 23))
        home = load_home_file(folder / "home.json")
        events = read_history(folder / "history.csv.gz", home).events
    model, context = ScriptedModel([answer()]), CheckContext(home)
    patterns = mine(events, home).patterns
    drafting = Drafter(model).draft_all(
        patterns, home, lambda config: check(config, context), lambda config: backtest(config, events, home)
    )
    asyncio.run(drafting)
    return [question for question in model.asked if len(question.turns) == 1]


def text_of(question: Question) -> str:
    """Everything that a server counts: instructions, facts and the schema."""
    body = ServerCapabilities().body(question, "gpt-4o-mini")
    schema = json.dumps(body["response_format"]["json_schema"]["schema"], separators=(",", ":"))
    return "".join(message["content"] for message in body["messages"]) + schema


def tokens(text: str, server: str | None) -> float:
    if server is None:
        return len(text.encode()) / BYTES_PER_TOKEN
    answered = httpx.post(f"{server.removesuffix('/v1')}/tokenize", json={"content": text}, timeout=60)
    return len(answered.raise_for_status().json()["tokens"])


def main() -> None:
    server = load_settings().OPENAI_BASE_URL
    counts = [tokens(text_of(question), server) for question in questions()]
    print(f"{len(counts)} questions, {'counted by the server' if server else 'reckoned from bytes'}:")
    print(f"tokens in: median {median(counts):.0f}, most {max(counts):.0f} (limit 1500)")
    print(f"tokens out, a good answer: {tokens(answer(), server):.0f} (limit 400)")


if __name__ == "__main__":
    main()
