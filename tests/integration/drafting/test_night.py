"""A whole night as a process of its own, with a model server beside it that writes down every byte."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from automations.config.yaml import decode
from generator.drafting.privacy.home_names import common_words
from generator.sample.sample_home import write_sample
from tests.builders.serving import serving

ROOT = Path(__file__).parents[3]


@dataclass
class ObligingModel:
    """Words every draft by its own pseudonyms and keeps its conditions, as a good model would."""

    bodies: list[str] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/chat/completions", self.complete, methods=["POST"])])

    async def complete(self, request: Request) -> Response:
        self.bodies.append((await request.body()).decode())
        facts = json.loads(json.loads(self.bodies[-1])["messages"][1]["content"])
        [thing, *_] = facts["draft"]["actions"][-1]["things"]
        said = {
            "alias": f"{thing} as usual",
            "description": f"Does with {thing} what is done by hand.",
            "conditions": [{"kind": "keep", "id": known["id"]} for known in facts["draft"]["conditions"]],
            "mode": "single",
            "leave_out": [],
            "why": "Only the words.",
        }
        if "comment" in facts:
            said |= {"understood": "blue" not in facts["comment"], "shift_minutes": 0, "why": "Renamed it."}
        message = {"role": "assistant", "content": json.dumps(said)}
        usage = {"prompt_tokens": 1100, "completion_tokens": 90}
        return JSONResponse({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage})


@pytest.fixture(scope="module")
def model() -> ObligingModel:
    return ObligingModel()


@pytest.fixture(scope="module")
def environ(model: ObligingModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("night")
    write_sample(folder, date(2026, 11, 23))
    with serving(model.app) as address:
        yield {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATA_DIR": str(folder / "data"),
            "AUTOMATIONS_REPO": str(folder / "automations.git"),
            "HOME_FILE": str(folder / "home.json"),
            "HISTORY_SOURCE": "file",
            "HISTORY_FILE": str(folder / "history.csv.gz"),
            "OPENAI_BASE_URL": f"{address}/v1",
            "PUBLIC_URL": "http://nightshift.lan:3002/",
        }


@pytest.fixture(scope="module")
def report(environ: dict[str, str]) -> dict[str, Any]:
    return night(environ)


def night(environ: dict[str, str]) -> dict[str, Any]:
    done = generator(environ, "run", "--json", "--progress", "none")
    found: dict[str, Any] = json.loads(done)
    return found


def generator(environ: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "generator", *arguments]
    done = subprocess.run(command, env=environ, cwd=home_of(environ), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def home_of(environ: dict[str, str]) -> Path:
    """A folder without the `.env` of whoever runs the tests."""
    return Path(environ["HOME_FILE"]).parent


def git(environ: dict[str, str], *arguments: str) -> str:
    command = ["git", "-C", environ["AUTOMATIONS_REPO"], *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def created(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in report["suggestions"] if row["outcome"] == "created"]


def test_what_is_shown_is_worded_by_the_model_and_says_so(report: dict[str, Any], environ: dict[str, str]) -> None:
    rows = created(report)

    assert len(rows) == 3
    for row in rows:
        commit = git(environ, "log", "-1", "--format=%B", row["branch"])
        assert row["title"].endswith("as usual")
        assert "Drafted-By: model" in commit
        assert "Model: gpt-4o-mini" in commit
        assert "Prompt: draft-1" in commit


def test_only_what_is_shown_tonight_is_asked_about(report: dict[str, Any], model: ObligingModel) -> None:
    assert len(model.bodies) == len(created(report))
    assert any("Behind them are 3 questions" in note for note in report["notes"])


def test_no_request_of_the_night_names_the_home(
    report: dict[str, Any], environ: dict[str, str], model: ObligingModel
) -> None:
    """Every text of the home file but the words that are Home Assistant's own: whole, slugged, split, lower-cased."""
    wire = "\n".join(model.bodies).lower()
    home = json.loads(Path(environ["HOME_FILE"]).read_text())
    names = {home["timezone"], str(home["latitude"]), str(home["longitude"])}
    names |= {str(area[key]) for area in home["areas"] for key in ("area_id", "name")}
    names |= {str(entity[key]) for entity in home["entities"] for key in ("entity_id", "name") if entity[key]}

    pieces = {piece for name in names for piece in re.split(r"[\W_]+", name.lower()) if not piece.isdigit()}
    told = {name for name in names if len(re.split(r"[\W_]+", name)) > 1 and name.lower() in wire}
    slugged = {name for name in names if re.sub(r"\W+", "_", name.lower()) in wire and " " in name}

    assert len(names) > 100
    assert told == set()
    assert slugged == set()
    assert (pieces - common_words()) & set(re.findall(r"[^\W_]+", wire)) == set()


