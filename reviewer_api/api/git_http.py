"""The repository over HTTP, for people whose git cannot reach its folder: `git http-backend` behind the sign-in.

`git clone http://anyone@host:8011/git/automations.git`, with the local token as the password.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Final, cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from starlette.requests import ClientDisconnect

from automations.git.plumbing.environment import NO_MACHINE_CONFIG, OBJECTS_AS_THEY_ARE
from automations.git.push_rules import SETTINGS as PUSH_SETTINGS
from automations.git.repository import Repository
from reviewer_api.api.services import RepositoryDep
from reviewer_api.auth.caller import CallerDep
from reviewer_api.web.body_limit import MAX_BYTES_OF_PUSH
from schemas.errors import NightshiftError

router = APIRouter(prefix="/git", include_in_schema=False)
REPOSITORY_NAME: Final = "automations.git"
CHUNK_BYTES: Final = 2**16
END_SECONDS: Final = 2.0
"""How long git may take to end after its last byte."""


@router.api_route("/{path:path}", methods=["GET", "POST"])
async def git(path: str, request: Request, repository: RepositoryDep, caller: CallerDep) -> Response:
    """Clone, fetch and push; what is pushed to main is deployed within seconds."""
    if caller.role != "approver":
        return PlainTextResponse("Only an administrator of the home may reach the repository.\n", 403)
    repository_path = path.removeprefix(REPOSITORY_NAME).lstrip("/")
    if "\0" in repository_path:
        return PlainTextResponse("There is no such file in a repository.\n", 404)
    process = await asyncio.create_subprocess_exec(
        "git",
        "http-backend",
        env=_environment(repository, request, repository_path, caller.name),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    to_git, from_git = cast(asyncio.StreamWriter, process.stdin), cast(asyncio.StreamReader, process.stdout)
    body_task = asyncio.create_task(_send_body(to_git, request))
    try:
        headers = await _read_headers(from_git)
    except asyncio.IncompleteReadError:
        raise NightshiftError("git http-backend gave no answer; is git installed whole?") from None
    status = int(headers.pop("status", "200").split()[0])
    return StreamingResponse(_stream_chunks(process, from_git, body_task), status, headers)


def _environment(repository: Repository, request: Request, path: str, user: str) -> dict[str, str]:
    settings = [
        ("http.receivepack", "true"),
        ("receive.maxInputSize", str(MAX_BYTES_OF_PUSH)),
        ("safe.directory", "*"),  # it serves this one repository, whoever owns its folder
        *((key, value) for key, values in PUSH_SETTINGS.items() for value in values),
    ]
    numbered = {f"GIT_CONFIG_KEY_{n}": key for n, (key, _) in enumerate(settings)}
    values = {f"GIT_CONFIG_VALUE_{n}": value for n, (_, value) in enumerate(settings)}
    return {
        **OBJECTS_AS_THEY_ARE,
        **NO_MACHINE_CONFIG,
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_PROJECT_ROOT": str(repository.path),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{path}",
        "QUERY_STRING": request.url.query,
        "REQUEST_METHOD": request.method,
        "REMOTE_USER": user,
        "REMOTE_ADDR": request.client.host if request.client else "",
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
        "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
        "GIT_CONFIG_COUNT": str(len(settings)),
        **numbered,
        **values,
    }


async def _send_body(to_git: asyncio.StreamWriter, request: Request) -> None:
    """Send the body to git in chunks; a git that stops reading gives its reason in its response."""
    try:
        async for chunk in request.stream():
            to_git.write(chunk)
            await to_git.drain()
    except (ConnectionError, ClientDisconnect):
        return
    finally:
        to_git.close()


async def _read_headers(out: asyncio.StreamReader) -> dict[str, str]:
    head = (await out.readuntil(b"\r\n\r\n")).decode("latin-1")
    rows: Mapping[str, str] = dict(line.split(": ", 1) for line in head.strip().splitlines())
    return {name.lower(): value for name, value in rows.items()}


async def _stream_chunks(
    process: asyncio.subprocess.Process, from_git: asyncio.StreamReader, body_task: asyncio.Task[None]
) -> AsyncIterator[bytes]:
    try:
        while chunk := await from_git.read(CHUNK_BYTES):
            yield chunk
        await asyncio.wait_for(process.wait(), END_SECONDS)
    finally:
        # Whoever asked may have gone in the middle: then git and its children wait for ever for somebody to read.
        # Nothing can be awaited here any more, since this task is cancelled; asyncio reaps the process.
        body_task.cancel()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
