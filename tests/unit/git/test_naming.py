"""Titles, areas and comments are anybody's words: what we make of them is always a name that git and a disk take."""

from __future__ import annotations

import subprocess
from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from automations.git.naming import branch_ref, commit_message, file_path, ledger_ref, trailers_from_message

HABIT = "a1b2c3d4e5f60718"
HOSTILE = [*"/\\~^:?*[ \n\x00\x7fﬁİ🌙-", "..", "@{", ".lock", "refs/heads/main", "\n\nWho: Eve"]
words = st.text(max_size=80) | st.lists(st.sampled_from(HOSTILE), max_size=8).map("".join)


@given(title=words, area=st.none() | words)
def test_every_title_gives_a_branch_that_git_takes_and_a_file_below_its_area(title: str, area: str | None) -> None:
    branch, path = branch_ref(title, HABIT), PurePosixPath(file_path(area, title, HABIT))

    assert branch.startswith("refs/heads/suggest/")
    assert branch.isascii() and branch == branch.lower() and ".." not in branch
    assert (len(path.parts), path.suffix, path.is_absolute()) == (2, ".yaml", False)
    assert len(path.name) < 100 and not path.name.startswith((".", "-"))


def test_git_itself_takes_the_names_of_the_most_hostile_titles() -> None:
    refs = [
        name
        for text in [*HOSTILE, "".join(HOSTILE), "x" * 500, ""]
        for name in (branch_ref(text, HABIT), ledger_ref(HABIT))
    ]

    refused = [ref for ref in refs if subprocess.run(["git", "check-ref-format", ref], check=False).returncode]

    assert refused == []


@given(subject=words, body=words, who=words)
def test_no_word_of_anybody_becomes_a_trailer(subject: str, body: str, who: str) -> None:
    text = commit_message(subject, body, {"Event": "declined", "Who": who})

    found = trailers_from_message(text)
    assert found["Event"] == "declined"
    assert set(found) <= {"Event", "Who"}
