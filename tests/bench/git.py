"""Measures git at 1,000 and 10,000 automations with 500 open suggestions: `make bench-git`.

Beside each of ours stands the same work by plain git plumbing, measured in the same run, each command a process.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from automations.config.words.diff import describe_diff
from automations.config.yaml import decode
from automations.git.author import GitAuthor
from automations.git.ledger import read_latest_entries
from automations.git.ledger_entry import LedgerEntry
from automations.git.merge import commit_files, merge, revert
from automations.git.proposals import propose
from automations.git.repository import MAIN_REF, Repository
from tests.builders.lamps import NIGHT, home_of_lamps, proposal, repository_in, suggest, tip, yaml

OPEN = 500
TIMES = 15
ANNA = GitAuthor("Anna", "anna@example.org")
WHO = {f"GIT_{who}_{what}": "bench" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Plain:
    """Git without us, in the same repository."""

    def __init__(self, repository: Repository, folder: Path) -> None:
        self._environment = {
            **os.environ,
            **WHO,
            "GIT_DIR": str(repository.path),
            "GIT_INDEX_FILE": str(folder / "index"),
        }

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        done = subprocess.run(["git", *arguments], input=stdin, env=self._environment, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(self, path: str, content: bytes, *parents: str) -> str:
        """The tree of the first parent with one file set, committed."""
        blob = self.git("hash-object", "-w", "--stdin", stdin=content)
        self.git("read-tree", parents[0])
        self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
        tree = self.git("write-tree")
        options = [option for parent in parents for option in ("-p", parent)]
        return self.git("commit-tree", tree, *options, "-m", "Plain")

    def ledger(self, content: bytes) -> str:
        blob = self.git("hash-object", "-w", "--stdin", stdin=content)
        tree = self.git("mktree", stdin=f"100644 blob {blob}\tautomation.yaml\n".encode())
        return self.git("commit-tree", tree, "-m", "Plain ledger")

    def propose(self, number: int) -> None:
        text = yaml(number).encode()
        branch, ledger = self.commit(f"plain/{number}.yaml", text, MAIN_REF), self.ledger(text)
        moves = f"create refs/heads/plain/{number} {branch}\ncreate refs/plain/{number} {ledger}\n"
        self.git("update-ref", "--stdin", stdin=moves.encode())

    def list(self) -> None:
        self.git("for-each-ref", "--format=%(refname)%00%(objectname)%00%(contents)", "refs/suggestions/")

    def diff(self, branch: str, path: str) -> None:
        self.git("diff", MAIN_REF, branch, "--", path)

    def merge(self, number: int) -> None:
        branch = f"refs/heads/plain/{number}"
        tree = self.git("merge-tree", "--write-tree", MAIN_REF, branch)
        commit = self.git("commit-tree", tree, "-p", MAIN_REF, "-p", branch, "-m", "Plain merge")
        ledger = self.ledger(yaml(number).encode())
        moves = f"update {MAIN_REF} {commit}\ndelete {branch}\nupdate refs/plain/{number} {ledger}\n"
        self.git("update-ref", "--stdin", stdin=moves.encode())

    def revert(self, number: int) -> None:
        path = f"plain/{number}.yaml"
        self.git("log", "-1", "--first-parent", "--format=%H", MAIN_REF, "--", path)
        self.git("read-tree", MAIN_REF)
        self.git("rm", "--cached", "--quiet", path)
        commit = self.git("commit-tree", self.git("write-tree"), "-p", MAIN_REF, "-m", "Plain revert")
        self.git("update-ref", MAIN_REF, commit)


def measured(work: Callable[[int], object], numbers: range) -> float:
    """Median milliseconds."""
    took = []
    for number in numbers:
        start = time.perf_counter()
        work(number)
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


def compared(repository: Repository, plain: Plain, first: int) -> Iterator[tuple[str, float, float]]:
    """Rows of what, ours and plain, in milliseconds."""
    numbers, home = range(first, first + TIMES), home_of_lamps(first + TIMES)
    tips: dict[int, tuple[str, str]] = {}
    shown: dict[int, tuple[LedgerEntry, str]] = {}

    def approve(number: int) -> None:
        merge(repository, *shown[number], ANNA, "", NIGHT)

    def diff(number: int) -> None:
        branch, path = tips[number]
        old, new = repository.read_objects([f"{MAIN_REF}:{path}", f"{branch}:{path}"])
        describe_diff(decode(old.decode()).config if old else None, decode((new or b"").decode()).config, home)

    yield (
        "propose",
        measured(lambda number: propose(repository, proposal(number), None, "", NIGHT), numbers),
        measured(plain.propose, numbers),
    )
    tips.update({number: (tip(repository, number).branch, tip(repository, number).path) for number in numbers})
    for number in numbers:
        found = tip(repository, number)
        shown[number] = found, repository.blob_sha(found.branch, found.path) or ""
    yield (
        "list",
        measured(lambda _: read_latest_entries(repository), numbers),
        measured(lambda _: plain.list(), numbers),
    )
    yield "diff", measured(diff, numbers), measured(lambda number: plain.diff(*tips[number]), numbers)
    yield "merge", measured(approve, numbers), measured(plain.merge, numbers)
    yield (
        "revert",
        measured(lambda number: revert(repository, tips[number][1], ANNA, NIGHT), numbers),
        measured(plain.revert, numbers),
    )


@contextmanager
def house() -> Iterator[tuple[Repository, Plain]]:
    with tempfile.TemporaryDirectory(prefix="nightshift-bench-") as folder:
        repository = repository_in(Path(folder))
        yield repository, Plain(repository, Path(folder))


def main() -> None:
    with house() as (repository, plain):
        suggest(repository, *range(OPEN))
        print("| what | automations | ours | plain git | times |\n|---|---|---|---|---|")
        known = 0
        for automations in (1_000, 10_000):
            more = {f"house_{n % 20}/{n}.yaml": yaml(100_000 + n).encode() for n in range(known, automations)}
            commit_files(repository, dict(more), f"{automations} automations", ANNA, NIGHT)
            known = automations
            for what, ours, theirs in compared(repository, plain, OPEN + automations):
                print(f"| {what} | {automations} | {ours:.0f} ms | {theirs:.0f} ms | {ours / theirs:.1f} |", flush=True)


if __name__ == "__main__":
    main()
