"""Log lines are readable, bounded, and never tell a secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer_api.web.logs import BACKUP_FILES, FILE_BYTES, configure_logging

CANARY = "canary-3f9a-token"


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:], root.level = handlers, level


def lines_of(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "nightshift.log").read_text().splitlines()]


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_secret_is_struck_out_wherever_it_was_logged(
    style: str, tmp_path: Path, root_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("json" if style == "json" else "console", tmp_path, [CANARY])

    log = logging.getLogger("somebody")
    log.warning("the token is %s", CANARY, extra={"header": f"Bearer {CANARY}"})
    try:
        raise ValueError(CANARY)
    except ValueError:
        log.exception("it failed")

    said = capsys.readouterr().err + (tmp_path / "nightshift.log").read_text()
    assert CANARY not in said
    assert said.count("[secret]") >= 6


def test_the_file_holds_one_json_object_a_line(tmp_path: Path, root_logger: logging.Logger) -> None:
    configure_logging("console", tmp_path, [])

    logging.getLogger("reviewer_api").info("a run ended", extra={"outcome": "done", "why": "two\nlines"})

    (line,) = lines_of(tmp_path)
    assert (line["event"], line["outcome"], line["level"], line["logger"]) == (
        "a run ended",
        "done",
        "info",
        "reviewer_api",
    )


def test_a_line_is_not_said_a_second_time_in_colours(tmp_path: Path, root_logger: logging.Logger) -> None:
    configure_logging("console", tmp_path, [])

    logging.getLogger("somebody").info("Started", extra={"color_message": "\x1b[36mStarted\x1b[0m"})

    (line,) = lines_of(tmp_path)
    assert line["event"] == "Started"
    assert "color_message" not in line


def test_all_log_files_together_stay_under_fifty_megabytes() -> None:
    assert FILE_BYTES * (BACKUP_FILES + 1) <= 50 * 1024**2
