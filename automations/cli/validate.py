"""`validate`: whether Home Assistant would take an automation, and what else the checks find in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from automations.checks import CheckContext
from automations.checks.check_file import CheckedFile, FileProblem, check_file
from automations.checks.run_checks import DECIDING_STAGES
from automations.config.yaml import no_automation_problem
from automations.git.naming import one_line
from automations.home_assistant.home_file import load_home_file
from schemas.errors import InputError, UsageError
from schemas.problems import Problem, Severity

NOT_CHECKED: Final = (
    "References were not checked: name the home's file with --home, and entities, areas and actions are looked up."
)
MAX_LINE: Final = 2_000
"""Characters."""
_SEVERITY_LABELS: Final = {Severity.BLOCK: "error", Severity.ASK: "asks", Severity.WARN: "note"}


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("validate", help=validate.__doc__)(validate)


def validate(
    files: Annotated[
        list[Path] | None, typer.Argument(help="YAML: one automation, an `automations.yaml`, a package.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option(help="Home file (JSON): then entities and services are checked too.")
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help='Read {"id", "yaml"} lines, answer in lines.')] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say what is wrong with automations, all of it at once; exit code 1 where anything is an error."""
    if jsonl == bool(files):
        raise UsageError("Name the files to validate, or give --jsonl and lines on standard input.")
    context = CheckContext(home=load_home_file(home)) if home else CheckContext()
    if jsonl:
        # Bytes that are no UTF-8 affect their own line only; answers are ASCII, which every terminal and pipe takes.
        lines = (line.decode("utf-8", "replace") for line in typer.get_binary_stream("stdin"))
        for answer in validate_lines(lines, context):
            print(json.dumps(answer))
        return
    checked_by_name = {str(file): _check_file(file, context) for file in files or []}
    if as_json:
        print(json.dumps({name: _error_rows(checked.problems) for name, checked in checked_by_name.items()}))
    else:
        print("\n".join(line for name, checked in checked_by_name.items() for line in _describe(name, checked)))
    if home is None:
        typer.echo(NOT_CHECKED, err=as_json)
    if any(found.problem.severity is Severity.BLOCK for one in checked_by_name.values() for found in one.problems):
        raise typer.Exit(1)


def validate_lines(lines: Iterable[str], context: CheckContext) -> Iterator[dict[str, Any]]:
    """One answer a line, in order; a line that is no request is answered with an error and the id null."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            request = json.loads(line)
            name, text = request["id"], request["yaml"]
        except (ValueError, KeyError, TypeError, RecursionError):
            name, text = None, None
        if not isinstance(text, str):
            problem = Problem("jsonl", "yaml", "", f'Line {number} is not {{"id": ..., "yaml": "..."}}.')
            yield {"id": name, "valid": False, "errors": [_error_row("", problem)]}
            continue
        checked = check_file(text, context)
        deciding = [found for found in checked.problems if _is_deciding(found.problem)]
        if not checked.count and not deciding:
            deciding = [FileProblem("", no_automation_problem(None))]
        yield {"id": name, "valid": not deciding, "errors": _error_rows(deciding)}


def _is_deciding(problem: Problem) -> bool:
    """Whether Home Assistant would refuse it, or a name in it is unknown; safety and conflicts are another matter."""
    return problem.severity is Severity.BLOCK and problem.stage in DECIDING_STAGES


def _error_rows(problems: Iterable[FileProblem]) -> list[dict[str, str]]:
    return [_error_row(found.automation, found.problem) for found in problems]


def _error_row(automation: str, problem: Problem) -> dict[str, str]:
    row = {"rung": problem.stage, "path": problem.path, "message": f"{problem.message} {problem.fix}".strip()}
    return {"automation": automation, **row} if automation else row


def _check_file(file: Path, context: CheckContext) -> CheckedFile:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read ({error}); name a YAML file in UTF-8.") from None
    return check_file(text, context)


def _describe(name: str, checked: CheckedFile) -> Iterator[str]:
    how_many = "" if checked.count in (None, 1) else f", {checked.count or 'no'} automations"
    verdict = f"{len(checked.problems)} to look at" if checked.problems else "fine"
    yield f"{name}: {verdict}{how_many}"
    for found in checked.problems:
        yield f"  {one_line(_describe_problem(found), MAX_LINE)}"


def _describe_problem(found: FileProblem) -> str:
    problem = found.problem
    place = ": ".join(filter(None, (found.automation, problem.path or problem.stage)))
    return f"{_SEVERITY_LABELS[problem.severity]} {place}: {problem.message} {problem.fix}"
