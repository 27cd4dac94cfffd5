"""The page: files where there are files, the document everywhere else, and strict headers on all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from reviewer_api.app import create_app
from reviewer_api.build import services_from_settings
from reviewer_api.web.static_files import StaticFiles
from tests.builders.service import TOKEN, settings_in


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><html><head><title>Nightshift</title></head></html>")
    (folder / "assets" / "app-1a2b.js").write_text("export {}")
    (folder / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("not for the page")
    return folder


@pytest.fixture
async def client(tmp_path: Path, static: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with services_from_settings(settings_in(tmp_path)) as parts:
        transport = httpx.ASGITransport(create_app(replace(parts, static_files=StaticFiles(static))))
        async with httpx.AsyncClient(transport=transport, base_url="http://ns") as made:
            yield made


async def test_every_address_of_the_page_is_the_document(client: httpx.AsyncClient) -> None:
    for path in ("/", "/suggestions/abc", "/index.html"):
        answer = await client.get(path)

        assert '<base href="/">' in answer.text
        assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/api/nothing", 404, None),
        ("POST", "/api/suggestions/abc/nothing", 404, None),
        ("GET", "/api/suggestions/abc/approve", 405, "POST"),
        ("DELETE", "/api/status", 405, "GET"),
    ],
)
async def test_no_address_of_the_api_is_the_document(
    client: httpx.AsyncClient, method: str, path: str, status: int, allow: str | None
) -> None:
    answer = await client.request(method, path, headers={"Authorization": f"Bearer {TOKEN}"})

    assert (answer.status_code, answer.headers.get("allow")) == (status, allow)
    assert path in answer.json()["detail"]


async def test_built_files_are_kept_by_the_browser_for_good(client: httpx.AsyncClient) -> None:
    answer = await client.get("/assets/app-1a2b.js")

    assert "javascript" in answer.headers["content-type"]
    assert "immutable" in answer.headers["cache-control"]


async def test_a_missing_file_is_no_document(client: httpx.AsyncClient) -> None:
    assert (await client.get("/assets/gone.js")).status_code == 404


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/a%00b"])
async def test_nothing_outside_the_folder_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert "not for the page" not in (await client.get(path)).text


async def test_the_browser_is_told_what_to_refuse(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/")).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src 'self';" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"


async def test_behind_a_path_the_document_knows_its_base(tmp_path: Path, static: Path) -> None:
    async with services_from_settings(settings_in(tmp_path, BASE_PATH="/nightshift")) as parts:
        transport = httpx.ASGITransport(create_app(replace(parts, static_files=StaticFiles(static))))
        async with httpx.AsyncClient(transport=transport, base_url="http://ns") as client:
            stripped = await client.get("/")
            whole = await client.get("/nightshift/api/runs")

    assert '<base href="/nightshift/">' in stripped.text
    assert whole.status_code == 401


async def test_without_a_built_page_the_service_says_how_to_build_it(tmp_path: Path) -> None:
    async with services_from_settings(settings_in(tmp_path)) as parts:
        transport = httpx.ASGITransport(create_app(replace(parts, static_files=StaticFiles(tmp_path / "nothing"))))
        async with httpx.AsyncClient(transport=transport, base_url="http://ns") as client:
            assert "make page" in (await client.get("/")).text
