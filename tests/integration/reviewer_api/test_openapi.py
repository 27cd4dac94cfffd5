"""Every operation of the OpenAPI document, asked with whatever schemathesis thinks of: no 500, every answer as told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from automations.git.ledger import read_latest_entries
from automations.git.repository import Repository
from generator.sample.sample_home import write_sample
from reviewer_api.app import create_api
from reviewer_api.web.openapi import PUBLIC_OPERATIONS, openapi_document
from tests.builders.sample_night import night_on
from tests.builders.service import TOKEN, served

schema = schemathesis.openapi.from_dict(openapi_document(create_api()))
SIGN_IN = ("/api/session", "/api/sign-in/")
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@dataclass(frozen=True)
class Asked:
    """Where the service answers, and what is really there to be asked about."""

    address: str
    habit_ids: tuple[str, ...]
    session: dict[str, Any]
    """Cookie and header of somebody who is signed in."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("service")
    write_sample(folder, date(2026, 3, 1))
    asyncio.run(night_on(folder, folder))
    habits = tuple(read_latest_entries(Repository(folder / "automations.git")))
    often = {"RATE_LIMIT": "1000000/minute", "SIGN_IN_RATE_LIMIT": "1000000/minute"}
    with served(folder, HOME_FILE=str(folder / "home.json"), **often) as (address, _):
        signed_in = httpx.post(f"{address}/api/session", json={"secret": TOKEN})
        csrf = {"X-CSRF-Token": signed_in.json()["csrf"]}
        yield Asked(address, habits, {"headers": csrf, "cookies": dict(signed_in.cookies)})


thorough = partial(
    settings,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schema.parametrize()
@thorough(max_examples=10)
def test_every_answer_is_as_the_document_says(case: schemathesis.Case, service: Asked) -> None:
    # Made-up ids are all unknown, so every second question is about a suggestion that is there.
    number = len(str(case.body)) + len(str(case.query))
    if "habit_id" in case.path_parameters and number % 2:
        case.path_parameters["habit_id"] = service.habit_ids[number % len(service.habit_ids)]

    # Signed in as the page is; only signing out is asked by token, since it would end the session of all that follow.
    ends = (case.method.upper(), case.path) == ("DELETE", "/api/session")
    signed_in = {"headers": {"Authorization": f"Bearer {TOKEN}"}} if ends else service.session
    case.headers.pop("Authorization", None)
    answer = case.call(base_url=service.address, **signed_in)

    assert answer.status_code != 401 or case.path.startswith(SIGN_IN)
    case.validate_response(answer, checks=list(CHECKS))


@schema.parametrize()
@thorough(max_examples=5)
def test_whatever_is_asked_a_stranger_is_told_nothing(case: schemathesis.Case, service: Asked) -> None:
    answer = case.call(base_url=service.address)

    open_to_all = (case.path, case.method.lower()) in PUBLIC_OPERATIONS or case.path.startswith("/api/sign-in/")
    # An id of dots leads out of the API, to the page, which tells nothing either.
    in_api = urlsplit(str(answer.request.url)).path.startswith("/api/")
    if in_api and not open_to_all:
        assert (answer.status_code, set(answer.json())) == (401, {"detail"})
