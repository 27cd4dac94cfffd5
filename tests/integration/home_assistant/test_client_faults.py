"""How our client takes a Home Assistant that misbehaves, over a real socket."""

from __future__ import annotations

import gzip
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.server import Server, ServerConnection, serve

from automations.history.home_assistant import HomeAssistantHistory
from automations.home_assistant.client import HomeAssistant, Timeouts
from automations.home_assistant.responses import CONFIG_PATH
from automations.http.client import MAX_BODY_BYTES, HttpClient
from schemas.errors import InputError, NightshiftError, Refused, Unauthorized, Unreachable, WrongServerError
from schemas.home import Home
from tests.builders.fake_home import FakeHome
from tests.builders.loopback import free_port
from tests.builders.serving import serving

BODY = {"alias": "Lamp", "triggers": [], "conditions": [], "actions": []}
QUICK = Timeouts(start_seconds=0.2, load_seconds=0.2, poll_interval_seconds=0.02)
HTML = {"content-type": "text/html"}


@pytest.fixture
def home() -> FakeHome:
    return FakeHome()


@pytest.fixture
def url(home: FakeHome) -> Iterator[str]:
    with serving(home) as address:
        yield address


@pytest.fixture
async def door(url: str) -> AsyncIterator[HomeAssistant]:
    async with HomeAssistant(url, "token", QUICK) as client:
        yield client


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((401, {"content-type": "text/plain"}, b"401: Unauthorized"), Unauthorized, "token"),
        ((403, {"content-type": "text/plain"}, b"403: Forbidden"), Unauthorized, "banned"),
        (
            (302, {"location": "https://me:secret@login.example/?next=x"}, b""),
            WrongServerError,
            "https://login.example/ ",
        ),
        ((200, HTML, b"<html>Please log in</html>"), WrongServerError, "not JSON"),
        ((200, {"content-type": "application/json"}, b'{"not": "a list"}'), Unreachable, "200"),
        ((404, {"content-type": "text/plain"}, b"404: Not Found"), Unreachable, "404"),
        ((500, {"content-type": "text/plain"}, b"Server got itself in trouble"), Unreachable, "500"),
        ((502, HTML, b"<html>Bad gateway</html>"), Unreachable, "502"),
        ((200, {"content-length": "100"}, b"[{"), Unreachable, "broken answer"),
        ((200, {"content-encoding": "gzip"}, b"no gzip at all"), Unreachable, "broken answer"),
    ],
    ids=["401", "403", "redirect", "html", "other-json", "404", "500", "502", "truncated", "bad-gzip"],
)
async def test_each_unusable_answer_is_one_sentence_that_says_what_to_do(
    home: FakeHome, door: HomeAssistant, answer: tuple[int, dict[str, str], bytes], error: type[Exception], words: str
) -> None:
    home.instead = answer

    with pytest.raises(error, match="(?s)" + words) as raised:
        await door.read_states()

    assert isinstance(raised.value, NightshiftError)
    assert len(home.asked) == 1, "one try, never repeated"
    assert "secret" not in str(raised.value)


async def test_a_gzip_bomb_is_stopped_before_it_fills_the_memory(home: FakeHome, door: HomeAssistant) -> None:
    home.instead = (200, {"content-encoding": "gzip"}, gzip.compress(bytes(MAX_BODY_BYTES * 2)))

    with pytest.raises(WrongServerError, match="more than 64 MB"):
        await door.read_states()


async def test_a_silent_home_is_unreachable(home: FakeHome, url: str) -> None:
    home.hangs = True

    async with HttpClient("Home Assistant", "HA_URL", url, timeout=httpx.Timeout(0.2)) as site:
        with pytest.raises(Unreachable, match="no answer in time"):
            await site.request("GET", "/api/states")


async def test_a_closed_port_is_unreachable() -> None:
    async with HomeAssistant(f"http://127.0.0.1:{free_port()}", "token") as door:
        with pytest.raises(Unreachable, match="HA_URL"):
            await door.wait_until_ready()
        with pytest.raises(Unreachable, match="WebSocket"):
            await door.send_command("auth/current_user")


async def test_a_name_that_nobody_knows_is_unreachable() -> None:
    async with HomeAssistant("http://homeassistant.invalid:8123", "token") as door:
        with pytest.raises(Unreachable, match=r"homeassistant\.invalid"):
            await door.wait_until_ready()


