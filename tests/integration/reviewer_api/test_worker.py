"""Texts that anybody may have written are checked and replayed in a worker: it can be killed, and the service stays."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
import pytest

from automations.config.yaml import decode
from automations.git.repository import MAIN_REF
from automations.history.collect import replace_days
from automations.history.history_file import read_history
from automations.history.store import DayStore
from automations.home_assistant.home_api import LiveAutomation
from automations.home_assistant.home_file import load_home_file
from generator.sample.sample_home import write_sample
from reviewer_api.worker import draft_checks
from reviewer_api.worker.draft_checks import DraftChecks
from reviewer_api.worker.kept_worker import IDLE_SECONDS, KeptWorker
from reviewer_api.worker.process import WORKER
from reviewer_api.worker.protocol import Setup
from schemas.clock import DAY_US, microseconds
from schemas.errors import InputError
from schemas.events import Events
from schemas.home import Area, Entity, Home, Service
from tests.builders.lamps import repository_in
from tests.builders.sample_night import night_on
from tests.builders.service_process import ServiceProcess

TOO_MUCH = "Not computable, because it is too much work."
TOO_DEEP = "Not computable, because its template is nested too deeply."
LAMP = "light.kitchen_ceiling"
SLOW = (
    "{% set a = 9999999999 %}"
    + "{% set a = a * a %}" * 10
    + "{% set b = a * a + (now().timestamp() | int) %}{{ "
    + " and ".join(["b // a > 1"] * 8)
    + " }}"
)
"""Divisions of numbers of ten thousand digits: minutes of work that the counting of steps does not see."""
EVERY_FIVE_MINUTES = "trigger: time_pattern, minutes: /5"
HOSTILE = {
    "squared 26 times": ("{% set a = 99999999999 %}" + "{% set a = a * a %}" * 26 + "{{ a > 1 }}", TOO_MUCH),
    "doubled 34 times": ("{% set a = 'aaaaaaaa' %}" + "{% set a = a ~ a %}" * 34 + "{{ a > 1 }}", TOO_MUCH),
    "3,000 brackets": ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", TOO_DEEP),
    "uncounted": (SLOW, TOO_MUCH),
}


def automation(template: str, trigger: str = f"trigger: state, entity_id: {LAMP}", key: str = "x") -> str:
    condition = f'conditions: ["{template}"]' if template else ""
    actions = f"actions: [{{action: light.turn_on, target: {{entity_id: {LAMP}}}}}]"
    return f"id: {key}\nalias: Anything\ntriggers: [{{{trigger}}}]\n{condition}\n{actions}\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """With the sample home's suggestions and its 30 days of history."""
    folder = tmp_path_factory.mktemp("served")
    write_sample(folder, date(2026, 3, 1))
    asyncio.run(night_on(folder, folder))
    home = load_home_file(folder / "home.json")
    events = read_history(folder / "history.csv.gz", home).events
    asked = frozenset(home.entities_by_id)
    replace_days(DayStore(folder / "data" / "history"), events, datetime(2026, 3, 2, 3, tzinfo=UTC), 30, asked)
    with ServiceProcess(folder, HOME_FILE=str(folder / "home.json"), OPENAI_API_KEY="sk-not-for-the-worker") as made:
        yield made


def suggestions(service: ServiceProcess) -> list[str]:
    return [row["habit_id"] for row in service.ask("GET", "/api/suggestions?state=open")["items"]]


def preview(service: ServiceProcess, yaml: str) -> Any:
    return service.ask("POST", f"/api/suggestions/{suggestions(service)[0]}/preview", {"yaml": yaml})


def worker_of(service: ServiceProcess) -> psutil.Process | None:
    children = psutil.Process(service.pid).children()
    return next((child for child in children if "reviewer_api.worker" in child.cmdline()), None)


def healthy_while(service: ServiceProcess, yaml: str) -> tuple[Any, int]:
    """The preview of a text, and how often `/health` answered meanwhile."""
    with ThreadPoolExecutor(1) as pool, httpx.Client(base_url=service.url) as client:
        asked, answers = pool.submit(preview, service, yaml), 0
        while not asked.done():
            assert client.get("/health").json()["status"] == "ok"
            answers += 1
        return asked.result(), answers


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_is_answered_and_the_service_is_there_meanwhile(service: ServiceProcess, name: str) -> None:
    template, reason = HOSTILE[name]

    answer, health_answers = healthy_while(service, automation(template, EVERY_FIVE_MINUTES))

    assert answer["backtest"]["reason"] == reason
    assert answer["backtest"]["computable"] is False
    assert answer["problems"]
    assert answer["meaning"]["sentence"]
    assert health_answers > 0


