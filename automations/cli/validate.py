"""`validate`: whether Home Assistant would take an automation, and what else the checks find in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from automations.checks import CheckContext, check_text
from automations.checks.run_checks import DECIDING_STAGES
from automations.config.safe_yaml import UnsafeYaml, read_yaml
from automations.config.yaml import encode
from automations.home_assistant.home_file import load_home_file
from schemas.errors import InputError, UsageError
from schemas.problems import Problem, Severity

_SEVERITY_LABELS: Final = {Severity.BLOCK: "error", Severity.ASK: "asks", Severity.WARN: "note"}


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("validate", help=validate.__doc__)(validate)


def validate(
    files: Annotated[list[Path] | None, typer.Argument(help="Automations, as YAML.")] = None,
    home: Annotated[
        Path | None, typer.Option(help="Home file (JSON): then entities and services are checked too.")
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help='Read {"id", "yaml"} lines, answer in lines.')] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say what is wrong with automations, all of it at once; exit code 1 where one would be refused."""
    if jsonl == bool(files):
        raise UsageError("Name the files to validate, or give --jsonl and lines on standard input.")
    context = CheckContext(home=load_home_file(home)) if home else CheckContext()
    if jsonl:
        # Bytes that are no UTF-8 affect their own line only; answers are ASCII, which every terminal and pipe takes.
        lines = (line.decode("utf-8", "replace") for line in typer.get_binary_stream("stdin"))
        for answer in validate_lines(lines, context):
            print(json.dumps(answer))
        return
    problems_by_file = {str(file): list(_problems(file, context)) for file in files or []}
    print(
        json.dumps({name: _error_rows(problems) for name, problems in problems_by_file.items()})
        if as_json
        else _describe(problems_by_file)
    )
    if any(not is_valid(problems) for problems in problems_by_file.values()):
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
            yield {"id": name, "valid": False, "errors": _error_rows([problem])}
            continue
        problems = check_text(text, context)
        yield {"id": name, "valid": is_valid(problems), "errors": _error_rows(p for p in problems if _is_deciding(p))}


def is_valid(problems: Iterable[Problem]) -> bool:
    """Whether Home Assistant would take it, and every name in it is known; safety and conflicts are another matter."""
    return not any(_is_deciding(problem) for problem in problems)


def _is_deciding(problem: Problem) -> bool:
    return problem.severity is Severity.BLOCK and problem.stage in DECIDING_STAGES


def _error_rows(problems: Iterable[Problem]) -> list[dict[str, str]]:
    return [
        {"rung": problem.stage, "path": problem.path, "message": f"{problem.message} {problem.fix}".strip()}
        for problem in problems
    ]


def _problems(file: Path, context: CheckContext) -> Iterator[Problem]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read ({error}); name a YAML file in UTF-8.") from None
    for part in _automations_in(text):
        yield from check_text(part, context)


def _automations_in(text: str) -> list[str]:
    """The text itself, or each automation of a list such as automations.yaml."""
    try:
        document = read_yaml(text)
    except UnsafeYaml:
        return [text]
    several = isinstance(document, list) and len(document) > 1 and all(isinstance(item, dict) for item in document)
    return [encode(item) for item in document] if several else [text]


def _describe(problems_by_file: dict[str, list[Problem]]) -> str:
    lines = []
    for name, problems in problems_by_file.items():
        lines.append(f"{name}: {f'{len(problems)} to look at' if problems else 'fine'}")
        lines += [f"  {_describe_problem(problem)}" for problem in problems]
    return "\n".join(lines)


def _describe_problem(problem: Problem) -> str:
    place = problem.path or problem.stage
    return f"{_SEVERITY_LABELS[problem.severity]} {place}: {problem.message} {problem.fix}".rstrip()
