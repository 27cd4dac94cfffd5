"""The automations that a commit holds: every blob decoded and checked once."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from automations.checks import check_schema
from automations.config.yaml import decode
from automations.deploy.plan import AutomationFile
from automations.git.merge import find_path_in_history, list_changed_blobs
from automations.git.repository import Repository
from schemas.errors import InputError
from schemas.home import AutomationConfig, Home
from schemas.problems import Problem, Severity

NOT_AUTOMATIONS = ("policy.yaml",)
UNSHOWN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, bytes that are no UTF-8, and ends of lines."""


@dataclass(frozen=True)
class AutomationFiles:
    """`by_id` are the files that can be deployed; `broken` maps the path of each that cannot to its problems."""

    commit: str
    by_id: Mapping[str, AutomationFile] = field(default_factory=dict)
    broken: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    broken_ids: frozenset[str] = frozenset()
    """The ids in the broken files."""
    unreadable: tuple[str, ...] = ()
    """The paths of those whose content git cannot read."""

    def id_at(self, path: str) -> str | None:
        """The id of the automation in the file at `path`."""
        return next((key for key, version in self.by_id.items() if version.path == path), None)


@dataclass(frozen=True, slots=True)
class _DecodedFile:
    automation_id: str
    config: AutomationConfig
    problems: tuple[Problem, ...]


def read_automation_files(repository: Repository, commit: str) -> AutomationFiles:
    """Every automation in `commit`. Of several files with one id none counts: which is meant, only a person knows."""
    files = {path: blob for path, blob in repository.list_files(commit).items() if _is_automation(path)}
    decoded = _decode_all(repository, files.values())
    if len(known := repository.decoded(_DecodedFile)) > 2 * len(decoded):
        known.keep_only(decoded)  # main and the deployed chain, read in turn, share most blobs
    problems = {path: _problems_of(path, decoded.get(blob)) for path, blob in files.items()}
    paths: dict[str, list[str]] = {}
    for path, blob in sorted(files.items()):
        if not problems[path]:
            paths.setdefault(decoded[blob].automation_id, []).append(path)
    by_id = {
        key: _automation_file_from(path, files[path], decoded) for key, (path, *others) in paths.items() if not others
    }
    problems |= {path: _duplicate_id_problems(path, same) for same in paths.values() if len(same) > 1 for path in same}
    broken = [path for path in files if problems[path]]
    return AutomationFiles(
        commit,
        by_id,
        {_shown_path(path): problems[path] for path in broken},
        frozenset(decoded[files[path]].automation_id for path in broken if files[path] in decoded),
        tuple(path for path, blob in files.items() if blob not in decoded),
    )


def read_automation_file(repository: Repository, commit: str, path: str) -> AutomationFile | None:
    """The automation in one file of a commit; None where there is none, or a broken one."""
    blob = repository.blob_sha(commit, path)
    decoded = _decode_all(repository, [blob]).get(blob) if blob else None
    return AutomationFile(path, blob, decoded.config) if blob and decoded and not decoded.problems else None


def existing_automations(repository: Repository, home: Home) -> dict[str, AutomationConfig]:
    """The automations that are there: in the home as its catalogue says, and on main."""
    in_home = {str(config.get("id", n)): config for n, config in enumerate(home.automations)}
    on_main = read_automation_files(repository, repository.main_commit()).by_id
    return {**in_home, **{key: version.config for key, version in on_main.items()}}


def find_automation_path(repository: Repository, name: str) -> str:
    """The path on main, now or once, of an automation named by the id in its file, its habit's id or its path.

    Raises InputError where nothing of that name was ever on main.
    """
    current = read_automation_files(repository, repository.main_commit()).by_id.get(name)
    path = current.path if current else find_path_in_history(repository, name) or _find_path_of_id(repository, name)
    if not path:
        raise InputError(f"No automation {name} was ever on main; `python -m automations log` lists what was.")
    return path


def _find_path_of_id(repository: Repository, automation_id: str) -> str:
    """The newest path of main that ever held this id in its file, whatever its name; "" where none did."""
    for path, blob in list_changed_blobs(repository, automation_id):
        decoded = _decode_file((repository.read_objects([blob])[0] or b"").decode("utf-8", "replace"))
        if _is_automation(path) and path == _shown_path(path) and decoded.automation_id == automation_id:
            return path
    return ""


def _automation_file_from(path: str, blob: str, decoded: Mapping[str, _DecodedFile]) -> AutomationFile:
    return AutomationFile(path, blob, decoded[blob].config)


def _duplicate_id_problems(path: str, paths: Sequence[str]) -> tuple[Problem, ...]:
    others = ", ".join(other for other in paths if other != path)
    return (_problem(f"It has the same id as {others}; give all but one another, and until then none is deployed."),)


def _is_automation(path: str) -> bool:
    return path.endswith((".yaml", ".yml")) and path not in NOT_AUTOMATIONS


def _shown_path(path: str) -> str:
    """The path as text: a name in git is any bytes, and may end lines."""
    return "".join("\ufffd" if unicodedata.category(c) in UNSHOWN_CATEGORIES else c for c in path)


def _problems_of(path: str, decoded: _DecodedFile | None) -> tuple[Problem, ...]:
    if decoded is None:
        return (_problem("It is damaged: git cannot read it. Bring it back from a clone, the remote or a backup."),)
    if path != _shown_path(path):
        return (_problem("Its name cannot be written as text; rename the file, and it is deployed."),)
    return decoded.problems


def _decode_all(repository: Repository, blobs: Collection[str]) -> dict[str, _DecodedFile]:
    """By blob; only those that were not decoded before are read, in one process. What is damaged is left out."""
    known = repository.decoded(_DecodedFile)
    before = known.find(blobs)
    new = sorted(set(blobs) - before.keys())
    contents = zip(new, repository.read_objects(new, leave_out_damaged=True), strict=True)
    read = {blob: _decode_file(data.decode("utf-8", "replace")) for blob, data in contents if data is not None}
    known.add(read)
    return {**before, **read}


def _decode_file(text: str) -> _DecodedFile:
    """A file's automation, and what keeps it from being deployed; whether it should be was decided at the merge."""
    parsed = decode(text)
    problems = parsed.problems if parsed.config is None else check_schema(parsed.config)
    blocking = [problem for problem in problems if problem.severity is Severity.BLOCK]
    config = dict(parsed.config or {})
    automation_id = config.pop("id", None)
    if not blocking and not isinstance(automation_id, str):
        blocking = [_problem("The file has no `id`; give it one, so that the home can tell it from others.")]
    return _DecodedFile(str(automation_id), config, tuple(blocking))


def _problem(message: str) -> Problem:
    return Problem(check="identity", stage="schema", path="id", message=message)
