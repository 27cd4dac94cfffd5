"""`make bench-service`: a list, a page, a diff and a preview under load, with 500 suggestions and 1,000 automations.

Loopback, wrk, 8 clients; beside it a hello-world of the same stack, since the machine is never the same twice. Prints
one table; the last results stand in docs/measured.md.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import psutil

from automations.git.author import BOT
from automations.git.ledger import read_latest_entries
from automations.git.ledger_entry import LedgerEntry
from automations.git.merge import commit_files
from automations.git.proposal import Proposal
from automations.git.proposals import propose
from automations.git.repository import Repository
from automations.history.collect import replace_days
from automations.history.history_file import read_history
from automations.home_assistant.home_file import load_home_file
from automations.open.history import HistorySettings, history_store
from generator.sample.sample_home import write_sample
from schemas.suggestion_files import PATTERN_FILE, VERDICT_FILE
from tests.builders.sample_night import night_on
from tests.builders.service import TOKEN, settings_in
from tests.builders.service_process import ServiceProcess

SUGGESTIONS, AUTOMATIONS, CLIENTS, SECONDS = 500, 1_000, 8, 8
AS_IN_THE_IMAGE = {"MALLOC_ARENA_MAX": "1", "PYTHONNODEBUGRANGES": "1"}
REPORT = """
function done(summary, latency, requests)
  io.write(string.format("requests=%d p50=%f p95=%f errors=%d\\n", summary.requests, latency:percentile(50) / 1000,
    latency:percentile(95) / 1000, summary.errors.status + summary.errors.timeout + summary.errors.connect))
end
"""
HELLO = """
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
async def hello() -> dict[str, str]:
    return {"hello": "world"}
uvicorn.run(app, port=%d, access_log=False, log_level="error", loop="asyncio", http="httptools")
"""


@dataclass(frozen=True)
class Load:
    """Milliseconds, and processor milliseconds of the server for one answer."""

    answers: int
    p50: float
    p95: float
    errors: int
    cpu: float

    def __str__(self) -> str:
        rate = self.answers / SECONDS
        return f"{self.p50:6.1f} ms  {self.p95:6.1f} ms  {rate:7.0f}/s  {self.cpu:6.2f} ms  {self.errors} errors"


def load(url: str, process: psutil.Process, body: str = "", clients: int = CLIENTS) -> Load:
    """wrk on one address; the local token signs in."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "report.lua"
        asked = f"wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'application/json'\nwrk.body = [==[{body}]==]\n"
        script.write_text((asked if body else "") + REPORT)
        before = spent(process)
        headers = ["-H", f"Authorization: Bearer {TOKEN}"]
        command = ["wrk", "-t1", f"-c{clients}", f"-d{SECONDS}s", *headers, "-s", str(script), url]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        after = spent(process)
    found = re.search(r"requests=(\d+) p50=([\d.]+) p95=([\d.]+) errors=(\d+)", out)
    assert found, out
    answers = int(found[1])
    cpu = 1000 * (after - before) / max(1, answers)
    return Load(answers, float(found[2]), float(found[3]), int(found[4]), cpu)


def spent(process: psutil.Process) -> float:
    """Processor seconds of the server and of the worker that it asks; not of the short gits."""
    times = [one.cpu_times() for one in (process, *process.children())]
    return sum(one.user + one.system for one in times)


def fill(folder: Path) -> str:
    """A repository with so many suggestions and automations; the id of an open suggestion."""
    write_sample(folder, date(2026, 3, 1))
    asyncio.run(night_on(folder, folder))
    home = load_home_file(folder / "home.json")
    events = read_history(folder / "history.csv.gz", home).events
    now = datetime(2026, 3, 2, 3, tzinfo=UTC)
    replace_days(
        history_store(HistorySettings.from_settings(settings_in(folder))),
        events,
        now,
        30,
        frozenset(home.entities_by_id),
    )
    repository = Repository(folder / "automations.git")
    opened = next(entry for entry in read_latest_entries(repository).values() if entry.state == "open")
    for number in range(len(read_latest_entries(repository)), SUGGESTIONS):
        propose(repository, _like(repository, opened, f"{number:016x}"), None, "", datetime.now(UTC))
    text = (repository.read_file(opened.branch, opened.path) or b"").decode()
    # Each with a lamp of its own: a thousand times the same would be a thousand findings on every page.
    files: dict[str, bytes | None] = {
        f"bench/automation-{number:08x}.yaml": text.replace(opened.habit_id, f"{number:016x}ff")
        .replace(opened.target, f"light.bench_{number}")
        .replace(opened.title, f"{opened.title} ({number})")
        .encode()
        for number in range(AUTOMATIONS)
    }
    commit_files(repository, files, "A thousand automations", BOT, datetime.now(UTC))
    return opened.habit_id


