"""Kills the service at random moments of approve, merge, deploy, ref move and rollback, and looks at what is left."""

from __future__ import annotations

import os
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from automations.config.normalize import equivalent
from automations.config.yaml import decode
from automations.git.ledger import read_entries, read_latest_entries
from automations.git.naming import BRANCH_PREFIX, DEPLOYED_REF
from automations.git.refs import list_refs
from automations.git.repository import MAIN_REF, Repository
from automations.git.sync_ledgers import BRANCH_STATES
from schemas.suggestions import LedgerEvent, State
from tests.builders.fake_home import FakeHome
from tests.builders.lamps import habit_id, repository_in, suggest, write_home_file
from tests.builders.service_process import ServiceProcess
from tests.builders.serving import serving

JSON, HTML = {"content-type": "application/json"}, {"content-type": "text/html"}
TROUBLES: tuple[dict[str, Any], ...] = (
    {},
    {"delay_seconds": 0.4},
    {"instead": (500, HTML, b"Server got itself in trouble")},
    {"instead": (200, HTML, b"<html>Please log in</html>")},
    {"instead": (200, JSON, b'[{"state":')},
    {"cuts_before_storing": True},
    {"cuts_after_storing": True},
)


@dataclass
class HonestHome(FakeHome):
    """Remembers writes that changed nothing: they would have cut a running automation for no reason."""

    rewritten: list[str] = field(default_factory=list)

    def _config(self, method: str, automation_id: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        before = dict(self.automations)
        answer = super()._config(method, automation_id, body)
        if method == "POST" and automation_id in before and before[automation_id] == self.automations[automation_id]:
            self.rewritten.append(automation_id)
        return answer

    def heal(self) -> None:
        self.instead, self.delay_seconds = None, 0.0
        self.cuts_before_storing = self.cuts_after_storing = False


def kill_again_and_again(folder: Path, kills: int, seed: int) -> None:
    """`kills` times: decide something, kill within half a second, start again, and look at git and the home."""
    chance, home = random.Random(seed), HonestHome()
    repository = repository_in(folder)
    suggest(repository, *range(kills + 1))
    home_file = write_home_file(folder / "home.json", kills + 1)
    with serving(home) as url:
        service = ServiceProcess(folder, HOME_FILE=str(home_file), HA_URL=url, HA_TOKEN="token")
        with service:
            service.approve(habit_id(0))
            service.say_yes()
            service.until(lambda: disagreement(repository, home) == "", "the first deployment never came")
            for number in range(1, kills + 1):
                _decide_and_kill(service, home, chance, number)
                _age_locks(repository)
                home.heal()
                service.start()
                service.until(lambda: disagreement(repository, home) == "", _words(repository, home, number))
    assert home.rewritten == []
    status, out, err = repository.try_git("fsck", "--strict", "--no-dangling")
    assert (status, out, err) == (0, b"", b"")
    assert not list(repository.path.rglob("*.lock"))


def _decide_and_kill(service: ServiceProcess, home: HonestHome, chance: random.Random, number: int) -> None:
    for name, value in chance.choice(TROUBLES).items():
        setattr(home, name, value)
    if number > 2 and chance.random() < 0.3:
        key = f"nightshift_{habit_id(chance.randrange(number - 1))}"
        deciding = threading.Thread(target=service.roll_back, args=(key,))
    else:
        deciding = threading.Thread(target=service.approve, args=(habit_id(number),))
    deciding.start()
    time.sleep(chance.uniform(0.0, 0.7))
    service.kill()
    deciding.join()


def _age_locks(repository: Repository) -> None:
    """As if a minute had passed: until then a lock may belong to a git that still runs."""
    for lock in repository.path.rglob("*.lock"):
        os.utime(lock, (time.time() - 120, time.time() - 120))


def _words(repository: Repository, home: FakeHome, number: int) -> str:
    return f"after kill {number} they never agreed: {disagreement(repository, home)}"


def disagreement(repository: Repository, home: FakeHome) -> str:
    """What main, home, record and ledgers do not agree on, in words; "" where all is well."""
    wished = {path: blob for path, blob in repository.list_files(MAIN_REF).items() if path.startswith("hall/")}
    record = repository.list_files(DEPLOYED_REF) if repository.resolve(DEPLOYED_REF) else {}
    if wished != record:
        return f"main holds {sorted(wished)}, the record {sorted(record)}"
    texts = repository.read_objects(list(wished.values()))
    configs = [decode((text or b"").decode()).config or {} for text in texts]
    if {str(c["id"]) for c in configs} != set(home.automations):
        return f"main and home hold other automations: {sorted(home.automations)}"
    if not all(equivalent(c, home.automations[str(c["id"])]) for c in configs):
        return "the home holds another version than main"
    branches = list_refs(repository, BRANCH_PREFIX)
    for tip in read_latest_entries(repository).values():
        if (tip.state is State.WATCHING) != (tip.path in wished):
            return f"{tip.habit_id} is {tip.state}, and {'on' if tip.path in wished else 'off'} main"
        if (tip.state in BRANCH_STATES) != (tip.branch in branches):
            return f"{tip.habit_id} is {tip.state}, and its branch is {'there' if tip.branch in branches else 'gone'}"
        told = (
            [entry.event for entry in read_entries(repository, tip.habit_id)] if tip.state not in BRANCH_STATES else []
        )
        if told.count(LedgerEvent.APPROVED) > 1:
            return f"{tip.habit_id} was approved twice: {told}"
    return ""
