"""The very nginx files of the frontend, run by a real nginx before the real service."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from reviewer_api.web.headers import HeadersMiddleware
from tests.builders.loopback import free_port
from tests.builders.service import TOKEN, served

FILES = Path(__file__).parents[3] / "infrastructure" / "nginx"
TIMES_OUT_SECONDS = 10


@contextmanager
def nginx(folder: Path, service: str) -> Iterator[str]:
    """nginx with our files; only place.conf, which names port, folder and service, is the test's own."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if program is None:
        pytest.fail("nginx is not installed; run `apt-get install nginx-light` (or `make test`, which does it).")
    port, own = free_port(), folder / "nginx"
    shutil.copytree(FILES, own)
    shutil.copy("/etc/nginx/mime.types", own)
    (own / "place.conf").write_text(f"listen 127.0.0.1:{port};\nroot {folder / 'html'};\nset $service {service};\n")
    command = [program, "-p", str(own), "-c", str(own / "nginx.conf"), "-g", "daemon off; user root;"]
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/", process, folder / "nginx.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + TIMES_OUT_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx.get(url, timeout=1)
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    pytest.fail(f"nginx did not start:\n{log.read_text()}")


@pytest.fixture
def html(tmp_path: Path) -> Path:
    folder = tmp_path / "html"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<html><head></head>the page</html>")
    (folder / "assets" / "app-1a2b.js").write_text("export {}")
    return folder


@pytest.fixture
def frontend(tmp_path: Path, html: Path) -> Iterator[httpx.Client]:
    with (
        served(tmp_path, SIGN_IN_RATE_LIMIT="3/hour") as (address, _),
        nginx(tmp_path, address) as url,
        httpx.Client(base_url=url) as client,
    ):
        yield client


def test_the_frontend_serves_the_page_and_passes_the_api_on(frontend: httpx.Client) -> None:
    assert "the page" in frontend.get("/suggestions/abc").text
    assert "immutable" in frontend.get("/assets/app-1a2b.js").headers["cache-control"]
    assert frontend.get("/assets/gone.js").status_code == 404
    assert frontend.get("/health").json()["status"] == "ok"
    assert frontend.get("/api/runs").status_code == 401


def test_one_signs_in_and_changes_things_through_the_frontend(frontend: httpx.Client) -> None:
    session = frontend.post("/api/session", json={"secret": TOKEN}).json()
    origin = str(frontend.base_url).rstrip("/")

    answer = frontend.put(
        "/api/status/pause", json={"paused": True}, headers={"X-CSRF-Token": session["csrf"], "Origin": origin}
    )

    assert answer.status_code == 200


def test_the_page_has_the_headers_that_the_service_would_send(frontend: httpx.Client) -> None:
    page, api = frontend.get("/").headers, frontend.get("/health").headers

    for name in HeadersMiddleware(lambda *_: None, framed=False).headers:
        assert page.get_list(name) == api.get_list(name) != []


def test_the_metrics_stay_inside(frontend: httpx.Client) -> None:
    assert "nightshift_requests" not in frontend.get("/metrics").text


def test_nobody_gets_around_the_limit_by_claiming_another_address(frontend: httpx.Client) -> None:
    statuses = [
        frontend.post(
            "/api/session", json={"secret": "a-guess-at-the-token"}, headers={"X-Forwarded-For": f"10.0.0.{number}"}
        ).status_code
        for number in range(4)
    ]

    assert statuses == [401, 401, 401, 429]


def test_the_page_is_there_while_the_service_is_not(tmp_path: Path, html: Path) -> None:
    with nginx(tmp_path, f"http://127.0.0.1:{free_port()}") as url:
        assert httpx.get(f"{url}/").status_code == 200
        assert httpx.get(f"{url}/api/runs").status_code == 502
