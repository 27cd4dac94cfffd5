"""Every row of the table of faults names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[2]
PAGE = TESTS.parent / "docs" / "operations.md"


def test_each_row_of_the_table_of_faults_names_a_test_that_exists() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## What happens when: git, the home and us")[2]
    rows = [row for row in section.splitlines() if row.startswith("| ")][1:]
    named = [re.findall(r"`(test_\w+)`", row) for row in rows]

    written = {
        name
        for file in TESTS.rglob("*.py")
        for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))
    }
    assert len(rows) > 20
    assert all(named)
    assert {name for names in named for name in names} <= written