def _like(repository: Repository, entry: LedgerEntry, habit_id: str) -> Proposal:
    """The same habit under another id."""
    text = (repository.read_file(entry.branch, entry.path) or b"").decode()
    return Proposal(
        habit_id=habit_id,
        habit_key=entry.habit_key,
        title=f"{entry.title} ({habit_id[-3:]})",
        kind=entry.kind,
        area_id=entry.area,
        target=entry.target,
        yaml=text.replace(entry.habit_id, habit_id),
        strength=entry.strength,
        days_seen=entry.days_seen,
        days_possible=entry.days_possible,
        evidence_digest=entry.evidence_digest,
        reason="For the benchmark.",
        trailers={},
        ledger_files={name: repository.read_file(entry.sha, name) for name in (PATTERN_FILE, VERDICT_FILE)},
        window_end=datetime.now(UTC),
    )


@contextmanager
def hello_world() -> Iterator[tuple[str, psutil.Process]]:
    port = 18_099
    with subprocess.Popen([sys.executable, "-c", HELLO % port]) as process:
        url = f"http://127.0.0.1:{port}/"
        for _ in range(200):
            try:
                httpx.get(url)
                break
            except httpx.TransportError:
                subprocess.run(["sleep", "0.1"], check=True)
        yield url, psutil.Process(process.pid)
        process.terminate()


def main() -> None:
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed; run `apt-get install wrk`.")
    with tempfile.TemporaryDirectory(prefix="nightshift-bench-") as name:
        folder = Path(name)
        habit_id = fill(folder)
        more = {"HOME_FILE": str(folder / "home.json"), "RATE_LIMIT": "1000000/second", **AS_IN_THE_IMAGE}
        with ServiceProcess(folder, **more) as service, hello_world() as (hello, hello_process):
            measure(service.url, psutil.Process(service.pid), habit_id, hello, hello_process)


def measure(url: str, process: psutil.Process, habit_id: str, hello: str, hello_process: psutil.Process) -> None:
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60) as client:
        held = {"started": held_by(process)}
        a_night(client)
        held["after a night's run"] = held_by(process)
        page = client.get(f"/api/suggestions/{habit_id}").json()
        client.get("/api/suggestions")
        client.post(f"/api/suggestions/{habit_id}/preview", json={"yaml": page["yaml"]}).raise_for_status()
        held["after pages and a preview"] = held_by(process)
    one = f"{url}/api/suggestions/{habit_id}"
    preview = json.dumps({"yaml": page["yaml"]})
    base = load(hello, hello_process)
    asked = {
        "hello-world of the same stack": base,
        "list, 20 open": load(f"{url}/api/suggestions?state=open&limit=20", process),
        "list, all 500": load(f"{url}/api/suggestions?limit=500", process),
        "one suggestion": load(one, process),
        "its diff": load(f"{one}/diff", process),
        "a preview with its backtest, one client": load(f"{one}/preview", process, preview, clients=1),
        "the same, 8 clients": load(f"{one}/preview", process, preview),
    }
    print(f"{'':42} {'median':>9} {'95th':>10} {'answers':>9} {'processor':>10}")
    for what, found in asked.items():
        print(f"{what:42} {found}  {found.cpu / base.cpu:5.1f} x hello")
    held["after this load"] = held_by(process)
    print("\nmemory of the service, resident, and of it libraries' files:")
    for when, what in held.items():
        print(f"  {when:26} {what}")


def a_night(client: httpx.Client) -> None:
    """A run as the schedule starts it, to its end."""
    run = client.post("/api/runs").raise_for_status().json()["run_id"]
    client.get(f"/api/runs/{run}/live", timeout=600).raise_for_status()


def held_by(process: psutil.Process) -> str:
    """The kernel may take back what is of files; `memory_info` counts both."""
    held = process.memory_info()
    workers = sum(child.memory_info().rss for child in process.children())
    return f"{held.rss / 2**20:4.0f} MB {held.shared / 2**20:4.0f} MB, its worker {workers / 2**20:4.0f} MB"


if __name__ == "__main__":
    main()