@pytest.mark.parametrize("url", ["homeassistant.local:8123", "ftp://home", "http://", "http://home:notaport", ""])
def test_an_address_that_is_none_is_said_at_once(url: str) -> None:
    with pytest.raises(InputError, match="HA_URL"):
        HomeAssistant(url, "token")


def test_the_name_of_a_home_shows_no_password() -> None:
    assert HomeAssistant("http://me:secret@home:8123/", "token").name == "http://home:8123"


async def test_a_400_to_a_write_is_refused_in_the_homes_words(home: FakeHome, door: HomeAssistant) -> None:
    home.writes_instead = (400, {"content-type": "application/json"}, b'{"message":"Message malformed: no"}')

    with pytest.raises(Refused, match="Message malformed: no"):
        await door.write("lamp", BODY)


@pytest.mark.parametrize("status", [404, 409, 413, 500, 502, 503])
async def test_only_400_is_the_homes_no(home: FakeHome, door: HomeAssistant, status: int) -> None:
    home.writes_instead = (status, {"content-type": "application/json"}, b'{"message":"no"}')

    with pytest.raises(Unreachable):
        await door.write("lamp", BODY)


async def test_a_proxys_400_page_is_not_the_homes_no(home: FakeHome, door: HomeAssistant) -> None:
    home.writes_instead = (400, HTML, b"<html>400 Bad Request</html>")

    with pytest.raises(Unreachable):
        await door.write("lamp", BODY)


async def test_a_connection_that_breaks_after_the_home_stored_counts_as_written(
    home: FakeHome, door: HomeAssistant
) -> None:
    home.cuts_after_storing = True

    await door.write("lamp", {"alias": "Lamp", "trigger": [], "action": [{"service": "light.turn_on"}]})

    assert "lamp" in await door.list_automations()


async def test_a_connection_that_breaks_before_the_home_stored_is_unreachable(
    home: FakeHome, door: HomeAssistant
) -> None:
    home.automations["lamp"] = {"id": "lamp", **BODY, "alias": "Before"}
    home.cuts_before_storing = True

    with pytest.raises(Unreachable):
        await door.write("lamp", BODY)
    with pytest.raises(Unreachable):
        await door.delete("lamp")

    assert (await door.read("lamp") or {})["alias"] == "Before"


async def test_a_delete_whose_answer_is_lost_counts_where_the_automation_is_gone(
    home: FakeHome, door: HomeAssistant
) -> None:
    await door.write("lamp", BODY)
    home.cuts_after_storing = True

    await door.delete("lamp")

    assert home.automations == {}


async def test_nothing_is_written_before_the_home_runs(home: FakeHome, door: HomeAssistant) -> None:
    home.state = "NOT_RUNNING"
    with pytest.raises(Unreachable, match="starting"):
        await door.write("lamp", BODY)

    home.state, home.components = "RUNNING", ()
    with pytest.raises(Unreachable, match="automation integration"):
        await door.write("lamp", BODY)

    assert not [asked for asked in home.asked if asked.startswith("POST")]


@pytest.mark.parametrize("trouble", [{"state": "NOT_RUNNING"}, {"components": ()}])
async def test_a_home_that_is_starting_lacks_nothing_it_is_unreachable(
    home: FakeHome, door: HomeAssistant, trouble: dict[str, object]
) -> None:
    for name, value in trouble.items():
        setattr(home, name, value)

    with pytest.raises(Unreachable, match="does not show its automations now"):
        await door.list_automations()


@pytest.mark.parametrize("moment", ["GET /api/config", "GET /api/states"])
async def test_a_home_that_restarts_while_it_is_read_lacks_nothing_and_can_be_read_afterwards(
    home: FakeHome, door: HomeAssistant, moment: str
) -> None:
    await door.write("lamp", BODY)
    home.restarts_after = moment

    with pytest.raises(Unreachable, match="does not show its automations now"):
        await door.list_automations()

    home.state = "RUNNING"
    home._load()
    assert (await door.list_automations())["lamp"].config == BODY


async def test_a_home_that_forgot_to_load_is_asked_to_reload_once(home: FakeHome, door: HomeAssistant) -> None:
    home.loads_after_write = False

    await door.write("lamp", BODY)

    assert home.asked.count("POST /api/services/automation/reload") == 1
    assert "lamp" in home.live


