"""The automations that a commit holds: every file decoded and checked once, however often its blob is met again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from automations.checks import check_schema
from automations.config.yaml import decode
from automations.deploy.plan import Version
from automations.git.merge import find_path
from automations.git.repository import Repository
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity

NOT_AUTOMATIONS = ("policy.yaml",)


@dataclass(frozen=True)
class Versions:
    """`by_id` are the files that can be deployed; `broken` maps the path of each that cannot to its problems."""

    commit: str
    by_id: Mapping[str, Version] = field(default_factory=dict)
    broken: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    broken_ids: frozenset[str] = frozenset()
    """The ids that the broken files carry."""

    def at(self, path: str) -> str | None:
        """The id of the automation in the file at `path`."""
        return next((key for key, version in self.by_id.items() if version.path == path), None)


@dataclass(frozen=True, slots=True)
class _Decoded:
    automation_id: str
    config: AutomationConfig
    problems: tuple[Problem, ...]


_KNOWN: dict[str, _Decoded] = {}
"""What a blob says never changes, so it is remembered for as long as commits hold it."""


def versions(repository: Repository, commit: str) -> Versions:
    """Every automation in `commit`. Of several files with one id none counts: which is meant, only a person knows."""
    files = {path: blob for path, blob in repository.files(commit).items() if _is_automation(path)}
    known = _all_decoded(repository, files.values())
    _forget_others(known)
    paths: dict[str, list[str]] = {}
    for path, blob in sorted(files.items()):
        if not known[blob].problems:
            paths.setdefault(known[blob].automation_id, []).append(path)
    by_id = {key: _version(path, files[path], known) for key, (path, *others) in paths.items() if not others}
    doubled = {path: _doubled(path, same) for same in paths.values() if len(same) > 1 for path in same}
    broken = {**doubled, **{path: known[blob].problems for path, blob in files.items() if known[blob].problems}}
    return Versions(commit, by_id, broken, frozenset(known[files[path]].automation_id for path in broken))


def version_of(repository: Repository, commit: str, path: str) -> Version | None:
    """The automation in one file of a commit; None where there is none, or a broken one."""
    blob = repository.blob_of(commit, path)
    decoded = _all_decoded(repository, [blob])[blob] if blob else None
    return Version(path, blob, decoded.config) if blob and decoded and not decoded.problems else None


def path_of(repository: Repository, name: str) -> str:
    """The path on main, now or once, of an automation named by its id, its habit's id or its path.

    Raises InputError where nothing of that name was ever on main.
    """
    now = versions(repository, repository.main()).by_id.get(name)
    return now.path if now else find_path(repository, name)


def _version(path: str, blob: str, known: Mapping[str, _Decoded]) -> Version:
    return Version(path, blob, known[blob].config)


def _doubled(path: str, same: Sequence[str]) -> tuple[Problem, ...]:
    others = ", ".join(other for other in same if other != path)
    return (_problem(f"It has the same id as {others}; give all but one another, and until then none is deployed."),)


def _is_automation(path: str) -> bool:
    return path.endswith((".yaml", ".yml")) and path not in NOT_AUTOMATIONS


def _all_decoded(repository: Repository, blobs: Iterable[str]) -> dict[str, _Decoded]:
    """By blob; only those that were never met are read, in one process."""
    wanted = set(blobs)
    # Asked for one by one, since another thread may forget some meanwhile.
    found = {blob: known for blob in wanted if (known := _KNOWN.get(blob))}
    new = sorted(wanted - found.keys())
    texts = ((data or b"").decode("utf-8", "replace") for data in repository.read_many(new))
    read = dict(zip(new, map(_decoded, texts), strict=True))
    _KNOWN.update(read)
    return {**found, **read}


def _forget_others(known: Mapping[str, _Decoded]) -> None:
    """Main and the deployed chain differ little, so half of what is remembered being neither's means it is old."""
    if len(_KNOWN) > 2 * len(known):
        _KNOWN.clear()
        _KNOWN.update(known)


def _decoded(text: str) -> _Decoded:
    """A file's automation, and what keeps it from being deployed; whether it should be was decided at its merge."""
    found = decode(text)
    problems = found.problems if found.config is None else check_schema(found.config)
    blocking = [problem for problem in problems if problem.severity is Severity.BLOCK]
    config = dict(found.config or {})
    automation_id = config.pop("id", None)
    if not blocking and not isinstance(automation_id, str):
        blocking = [_problem("The file has no `id`; give it one, so that the home can tell it from others.")]
    return _Decoded(str(automation_id), config, tuple(blocking))


def _problem(message: str) -> Problem:
    return Problem(check="identity", rung="schema", path="id", message=message)
