"""`python -m reviewer_api`: serve the review; other commands maintain its data.

argparse rather than typer: this process stays for years on a small box, and a command line library with it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from automations.open.settings import load_settings
from schemas.errors import NightshiftError
from schemas.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    try:
        settings = _apply_flags(load_settings(), args)
        return asyncio.run(_run_command(settings, args))
    except NightshiftError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reviewer_api", description="Review what the night found.")
    parser.add_argument("--host", help="address to listen on (HOST)")
    parser.add_argument("--port", type=int, help="port to listen on, 0 for any free one (PORT)")
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("link", help="print a new link that signs in once")
    commands.add_parser("sign-out", help="end every session")
    commands.add_parser("reindex", help="make the diary's board anew from git")
    commands.add_parser("doctor", help="look at home, broker, model, repository and disk, and say how to mend")
    commands.add_parser("backup", help="write repository and settings to a file").add_argument("file", type=Path)
    commands.add_parser("restore", help="make the repository from such a file").add_argument("file", type=Path)
    commands.add_parser("openapi", help="print the OpenAPI document")
    return parser


def _apply_flags(settings: Settings, args: argparse.Namespace) -> Settings:
    flags = {"HOST": args.host, "PORT": args.port}
    return settings.model_copy(update={name: value for name, value in flags.items() if value is not None})


async def _run_command(settings: Settings, args: argparse.Namespace) -> int:
    # Imported where it is used: a command loads only what it needs.
    if args.command is None:
        # httpx and structlog load these where they are installed: 4 MB for a command line and colours, not used here.
        for name in ("rich", "pygments"):
            sys.modules.setdefault(name, None)  # type: ignore[arg-type]
        from reviewer_api.serve import serve

        await serve(settings)
        return 0
    from reviewer_api import commands

    match args.command:
        case "backup":
            return commands.backup(settings, args.file)
        case "restore":
            return commands.restore(settings, args.file)
        case "openapi":
            return commands.openapi()
        case "doctor":
            return await commands.doctor(settings)
        case "reindex":
            return await commands.reindex(settings)
        case "sign-out":
            return await commands.sign_out(settings)
        case _:
            return await commands.link(settings)


if __name__ == "__main__":
    sys.exit(main())
