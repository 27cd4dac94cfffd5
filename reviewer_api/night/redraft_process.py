"""Runs a redraft in a child process: the service itself never loads what drafting needs."""

from __future__ import annotations

import asyncio
import sys

from schemas.errors import InputError, Unreachable

TIMEOUT_SECONDS = 90.0
"""A model has 30 seconds an answer and two repairs."""


async def redraft(branch: str, comment: str, author: str) -> None:
    """Run the generator's redraft on one branch.

    Raises InputError with its error output where it failed, Unreachable where it took too long.
    """
    command = (sys.executable, "-m", "generator", "redraft", branch, "--comment", comment, "--author", author)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        _, error_output = await asyncio.wait_for(process.communicate(), TIMEOUT_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise Unreachable(f"No new draft came within {TIMEOUT_SECONDS:.0f} seconds; the old one stands.") from None
    if process.returncode:
        raise InputError(error_output.decode(errors="replace").strip() or "The draft could not be changed.")
