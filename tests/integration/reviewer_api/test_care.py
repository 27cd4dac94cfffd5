"""Looking after what the service keeps: backup and restore, reindex, doctor, and the command line itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from automations.git.ledger import read_latest_entries
from automations.git.naming import DEPLOYED_REF
from automations.git.repository import Repository
from automations.open.repository import open_repository
from automations.open.settings import load_settings
from reviewer_api.maintenance.backup import back_up, restore
from schemas.errors import InputError
from schemas.suggestions import State
from tests.builders.mosquitto import Mosquitto
from tests.builders.reviewing import approve_and_confirm, first_page, rows
from tests.builders.sample_night import night_on
from tests.builders.service import TOKEN, run_command, running, served, settings_in


async def decided(folder: Path, sample: Path) -> tuple[str, str]:
    """A home where one suggestion was declined and one deployed; their ids."""
    await night_on(folder, sample)
    async with running(folder, HOME_FILE=str(sample / "home.json")) as service:
        await service.sign_in()
        declined = (await first_page(service.client))["row"]["habit_id"]
        await service.client.post(f"/api/suggestions/{declined}/decline", json={"scope": "suggestion"})
        page = await first_page(service.client)
        result = await approve_and_confirm(service.client, page)
        assert result["outcome"] == "deployed", result
        return declined, page["row"]["habit_id"]


async def test_a_restore_finds_the_no_and_the_deployed_chain_again(tmp_path: Path, sample: Path) -> None:
    declined, _ = await decided(tmp_path / "old", sample)
    old = Repository(tmp_path / "old" / "automations.git")

    back_up(settings_in(tmp_path / "old"), tmp_path / "backup.tar")
    restore(settings_in(tmp_path / "new"), tmp_path / "backup.tar")

    new = Repository(tmp_path / "new" / "automations.git")
    assert new.git("for-each-ref") == old.git("for-each-ref")
    assert new.resolve(DEPLOYED_REF) is not None
    await night_on(tmp_path / "new", sample)
    assert read_latest_entries(new)[declined].state is State.DECLINED


async def test_without_its_diary_the_service_shows_the_same_board(tmp_path: Path, sample: Path) -> None:
    await decided(tmp_path, sample)
    home = {"HOME_FILE": str(sample / "home.json")}
    async with running(tmp_path, **home) as service:
        await service.sign_in()
        before = await rows(service.client)
    for path in (tmp_path / "data").glob("diary.sqlite*"):
        path.unlink()

    told = run_command(tmp_path, "reindex", **home)
    async with running(tmp_path, **home) as service:
        await service.sign_in()
        after = await rows(service.client)

    assert (told.returncode, after) == (0, before)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of a new repository."""
    settings = settings_in(tmp_path / "old", MQTT_BROKER="broker.lan", EXCLUDE="light.a,light.b", HA_TOKEN="canary-key")
    open_repository(settings.AUTOMATIONS_REPO)
    back_up(settings, tmp_path / "backup.tar")
    return tmp_path / "backup.tar"


def test_a_backup_tells_the_settings_but_no_secret(tmp_path: Path, backup: Path) -> None:
    text = restore(settings_in(tmp_path / "new"), backup)

    (tmp_path / ".env").write_text(text)
    again = load_settings({}, tmp_path / ".env")
    assert (again.MQTT_BROKER, again.EXCLUDE) == ("broker.lan", ("light.a", "light.b"))
    assert "# HA_TOKEN" in text
    assert b"canary-key" not in backup.read_bytes()


def test_a_backup_is_for_its_owner_and_overwrites_nothing(tmp_path: Path, backup: Path) -> None:
    with pytest.raises(InputError, match="exists already"):
        back_up(settings_in(tmp_path / "old"), backup)

    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_restore_never_overwrites_a_repository(tmp_path: Path, backup: Path) -> None:
    with pytest.raises(InputError, match="move it away"):
        restore(settings_in(tmp_path / "old"), backup)


@pytest.mark.parametrize("content", [b"", b"no tar at all", b"\x1f\x8b"])
def test_a_file_that_is_no_backup_leaves_nothing_behind(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.tar").write_bytes(content)

    with pytest.raises(InputError, match="no backup"):
        restore(settings_in(tmp_path), tmp_path / "b.tar")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar"]


def test_a_damaged_bundle_is_refused(tmp_path: Path, backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    at = content.index(b"PACK")
    content[at + 20 : at + 60] = b"\0" * 40
    backup.write_bytes(content)

    with pytest.raises(InputError, match="bundle"):
        restore(settings_in(tmp_path / "new"), backup)

    assert not (tmp_path / "new" / "automations.git").exists()


def test_backup_and_restore_from_a_terminal(tmp_path: Path, backup: Path) -> None:
    (tmp_path / "new").mkdir()
    told = run_command(tmp_path / "new", "restore", str(backup))
    again = run_command(tmp_path / "new", "backup", "again.tar")

    assert (told.returncode, again.returncode) == (0, 0)
    assert "MQTT_BROKER=broker.lan" in told.stdout


def test_a_healthy_place_gets_a_clean_bill(tmp_path: Path, broker: Mosquitto) -> None:
    open_repository(settings_in(tmp_path).AUTOMATIONS_REPO)

    told = run_command(tmp_path, "doctor", MQTT_BROKER="127.0.0.1", MQTT_PORT=str(broker.port))

    assert told.returncode == 0, told.stdout
    assert "ok   broker" in told.stdout
    assert "ok   repository" in told.stdout


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "automations.git").mkdir()
    (tmp_path / "automations.git" / "HEAD").write_text("junk")

    told = run_command(
        tmp_path,
        "doctor",
        MQTT_BROKER="127.0.0.1",
        MQTT_PORT="1",
        HA_URL="http://127.0.0.1:1",
        HA_TOKEN="canary-token",
        LLM="auto",
        OPENAI_BASE_URL="http://127.0.0.1:1/v1",
    )

    assert told.returncode == 1
    for name in ("repository", "broker", "home", "model"):
        assert f"BAD  {name}" in told.stdout
    assert "canary-token" not in told.stdout + told.stderr
    assert "Traceback" not in told.stderr


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path, broker: Mosquitto) -> None:
    told = run_command(tmp_path, "--port", str(broker.port))

    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert f"Port {broker.port}" in told.stderr


def test_signing_everybody_out_from_a_terminal_reaches_the_running_service(tmp_path: Path) -> None:
    with served(tmp_path) as (address, _), httpx.Client(base_url=address) as browser:
        browser.post("/api/session", json={"secret": TOKEN})
        before = browser.get("/api/session").status_code

        told = run_command(tmp_path, "sign-out")

        until_so(lambda: browser.get("/api/session").status_code == 401)
    assert (before, told.returncode) == (200, 0)


def until_so(is_so: Callable[[], bool]) -> None:
    for _ in range(300):
        if is_so():
            return
        time.sleep(0.1)
    pytest.fail("it never became so")


def test_a_new_link_signs_in_at_the_running_service(tmp_path: Path) -> None:
    told = run_command(tmp_path, "link", PUBLIC_URL="http://home.lan:3002")

    assert told.stdout.startswith("http://home.lan:3002/#code=")
