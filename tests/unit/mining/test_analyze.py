from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from automations.cli.errors import run_cli
from generator.cli.main import app
from schemas.home import document_from_home
from tests.homes import rows_from
from tests.unit.mining.small import daily, events_of, home_of

LAMP = "light.xq"


@pytest.fixture
def home(tmp_path: Path) -> tuple[Path, Path]:
    rows = ["time,entity_id,state,cause", *(",".join(row) for row in rows_from(events_of(daily(LAMP, 7))))]
    (tmp_path / "history.csv").write_text("\n".join(rows))
    (tmp_path / "home.json").write_text(json.dumps(document_from_home(home_of(LAMP))))
    return tmp_path / "history.csv", tmp_path / "home.json"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["generator", "analyze", *arguments])
    with pytest.raises(SystemExit) as ended:
        run_cli(lambda: app)
    return int(ended.value.code or 0)


def test_json_is_one_document_with_all_its_parts(
    home: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(monkeypatch, "--history", str(home[0]), "--home", str(home[1]), "--json")

    report = json.loads(capsys.readouterr().out)
    assert code == 0
    assert {"window", "events", "patterns", "anomalies", "skipped", "timings", "peak_rss_mb"} <= set(report)
    (pattern,) = report["patterns"]
    assert set(pattern) >= {"habit_id", "kind", "title", "evidence", "automation"}
    assert pattern["automation"]["triggers"][0]["trigger"] == "time"
    assert pattern["automation"]["id"] == f"nightshift_{pattern['habit_id']}"


def test_without_json_it_speaks_english(
    home: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "--history", str(home[0]), "--home", str(home[1]))

    assert "Turn on Xq at 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (["--since", "lately"], 2, "is no number of days"),
        (["--history", "nowhere.csv"], 1, "does not exist"),
        (["--home", "nowhere.json"], 1, "does not exist"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_an_exit_code(
    home: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: list[str],
    code: int,
    says: str,
) -> None:
    ended = run(monkeypatch, "--history", str(home[0]), "--home", str(home[1]), *change)

    assert ended == code
    assert says in capsys.readouterr().err
