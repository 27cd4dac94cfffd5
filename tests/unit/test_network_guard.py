"""The net that keeps the tests on this machine."""

from __future__ import annotations

import socket

import pytest

from tests.builders.loopback import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", ""])
def test_this_machine_is_reached(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["192.168.1.2", "10.0.0.1", "2001:db8::1", "example.org", "localhost.example"])
def test_no_other_machine_is(host: str) -> None:
    assert not is_loopback(host)


def test_names_of_other_machines_are_not_even_looked_up() -> None:
    with pytest.raises(socket.gaierror, match="only localhost"):
        socket.create_connection(("example.org", 80))
