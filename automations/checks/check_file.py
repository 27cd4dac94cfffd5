"""All problems of a file of a home: which automation each belongs to, and the ids that stand twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from automations.checks.context import CheckContext
from automations.checks.run_checks import check
from automations.config.automation_file import Entry, entries_from_text
from automations.config.safe_yaml import MAX_BYTES, UnsafeYaml
from automations.config.yaml import no_automation_problem, unreadable_problem
from schemas.automation.home_tags import HomeTag
from schemas.problems import Problem, Severity


@dataclass(frozen=True)
class FileProblem:
    """`automation` says which one it is about, by id, alias and line; "" where the file holds no other."""

    automation: str
    problem: Problem


@dataclass(frozen=True)
class CheckedFile:
    count: int | None
    """Automations in it; None where it cannot be read."""
    problems: tuple[FileProblem, ...]


def check_file(text: str, context: CheckContext) -> CheckedFile:
    """Checks every automation of an `automations.yaml`, a package or the like. Never raises, whatever the text."""
    try:
        entries = entries_from_text(text)
    except UnsafeYaml as error:
        return CheckedFile(None, (FileProblem("", unreadable_problem(error)),))
    first_by_id: dict[str, Entry] = {}
    problems: list[FileProblem] = []
    for entry in entries:
        first = first_by_id.setdefault(entry.written_id, entry) if entry.written_id else entry
        found = [*_doubled_id(entry, first), *_check_entry(entry, context)]
        problems += (FileProblem(entry.name, problem) for problem in found)
    return CheckedFile(sum(entry.config is not None for entry in entries), tuple(problems))


def _check_entry(entry: Entry, context: CheckContext) -> Iterator[Problem]:
    if isinstance(entry.value, HomeTag):
        message = f"`{entry.value}` is kept and not followed, so what it holds is not checked."
        yield Problem("home_tags", "yaml", "", message, "Validate the files that it names.", Severity.WARN)
    elif entry.config is None:
        yield no_automation_problem(entry.value)
    elif entry.too_long:
        message = f"The text is longer than {MAX_BYTES // 1024} kB; an automation is not."
        yield Problem("readable_yaml", "yaml", "", message, "Divide it into several automations.")
    else:
        yield from (_with_written_id(problem, entry) for problem in check(entry.config, context))


def _with_written_id(problem: Problem, entry: Entry) -> Problem:
    """YAML reads `0101` as 65: the id is told as it stands in the file."""
    if problem.path != "id" or not entry.written_id:
        return problem
    message = f"The id {entry.written_id} is not a text."
    return replace(problem, message=message, fix=f"Put it in quotes: `id: '{entry.written_id}'`.")


def _doubled_id(entry: Entry, first: Entry) -> Iterator[Problem]:
    if first is not entry:
        message = (
            f"The id {entry.written_id} stands twice: line {first.line} has it too, and only the first one counts."
        )
        yield Problem("identity", "schema", "id", message, "Give each an id of its own.")