def test_every_second_of_a_month_with_a_template_is_too_much(service: ServiceProcess) -> None:
    every_second = automation("{{ now().timestamp() > 7 }}", "trigger: time_pattern, seconds: /1")

    assert preview(service, every_second)["backtest"]["reason"] == TOO_MUCH


def test_huge_numbers_are_sentences(service: ServiceProcess) -> None:
    ranged = automation("{{ range(1000000000) | list | length > 3 }}")
    repeated = automation("") + "- repeat: {count: 1000000000, sequence: [{delay: 1}]}\n"

    assert "`range`" in preview(service, ranged)["backtest"]["reason"]
    assert preview(service, repeated)["problems"]


def test_an_ordinary_edit_is_computed_after_all_that(service: ServiceProcess) -> None:
    answer = preview(service, automation("{{ now().hour > 7 }}"))

    assert answer["backtest"]["computable"] is True
    assert answer["backtest"]["fired"] > 0


def test_a_suggestion_that_was_edited_into_something_hostile_can_be_looked_at(service: ServiceProcess) -> None:
    habit_id = suggestions(service)[1]
    page = service.ask("GET", f"/api/suggestions/{habit_id}")
    hostile = automation(SLOW, EVERY_FIVE_MINUTES, key=f"nightshift_{habit_id}")

    question = {"yaml": hostile, "base_blob": page["seen"]["proposed_blob"]}
    edited = service.ask("POST", f"/api/suggestions/{habit_id}/edit", question)

    assert edited["yaml"] == hostile
    assert edited["backtest"]["reason"] == TOO_MUCH
    assert "not_checked" not in {problem["check"] for problem in edited["problems"]}


def test_the_worker_has_no_secrets_and_little_memory(service: ServiceProcess) -> None:
    preview(service, automation(""))
    worker = worker_of(service)

    assert worker is not None
    assert not [text for text in worker.environ().values() if "not-for-the-worker" in text]
    assert worker.memory_info().rss < 300 * 2**20


def test_a_worker_that_was_killed_from_outside_is_replaced_without_a_word(service: ServiceProcess) -> None:
    preview(service, automation(""))
    killed = worker_of(service)
    assert killed is not None
    killed.kill()
    killed.wait(10)

    answer = preview(service, automation(""))

    assert answer["backtest"]["computable"] is True
    assert worker_of(service) != killed


def test_the_worker_ends_with_the_service(service: ServiceProcess) -> None:
    preview(service, automation(""))
    worker = worker_of(service)
    assert worker is not None

    service.kill()

    assert worker.wait(20) is not None or not worker.is_running()
    service.start()


HOME = Home(
    "UTC",
    areas=(Area("kitchen", "Kitchen"),),
    entities=(Entity(LAMP, "Kitchen", "kitchen"),),
    services=(Service("light", "turn_on"), Service("light", "turn_off")),
)


class Checked:
    """Checks of a folder without history, and what they are told of the home."""

    def __init__(self, folder: Path, command: Sequence[str] = WORKER) -> None:
        self.home, self.live, self.now = HOME, dict[str, LiveAutomation](), 0.0
        self.repository = repository_in(folder)
        setup = Setup(self.repository.path, folder / "history", 30, (), ())
        self.worker = KeptWorker(setup, command, lambda: self.now)
        self.checks = DraftChecks(self.worker, lambda: self.home, lambda: self.live)

    async def problems(self, yaml: str) -> list[str]:
        return [problem.check for problem in (await self.checks.check(yaml, "x")).problems]


@asynccontextmanager
async def checked(folder: Path, command: Sequence[str] = WORKER) -> AsyncIterator[Checked]:
    made = Checked(folder, command)
    try:
        yield made
    finally:
        await made.worker.close()


async def test_it_is_started_when_first_asked_and_ended_when_nobody_asks(tmp_path: Path) -> None:
    async with checked(tmp_path) as made:
        assert made.worker.current is None

        await made.problems(automation(""))
        worker = made.worker.current
        made.now += IDLE_SECONDS
        await made.worker.end_if_idle()
        assert made.worker.current is worker is not None

        made.now += 1
        await made.worker.end_if_idle()
        assert made.worker.current is None
        assert not psutil.pid_exists(worker.pid)
        assert await made.problems(automation("")) == []


