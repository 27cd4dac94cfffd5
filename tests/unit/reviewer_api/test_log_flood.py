"""A flood of requests is no flood of log lines."""

from __future__ import annotations

import logging

import pytest

from reviewer_api.web import log_flood
from reviewer_api.web.log_flood import MAX_LINES, WINDOW_SECONDS, FloodFilter


def line(message: str) -> logging.LogRecord:
    return logging.LogRecord("uvicorn.error", logging.WARNING, "file", 1, message, ("x",), None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(log_flood.time, "monotonic", lambda: now[0])
    return now


def test_lines_of_one_kind_are_bounded_and_others_are_not_held_up(clock: list[float]) -> None:
    flood = FloodFilter()

    passed = [flood.filter(line("Invalid request %s")) for _ in range(36_000)]

    assert sum(passed) == MAX_LINES
    assert flood.filter(line("the night ended"))


def test_the_next_minute_says_how_many_were_left_out(clock: list[float]) -> None:
    flood = FloodFilter()
    for _ in range(MAX_LINES + 7):
        flood.filter(line("Invalid request %s"))
    clock[0] += WINDOW_SECONDS

    later = line("Invalid request %s")

    assert flood.filter(later)
    assert later.left_out == 7
