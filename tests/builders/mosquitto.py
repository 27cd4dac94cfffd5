"""A real Mosquitto that a test can stop, kill and start again on the same port."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.builders.loopback import free_port


class Mosquitto:
    """Runs with `config` lines of its own, or else open to everybody on 127.0.0.1."""

    def __init__(self, folder: Path, config: str = "", port: int | None = None) -> None:
        self.port = port or free_port()
        self._config = folder / "mosquitto-own.conf"
        self._config.write_text(config or f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
        self._log = folder / "mosquitto-own.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if program is None:
            pytest.fail("Mosquitto is not installed; run `apt-get install mosquitto` (or `make test`, which does it).")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-c", self._config], cwd=self._config.parent, stdout=log, stderr=log
            )
        end = time.monotonic() + 10
        while time.monotonic() < end and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        pytest.fail(f"Mosquitto did not start:\n{self._log.read_text()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process:
            self._process.send_signal(how)
            self._process.wait(10)
            self._process = None

    def kill(self) -> None:
        """As a power cut would."""
        self.stop(signal.SIGKILL)