async def test_it_knows_the_home_and_its_automations_as_they_are_now(tmp_path: Path) -> None:
    async with checked(tmp_path) as made:
        assert await made.problems(automation("")) == []

        made.home = Home("UTC", entities=(Entity("light.hall", "Hall"),), services=HOME.services)
        assert "references" in await made.problems(automation(""))

        made.home = HOME
        opposite = decode(automation("").replace("turn_on", "turn_off")).config
        made.live = {"other": LiveAutomation("other", opposite)}
        assert "conflicts" in await made.problems(automation(""))


@pytest.mark.parametrize("command", [("/nowhere/python",), (sys.executable, "-c", "raise SystemExit(3)")])
async def test_without_a_worker_nothing_is_computed_and_it_is_said(tmp_path: Path, command: tuple[str, ...]) -> None:
    async with checked(tmp_path, command) as made:
        verdict = await made.checks.check(automation(""), "x", with_backtest=True)

    assert verdict.backtest is not None
    assert verdict.backtest.reason == f"Not computable, because {draft_checks.NO_WORKER}."
    assert [problem.check for problem in verdict.problems] == ["not_checked"]


async def test_a_worker_that_is_too_slow_is_killed_and_the_next_question_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with checked(tmp_path) as made:
        await made.problems(automation(""))
        slow = made.worker.current
        assert slow is not None
        os.kill(slow.pid, signal.SIGSTOP)
        monkeypatch.setattr(draft_checks, "READ_SECONDS", 0.1)

        verdict = await made.checks.check(automation(""), "x", with_backtest=True)
        monkeypatch.undo()

        assert [problem.check for problem in verdict.problems] == ["not_checked"]
        assert not psutil.pid_exists(slow.pid)
        assert await made.problems(automation("")) == []


async def test_whoever_goes_in_the_middle_leaves_no_answer_to_the_next(tmp_path: Path) -> None:
    async with checked(tmp_path) as made:
        await made.problems(automation(""))
        gone = asyncio.create_task(made.problems("triggers: []"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)

        assert await made.problems(automation("")) == []


async def test_a_policy_that_cannot_be_read_is_an_error_of_main_and_the_worker_stays(tmp_path: Path) -> None:
    async with checked(tmp_path) as made:
        await made.problems(automation(""))
        worker, repository = made.worker.current, made.repository
        tree = repository.write_tree(MAIN_REF, {"policy.yaml": b"rules: nonsense\n"})
        who = ["-c", "user.name=Anna", "-c", "user.email=anna@example.org"]
        commit = repository.git(*who, "commit-tree", tree, "-p", MAIN_REF, "-m", "Nonsense").decode().strip()
        repository.git("update-ref", MAIN_REF, commit)

        with pytest.raises(InputError, match=r"policy\.yaml"):
            await made.problems(automation(""))
        assert made.worker.current is worker


def test_the_kernel_gives_a_worker_no_more_memory_than_it_may_have() -> None:
    code = "from reviewer_api.worker.__main__ import limit_process; limit_process(); bytearray(300 * 2**20)"

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "MemoryError" in ended.stderr


def test_of_a_history_that_is_too_large_the_newest_days_are_read(tmp_path: Path) -> None:
    random, days, rows = np.random.default_rng(1), 32, 1_000_000
    time = np.sort(random.integers(0, days * DAY_US, rows)) + microseconds(datetime(2026, 1, 1, tzinfo=UTC))
    code, origin = random.integers(0, 50, rows).astype(np.int32), np.zeros(rows, np.int8)
    names = tuple(f"sensor.s{number}" for number in range(50))
    events = Events(time, code, code[::-1].copy(), origin, names, tuple(map(str, range(50))))
    replace_days(DayStore(tmp_path), events, datetime(2026, 2, 2, tzinfo=UTC), days, frozenset(names))

    ended = subprocess.run(
        [sys.executable, "-c", READ_WITH_LITTLE_MEMORY, str(tmp_path)], capture_output=True, text=True, check=True
    )

    first, last = (datetime.fromisoformat(text).date() for text in ended.stdout.split())
    assert last == date(2026, 2, 1)
    assert date(2026, 1, 3) < first < last


READ_WITH_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from reviewer_api.worker.protocol import Setup
from reviewer_api.worker.stored_history import StoredHistory
from schemas.clock import datetime_from_us
from schemas.home import Home
history = StoredHistory(Setup(Path(), Path(sys.argv[1]), 32, (), ()))
held = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmData" in line)
resource.setrlimit(resource.RLIMIT_DATA, (held * 1024 + 30 * 2**20,) * 2)
events = history.events(Home("UTC"))
print(*(datetime_from_us(int(events.time[at])).isoformat() for at in (0, -1)))
"""
