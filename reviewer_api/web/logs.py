"""Log lines: for people on the terminal, or JSON; also in files that rotate at 40 MB in all; never with a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Literal

import structlog

from reviewer_api.web.log_flood import FloodFilter
from schemas.secrets import Secrets

FILE_BYTES = 8 * 1024**2
BACKUP_FILES = 4
QUIET_LOGGERS = ("httpx", "httpcore", "apscheduler", "websockets", "git", "uvicorn.access")


class LineFormatter(structlog.stdlib.ProcessorFormatter):
    """One line with its fields; what is in `secrets` is redacted, whoever logged it."""

    def __init__(self, style: Literal["console", "json"], secrets: Sequence[str], colours: bool = False) -> None:
        plain_traceback = structlog.dev.plain_traceback
        processors: list[structlog.typing.Processor] = [self.remove_processors_meta, _drop_uvicorn_colours]
        if style == "json":
            processors += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        else:
            processors.append(structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain_traceback))
        super().__init__(
            processors=processors,
            foreign_pre_chain=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
            ],
        )
        self._secrets = Secrets(secrets)

    def format(self, record: logging.LogRecord) -> str:
        return self._secrets.strike(super().format(record))


def _drop_uvicorn_colours(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Uvicorn adds each message a second time, with colour codes for a terminal."""
    event.pop("color_message", None)
    return event


def configure_logging(style: Literal["console", "json"], folder: Path, secrets: Sequence[str]) -> None:
    """Log to standard error and to files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setFormatter(LineFormatter(style, secrets, sys.stderr.isatty()))
    files = RotatingFileHandler(
        folder / "nightshift.log", maxBytes=FILE_BYTES, backupCount=BACKUP_FILES, encoding="utf-8"
    )
    files.setFormatter(LineFormatter("json", secrets))
    for handler in (terminal, files):
        handler.addFilter(FloodFilter())
    logging.basicConfig(level=logging.INFO, handlers=[terminal, files], force=True)
    for noisy in QUIET_LOGGERS:
        logging.getLogger(noisy).setLevel(logging.WARNING)
