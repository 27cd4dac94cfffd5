"""`python -m reviewer_api.worker`: the process that reads what a stranger may have written, and can be killed for it.

It has no secrets, writes nothing but its answers, and ends with the service, whose pipe then closes.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from collections.abc import Iterator
from typing import Final

from automations.config.yaml import decode
from automations.git.repository import Repository
from reviewer_api.worker.draft_checker import DraftChecker
from reviewer_api.worker.protocol import ANSWER, SETUP, Answer, Question, framed, read_frame
from reviewer_api.worker.stored_history import StoredHistory
from schemas.errors import InputError, NightshiftError
from schemas.suggestion_files import DraftVerdict

MAX_DATA_BYTES: Final = 240 * 2**20
"""Private memory; with the libraries' files at most 300 MB are resident."""
LONGEST_SECONDS: Final = 60
"""For one question: the service has killed it long before, unless the service itself was killed."""
NICENESS: Final = 5
"""Added to the service's own: who asks for its page goes first."""


def main() -> None:
    limit_process()
    setup = read_frame(sys.stdin.buffer)
    if setup is None:
        return
    checker = checker_from(setup)
    say(Answer())
    while (document := read_frame(sys.stdin.buffer)) is not None:
        signal.alarm(LONGEST_SECONDS)
        for answer in answers_to(Question.from_json(document), checker):
            say(answer)
        signal.alarm(0)


def say(answer: Answer) -> None:
    sys.stdout.buffer.write(framed(ANSWER.dump_json(answer, by_alias=True)))
    sys.stdout.buffer.flush()


def limit_process() -> None:
    """By the kernel, so that no allocation is too quick for it.

    RLIMIT_DATA and not RLIMIT_AS: the latter counts what libraries only reserve, three times what they use. A watch
    over the resident memory would come too late: Python fills 3 GB within a second.
    """
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_DATA_BYTES, MAX_DATA_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def checker_from(document: bytes) -> DraftChecker:
    setup = SETUP.validate_json(document)
    return DraftChecker(Repository(setup.repository), StoredHistory(setup))


def answers_to(question: Question, checker: DraftChecker) -> Iterator[Answer]:
    """Ends the process where the memory does not suffice, so that it is all given back."""
    try:
        yield from _verdicts(question, checker)
    except NightshiftError as error:
        yield Answer(refusal=str(error), is_input_error=isinstance(error, InputError))
    except MemoryError:
        os._exit(1)
    except Exception:
        yield Answer(failure=traceback.format_exc(limit=-5))


def _verdicts(question: Question, checker: DraftChecker) -> Iterator[Answer]:
    if question.home is not None:
        checker.home = question.home
    if question.live is not None:
        checker.live = question.live
    context = checker.context(question.automation_id)
    yield Answer()
    draft = decode(question.yaml)
    problems = checker.problems(draft, question.automation_id, context)
    yield Answer(DraftVerdict(problems))
    if question.with_backtest:
        yield Answer(DraftVerdict(problems, checker.replay(draft, context)))


if __name__ == "__main__":
    main()