def test_the_receipt_beside_the_suggestion_is_what_was_sent(
    report: dict[str, Any], environ: dict[str, str], model: ObligingModel
) -> None:
    row = created(report)[0]

    receipts = json.loads(git(environ, "show", f"refs/suggestions/{row['habit_id']}:receipts.json"))

    exchange = receipts["exchanges"][0]
    assert exchange["sent"] in model.bodies
    assert json.loads(exchange["received"])["usage"]["prompt_tokens"] == exchange["tokens_in"] == 1100


def test_a_comment_is_redrafted_on_the_branch_without_a_model_where_it_is_simple(
    report: dict[str, Any], environ: dict[str, str], model: ObligingModel
) -> None:
    row, asked = created(report)[1], len(model.bodies)

    said = generator(environ, "redraft", row["branch"], "--comment", "10 minutes later")

    assert "Changed without a model: 10 minutes later." in said
    assert len(model.bodies) == asked
    assert git(environ, "diff", "--stat", f"{row['branch']}~1", row["branch"])


def test_another_comment_goes_to_the_model_without_the_homes_names(
    report: dict[str, Any], environ: dict[str, str], model: ObligingModel
) -> None:
    row = created(report)[2]

    said = generator(environ, "redraft", row["branch"], "--comment", "Alex wants another name in the kitchen")

    comment = json.loads(json.loads(model.bodies[-1])["messages"][1]["content"])["comment"]
    assert re.fullmatch(r"\S+ wants another name in the room_[A-Z]", comment)
    assert "alex" not in comment.lower()
    assert "Renamed it." in said


def test_every_wording_ends_with_the_link_to_its_page(report: dict[str, Any], environ: dict[str, str]) -> None:
    row = created(report)[2]
    link = f"\n\nhttp://nightshift.lan:3002/suggestions/{row['habit_id']}"

    for comment in ("Alex wants another name in the kitchen", "5 minutes later"):
        generator(environ, "redraft", row["branch"], "--comment", comment)
        path = git(environ, "diff", "--name-only", f"main...{row['branch']}").strip()
        config = decode(git(environ, "show", f"{row['branch']}:{path}")).config or {}

        assert config["description"].endswith(link)
        assert config["description"].count("http") == 1


def test_a_comment_that_nobody_can_carry_out_is_told_and_on_record(
    report: dict[str, Any], environ: dict[str, str], model: ObligingModel
) -> None:
    row = created(report)[0]
    command = [sys.executable, "-m", "generator", "redraft", row["branch"], "--comment", "make it blue"]

    done = subprocess.run(command, env=environ, cwd=home_of(environ), capture_output=True, text=True, check=False)

    receipts = json.loads(git(environ, "show", f"refs/suggestions/{row['habit_id']}:receipts.json"))
    assert done.returncode == 1
    assert "Understood without one are" in done.stderr
    assert receipts["exchanges"][-1]["sent"] == model.bodies[-1]


def test_the_same_night_again_asks_nothing_and_moves_nothing(
    report: dict[str, Any], environ: dict[str, str], model: ObligingModel
) -> None:
    asked, before = len(model.bodies), git(environ, "for-each-ref", "refs/heads")

    again = night(environ)

    assert len(model.bodies) == asked
    assert git(environ, "for-each-ref", "refs/heads") == before
    assert created(again) == []


def test_a_dead_server_costs_the_night_little_and_loses_nothing(environ: dict[str, str], tmp_path: Path) -> None:
    elsewhere = {"DATA_DIR": str(tmp_path), "AUTOMATIONS_REPO": str(tmp_path / "automations.git")}

    report = night(environ | elsewhere | {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"})

    assert len(created(report)) == 3
    assert any("cannot be reached" in note for note in report["notes"])
