"""The page behind a path: of nginx with five hundred suggestions, and of Home Assistant's ingress."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.builders.loopback import free_port
from tests.e2e.page.browsing import DESK, Opener, go, signed_in
from tests.e2e.page.crowd import crowd
from tests.e2e.page.served import Served, served

pytestmark = pytest.mark.e2e
MANY = 500
INGRESS = "/api/hassio_ingress/a_token-1"
NGINX = """
daemon off; user root; worker_processes 1; pid {folder}/nginx.pid; error_log stderr warn;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location {place}/ {{
      proxy_pass {target}; proxy_http_version 1.1; proxy_set_header Host $http_host; {headers}
    }}
  }}
}}
"""


@contextmanager
def nginx(folder: Path, place: str, target: str, headers: str = "") -> Iterator[str]:
    """A real nginx that has the page under `place`, and nothing else."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert program, "nginx is not installed; run `apt-get install nginx-light` (or `make test`, which does it)"
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, place=place, target=target, headers=headers))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(config)])
    try:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}{place}/"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Served]:
    """Behind nginx under a path: a folder that is the home, and five hundred suggestions."""
    crowd(tmp_path, MANY)
    with (
        served(tmp_path, BASE_PATH="/nightshift", HISTORY_SOURCE="home-assistant", HISTORY_FILE="") as direct,
        nginx(tmp_path, "/nightshift", direct.url.rstrip("/")) as url,
    ):
        yield Served(url, tmp_path)


def test_five_hundred_suggestions_are_paged_and_searched_behind_a_path(crowded: Served, opened: Opener) -> None:
    page = signed_in(opened(DESK), crowded.url)
    rows = page.locator("a[data-row]")

    expect(page.get_by_text(f"1 to 50 of {MANY}")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text(f"51 to 100 of {MANY}")).to_be_visible()
    expect(rows).to_have_count(50)
    page.get_by_role("searchbox").fill("habit 499")
    expect(rows).to_have_count(1)
    assert page.url.startswith(crowded.url)

    rows.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Habit 499 at 06:42")
    _every_address_is_under(page, crowded.url)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Habit 499 at 06:42")


def test_behind_home_assistants_ingress_the_supervisor_has_signed_the_person_in(
    site: Served, opened: Opener, tmp_path: Path
) -> None:
    names = "X-Remote-User-Id somebody; proxy_set_header X-Remote-User-Display-Name Anna"
    headers = f"proxy_set_header X-Ingress-Path {INGRESS}; proxy_set_header {names};"
    with nginx(tmp_path, INGRESS, site.url, headers) as url:
        page = opened(DESK).new_page()
        go(page, f"{url}patterns")

        expect(page.get_by_text(re.compile("Anna, may only look"))).to_be_visible()
        page.get_by_role("link", name="Suggestions").first.click()
        page.locator("a[data-row]").first.click()
        expect(page.get_by_text("You may look; an administrator of the home decides.")).to_be_visible()
        _every_address_is_under(page, url)


def _every_address_is_under(page: Page, url: str) -> None:
    """Scripts, styles, fonts and answers."""
    asked = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert asked
    assert [address for address in asked if not address.startswith(url)] == []
    assert page.url.startswith(url)
