"""Who is not signed in, sends halves or goes in the middle costs the service nothing that others need."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path

import httpx
import psutil
import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from automations.git.repository import MAIN_REF, Repository
from reviewer_api.web import bounded_protocol
from reviewer_api.web.body_limit import MAX_BYTES_SIGNED_IN, MAX_BYTES_SIGNED_OUT
from reviewer_api.web.bounded_protocol import MAX_CONNECTIONS, MAX_HEAD_BYTES, BoundedProtocol
from tests.builders.lamps import repository_in
from tests.builders.service_process import TOKEN, ServiceProcess
from tests.builders.waiting import until

SIGNED_IN = f"Authorization: Bearer {TOKEN}\r\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return repository_in(tmp_path)


@pytest.fixture
def service(tmp_path: Path, repository: Repository) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path) as made:
        yield made


def connected(service: ServiceProcess) -> socket.socket:
    host, port = service.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def answer_to(service: ServiceProcess, head: str, body: bytes = b"") -> str:
    """The status line of what comes back, though the body may never have been sent whole."""
    with closing(connected(service)) as line:
        line.sendall(head.encode() + b"\r\n" + body)
        return line.recv(4096).split(b"\r\n")[0].decode()


@pytest.mark.parametrize(
    ("path", "signed_in", "limit"),
    [
        ("/api/session", "", MAX_BYTES_SIGNED_OUT),
        ("/nothing", "", MAX_BYTES_SIGNED_OUT),
        ("/api/suggestions/abc/comment", SIGNED_IN, MAX_BYTES_SIGNED_IN),
    ],
)
def test_a_body_that_is_too_large_is_refused_without_being_read(
    service: ServiceProcess, path: str, signed_in: str, limit: int
) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: ns\r\nContent-Type: application/json\r\n{signed_in}"
    chunk = b"%x\r\n%s\r\n" % (limit // 2 + 1, b" " * (limit // 2 + 1))

    by_its_length = answer_to(service, f"{head}Content-Length: 200000000\r\n")
    in_chunks = answer_to(service, f"{head}Transfer-Encoding: chunked\r\n", chunk * 2)

    assert by_its_length == "HTTP/1.1 413 Request Entity Too Large"
    # The page takes no POST, so nobody reads that body at all.
    assert in_chunks == ("HTTP/1.1 405 Method Not Allowed" if path == "/nothing" else by_its_length)


def test_a_body_of_the_size_that_is_allowed_is_read(service: ServiceProcess) -> None:
    body = b'{"token": "' + b"x" * (MAX_BYTES_SIGNED_OUT - 13) + b'"}'

    answer = httpx.post(f"{service.url}/api/session", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in (401, 422)


def test_who_opens_a_thousand_connections_pushes_out_their_own(service: ServiceProcess) -> None:
    with ExitStack() as opened:
        for number in range(MAX_CONNECTIONS + 200):
            line = opened.enter_context(closing(connected(service)))
            if number % 2:
                line.sendall(b"GET /health HTTP/1.1\r\nHost: n")
        answer = httpx.get(f"{service.url}/health", timeout=10)

        assert answer.json()["status"] == "ok"
        assert len(psutil.Process(service.pid).net_connections()) <= MAX_CONNECTIONS + 20
    assert len(service.log.splitlines()) < 100


@asynccontextmanager
async def bounded() -> AsyncIterator[int]:
    """The port of a small application behind the bounded protocol."""
    config = uvicorn.Config(PlainTextResponse("fine"), port=0, http=BoundedProtocol, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def is_ended(port: int, head: bytes) -> bool:
    """Whether a connection that sends this and then waits is closed without an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(head)
        return await asyncio.wait_for(reader.read(), 10) == b""
    except ConnectionResetError:
        return True
    finally:
        writer.close()


async def test_a_head_that_does_not_come_in_time_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_protocol, "HEAD_SECONDS", 0.3)
    async with bounded() as port:
        assert await is_ended(port, b"GET / HTTP/1.1\r\nHost: n")


async def test_a_head_without_end_ends_the_connection() -> None:
    head = b"GET / HTTP/1.1\r\n" + b"X-More: 0123456789\r\n" * (MAX_HEAD_BYTES // 10)

    async with bounded() as port:
        assert await is_ended(port, head)


async def test_a_connection_may_be_used_again_and_again() -> None:
    async with bounded() as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answers = [(await client.get("/")).text for _ in range(3)]

    assert answers == ["fine"] * 3


def test_who_goes_in_the_middle_of_a_clone_leaves_no_process(service: ServiceProcess, repository: Repository) -> None:
    main = repository.main_commit()
    blob = repository.write_blobs([os.urandom(24 * 2**20)])[0]
    tree = repository.write_tree_from_blobs(main, {"large.bin": blob})
    large = subprocess_commit(repository, tree, main)
    basic = base64.b64encode(f"anna:{TOKEN}".encode()).decode()
    body = packet(f"want {large}\n") + b"0000" + packet("done\n")
    head = (
        "POST /git/automations.git/git-upload-pack HTTP/1.1\r\nHost: ns\r\n"
        f"Authorization: Basic {basic}\r\nContent-Type: application/x-git-upload-pack-request\r\n"
        f"Content-Length: {len(body)}\r\n"
    )

    assert answer_to(service, head, body) == "HTTP/1.1 200 OK"

    service.until(lambda: git_processes(service) == [], "git waits for a reader who has gone", 20)


def packet(text: str) -> bytes:
    return f"{len(text) + 4:04x}{text}".encode()


def subprocess_commit(repository: Repository, tree: str, parent: str) -> str:
    who = ["-c", "user.name=Anna", "-c", "user.email=anna@example.org"]
    commit = repository.git(*who, "commit-tree", tree, "-p", parent, "-m", "A large file").decode().strip()
    repository.git("update-ref", MAIN_REF, commit, parent)
    return commit


def git_processes(service: ServiceProcess) -> list[str]:
    children = psutil.Process(service.pid).children(recursive=True)
    return [child.name() for child in children if child.status() != psutil.STATUS_ZOMBIE and "upload" in child.name()]
