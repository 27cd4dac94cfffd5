"""Clocks that differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from automations.history.source import clock_notes

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.mark.parametrize("minutes", [-54, -1, 0, 1, 54])
def test_small_differences_do_no_harm(minutes: int) -> None:
    theirs = NOW + timedelta(minutes=minutes)

    assert clock_notes("the home", theirs, NOW) == ()


@pytest.mark.parametrize(("minutes", "words"), [(-180, "180 minutes behind ours"), (60, "60 minutes ahead of ours")])
def test_large_differences_are_named(minutes: int, words: str) -> None:
    (note,) = clock_notes("the home", NOW + timedelta(minutes=minutes), NOW)

    assert words in note
