"""`python -m reviewer_api`: serve the review; `link` makes a new sign-in link.

argparse rather than typer: this process stays for years on a small box, and a command line library with it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from schemas.errors import NightshiftError
from schemas.settings import Settings, load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        settings = _with_flags(load_settings(), asked)
        asyncio.run(_command(settings, asked))
    except NightshiftError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reviewer_api", description="Review what the night found.")
    parser.add_argument("--host", help="address to listen on (HOST)")
    parser.add_argument("--port", type=int, help="port to listen on, 0 for any free one (PORT)")
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("link", help="print a new link that signs in once")
    commands.add_parser("openapi", help="print the OpenAPI document")
    return parser


def _with_flags(settings: Settings, asked: argparse.Namespace) -> Settings:
    flags = {"HOST": asked.host, "PORT": asked.port}
    return settings.model_copy(update={name: value for name, value in flags.items() if value is not None})


async def _command(settings: Settings, asked: argparse.Namespace) -> None:
    # Imported when asked for: a command pays only for what it needs.
    match asked.command:
        case "link":
            from reviewer_api.build import opened_diary
            from reviewer_api.link import new_link

            async with opened_diary(settings) as diary:
                print(await new_link(settings, diary, settings.PORT))
        case "openapi":
            from reviewer_api.app import create_api
            from reviewer_api.openapi import document

            print(json.dumps(document(create_api()), indent=2))
        case _:
            from reviewer_api.serve import serve

            await serve(settings)


if __name__ == "__main__":
    sys.exit(main())
