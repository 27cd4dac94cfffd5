"""Serving: one process, one port, one link that signs in."""

from __future__ import annotations

import socket
from contextlib import closing

import uvicorn

from reviewer_api.app import create_app
from reviewer_api.auth.sign_in_link import create_sign_in_link
from reviewer_api.build import services_from_settings
from reviewer_api.web.bounded_protocol import BoundedProtocol
from reviewer_api.web.logs import configure_logging
from schemas.errors import InputError
from schemas.secrets import Secrets
from schemas.settings import Settings


async def serve(settings: Settings) -> None:
    """Serve until a signal; InputError where the port is taken or a setting cannot be used."""
    with closing(_listen(settings.HOST, settings.PORT)) as listener:
        configure_logging(settings.LOG_FORMAT, settings.DATA_DIR / "logs", Secrets.of(settings).values)
        async with services_from_settings(settings) as services:
            config = uvicorn.Config(
                create_app(services),
                http=BoundedProtocol,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # read by the application, which also looks at the peer itself
                # A browser that follows a run must not keep the service from stopping.
                timeout_graceful_shutdown=5,
            )
            # On standard output and not in the log: whoever started the service may sign in, once, within the hour.
            port = listener.getsockname()[1]
            link = await create_sign_in_link(services.address, services.diary.one_time_tokens, port)
            print(f"Nightshift: {link}", flush=True)
            await uvicorn.Server(config).serve(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    # TCP is named explicitly: else asyncio leaves Nagle's delay on, and small responses wait 40 ms for it.
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        raise InputError(
            f"Port {port} on {host} cannot be used ({error.strerror});"
            " is Nightshift running already? --port chooses another."
        ) from None
    return listener