async def test_a_home_that_never_shows_what_it_stored_is_named(home: FakeHome, door: HomeAssistant) -> None:
    home.loads_after_write = home.loads_after_reload = False

    with pytest.raises(Unreachable, match=r"automations\.yaml"):
        await door.write("lamp", BODY)

    assert home.asked.count("POST /api/services/automation/reload") == 1


async def test_what_is_stored_and_not_loaded_is_loaded_without_writing_it_again(
    home: FakeHome, door: HomeAssistant
) -> None:
    home.automations["lamp"] = {"id": "lamp", **BODY}

    await door.ensure_loaded("lamp")

    assert "lamp" in home.live
    assert [asked for asked in home.asked if asked.startswith("POST")] == ["POST /api/services/automation/reload"]


async def test_a_reload_that_the_home_refuses_is_no_word_about_our_automation(
    home: FakeHome, door: HomeAssistant
) -> None:
    home.loads_after_write, home.refuses_reload = False, True

    with pytest.raises(Unreachable, match="while parsing"):
        await door.write("lamp", BODY)


async def test_an_orphan_of_the_registry_is_no_automation(home: FakeHome, door: HomeAssistant) -> None:
    orphan = {"id": "gone", "restored": True}
    home.live["gone"] = {"entity_id": "automation.gone", "state": "unavailable", "attributes": orphan}

    assert await door.list_automations() == {}


async def test_an_automation_kept_elsewhere_is_seen_and_not_readable(home: FakeHome, door: HomeAssistant) -> None:
    elsewhere = {"id": "manual", "friendly_name": "By hand"}
    home.live["manual"] = {"entity_id": "automation.by_hand", "state": "off", "attributes": elsewhere}

    live = (await door.list_automations())["manual"]

    assert (live.config, live.enabled, live.alias) == (None, False, "By hand")
    assert "editor does not own" in live.why_unreadable


async def test_ids_are_percent_encoded_on_the_wire(home: FakeHome, door: HomeAssistant) -> None:
    await door.write("a/b é", BODY)

    assert f"POST {CONFIG_PATH}a%2Fb%20%C3%A9" in home.asked


async def test_a_certificate_that_nobody_vouches_for_is_unreachable(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-days", "1", "-nodes", "-newkey", "rsa:2048"]
    subprocess.run(
        ["openssl", "req", "-x509", *subject, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async with (
        serve(_hang_up, "127.0.0.1", 0, ssl=context) as server,
        HomeAssistant(f"https://127.0.0.1:{_port(server)}", "token") as door,
    ):
        with pytest.raises(WrongServerError, match="self-signed certificate"):
            await door.read_states()
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            await door.send_command("auth/current_user")


@pytest.mark.parametrize("words", ["not json", "[1]", '{"type":"auth_required"}'])
async def test_a_websocket_that_talks_nonsense_is_unreachable(words: str) -> None:
    async def nonsense(connection: ServerConnection) -> None:
        await connection.send(words)
        await connection.close()

    async with (
        serve(nonsense, "127.0.0.1", 0) as server,
        HomeAssistant(f"http://127.0.0.1:{_port(server)}", "token") as door,
    ):
        with pytest.raises(Unreachable):
            await door.send_command("config/area_registry/list")


async def test_a_websocket_redirect_is_not_followed(url: str, home: FakeHome) -> None:
    home.instead = (302, {"location": "http://127.0.0.1:1/elsewhere"}, b"")

    async with HomeAssistant(url, "token") as door:
        with pytest.raises(Unreachable, match="302"):
            await door.send_command("auth/current_user")


async def _hang_up(connection: ServerConnection) -> None:
    await connection.close()


def _port(server: Server) -> int:
    return int(next(iter(server.sockets)).getsockname()[1])


async def test_a_home_whose_websocket_is_blocked_is_not_waited_for(home: FakeHome, door: HomeAssistant) -> None:
    source = HomeAssistantHistory(door, pauses=(60.0,))
    now = datetime.now(UTC)

    with pytest.raises(Unreachable, match="WebSocket"):
        await source.read(now - timedelta(days=1), now, Home("UTC"), frozenset({"light.lamp"}))
