"""Many suggestions at once: one is proposed as the night does it, the others are its copies by `git fast-import`."""

from __future__ import annotations

from pathlib import Path

from automations.git.ledger import read_latest_entry
from automations.git.proposals import propose
from automations.git.repository import Repository
from schemas.suggestion_files import AUTOMATION_FILE, PATTERN_FILE
from tests.builders.lamps import NIGHT, STARTER
from tests.builders.suggestions import YAML, proposal

FIRST = "a1b2c3d4e5f6"
TITLE = "Habit 0 at 06:42"
BY = "Nightshift <nightshift@nightshift.local> 1772334000 +0000"


def crowd(folder: Path, number: int) -> None:
    """A repository in `folder` with so many open suggestions, called "Habit 0 at 06:42" and so on."""
    repository = Repository.open_or_create(folder / "automations.git", STARTER, NIGHT)
    config = YAML.format(id=f"nightshift_{FIRST}", alias=TITLE)
    propose(repository, proposal(FIRST, title=TITLE, yaml=config), None, "", NIGHT)
    first = read_latest_entry(repository, FIRST)
    assert first is not None
    files = {name: repository.read_file(first.sha, name) or b"" for name in (AUTOMATION_FILE, PATTERN_FILE)}
    draft = {first.path: repository.read_file(first.branch, first.path) or b""}
    proposed, told = (repository.git("log", "-1", "--format=%B", ref).decode() for ref in (first.branch, first.ref))
    copies = range(1, number)
    start = f"from {repository.main_commit()}\n"
    _import(repository, [_commit(first.branch, proposed, draft, at, start) for at in copies])
    made = tips_of(repository, [_nth(first.branch, at) for at in copies])
    _import(
        repository,
        [
            _commit(first.ref, told.replace(first.branch_commit, sha), files, at)
            for at, sha in zip(copies, made, strict=True)
        ],
    )


def tips_of(repository: Repository, refs: list[str]) -> list[str]:
    return repository.git("rev-parse", *refs).decode().split()


def _import(repository: Repository, commits: list[bytes]) -> None:
    repository.git("fast-import", "--quiet", stdin=b"".join([*commits, b"done\n"]))


def _commit(ref: str, message: str, files: dict[str, bytes], at: int, start: str = "") -> bytes:
    head = f"commit {_nth(ref, at)}\nauthor {BY}\ncommitter {BY}\n".encode()
    body = [_data(_nth(message, at).encode()), start.encode()]
    for path, content in files.items():
        body += [f"M 100644 inline {_nth(path, at)}\n".encode(), _data(_nth(content.decode(), at).encode())]
    return head + b"".join(body)


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _nth(text: str, at: int) -> str:
    """The same for another habit: its id, the beginning of it in names, and its title."""
    return text.replace(FIRST, f"{at:08x}0000").replace(FIRST[:8], f"{at:08x}").replace("Habit 0", f"Habit {at}")
