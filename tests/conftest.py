"""What all tests share: a net that keeps every connection on this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.builders.loopback import is_loopback


def pytest_configure() -> None:
    """No test asks a model by accident, nor does a process that it starts with a key that happens to lie around."""
    for name in ("OPENAI_API_KEY", "OPENAI_API_KEY_FILE", "OPENAI_BASE_URL"):
        os.environ.pop(name, None)
    os.environ["LLM"] = "off"
    # How long an example takes is the machine's business, not the test's.
    settings.register_profile("nightshift", settings(), deadline=None)
    settings.load_profile("nightshift")


def _is_local(sock: socket.socket, address: Any) -> bool:
    return sock.family not in (socket.AF_INET, socket.AF_INET6) or is_loopback(address[0])


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that tries to reach another machine fails, even where the code under test swallows the error."""
    strays: list[object] = []
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not _is_local(self, address):
            strays.append(address)
            raise OSError(f"tests reach only this machine, not {address}")
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if not _is_local(self, address):
            strays.append(address)
            raise OSError(f"tests reach only this machine, not {address}")
        return connect_ex(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if not is_loopback(name) and not _is_address(name):
            raise socket.gaierror(socket.EAI_NONAME, f"tests resolve only localhost, not {name}")
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)
    yield
    assert not strays, f"the test tried to reach {strays}; only loopback is allowed"


def _is_address(name: object) -> bool:
    try:
        ipaddress.ip_address(str(name).split("%")[0])
    except ValueError:
        return False
    return True
