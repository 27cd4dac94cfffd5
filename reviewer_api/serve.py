"""Serving: one process, one port, one link that signs in."""

from __future__ import annotations

import socket
from contextlib import closing

import uvicorn

from reviewer_api.app import create_app
from reviewer_api.auth.sign_in_link import new_link
from reviewer_api.build import built
from reviewer_api.web.logs import set_up_logs
from schemas.errors import InputError
from schemas.settings import SECRETS, Settings


async def serve(settings: Settings) -> None:
    """Serve until a signal; InputError where the port is taken or a setting cannot be used."""
    with closing(_listening(settings.HOST, settings.PORT)) as listening:
        set_up_logs(settings.LOG_FORMAT, settings.DATA_DIR / "logs", _secrets(settings))
        async with built(settings) as parts:
            config = uvicorn.Config(
                create_app(parts),
                log_config=None,
                access_log=False,
                server_header=False,
                forwarded_allow_ips=list(settings.TRUSTED_PROXIES),
                # A browser that follows a run must not keep the service from stopping.
                timeout_graceful_shutdown=5,
            )
            # On standard output and not in the log: whoever started us may come in, once, within the hour.
            port = listening.getsockname()[1]
            print(f"Nightshift: {await new_link(settings, parts.diary, port)}", flush=True)
            await uvicorn.Server(config).serve(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    # Said to be TCP by name: else asyncio leaves Nagle's delay on, and small answers wait 40 ms for it.
    listening = socket.socket(
        socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(256)
    except OSError as error:
        listening.close()
        raise InputError(
            f"Port {port} on {host} cannot be used ({error.strerror});"
            " is Nightshift running already? --port chooses another."
        ) from None
    return listening


def _secrets(settings: Settings) -> list[str]:
    chosen = [getattr(settings, name) for name in SECRETS]
    return [secret.get_secret_value() for secret in chosen if secret and secret.get_secret_value()]
