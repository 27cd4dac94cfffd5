"""Requests that the API describes, with whatever in them that a stranger could send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from reviewer_api.app import create_api
from reviewer_api.web.openapi import openapi_document
from tests.builders.lamps import habit_id

ODD_TEXTS = (
    "",
    "\0",
    "a\nb",
    "..",
    "-x",
    "%",
    "ü" * 200,
    "a" * 300,
    "a/" * 200,
    "\ud800",
    "\udcff",
    "\u202e",
    "HEAD",
    "main@{0}",
    ":/Approve",
    "refs/heads/main",
    "0" * 40,
    habit_id(0),
    f"nightshift_{habit_id(0)}",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-12-24T00:00:00+23:59:59.999999",
    "1e400",
)
texts = st.sampled_from(ODD_TEXTS) | st.text(st.characters(exclude_categories=()), max_size=40)


@dataclass(frozen=True)
class ApiRequest:
    method: str
    path: str
    body: object


def api_requests() -> st.SearchStrategy[ApiRequest]:
    """Any route that takes a parameter or a body; sessions are left out, so that the caller stays signed in."""
    document = openapi_document(create_api())
    routes = [
        (method, path, (route.get("requestBody") or {}).get("content", {}).get("application/json", {}).get("schema"))
        for path, methods in document["paths"].items()
        for method, route in methods.items()
        if "session" not in path and ("{" in path or "requestBody" in route)
    ]
    return st.one_of([_requests(method, path, schema, document) for method, path, schema in routes])


def _requests(
    method: str, path: str, schema: Mapping[str, Any] | None, document: Mapping[str, Any]
) -> st.SearchStrategy[ApiRequest]:
    first, *rests = re.split(r"\{\w+\}", path)
    paths = st.tuples(*(texts.map(lambda text, rest=rest: _quoted(text) + rest) for rest in rests)).map(
        lambda parts: first + "".join(parts)
    )
    bodies = _values(schema, document) if schema else st.none()
    return st.builds(ApiRequest, st.just(method.upper()), paths, bodies)


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _values(schema: Mapping[str, Any], document: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """What the schema describes, its texts odd ones, lengths and formats not kept."""
    if "$ref" in schema:
        return _values(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    if "anyOf" in schema:
        return st.one_of([_values(one, document) for one in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "object":
        required = set(schema.get("required", ()))
        values = {key: _values(one, document) for key, one in schema.get("properties", {}).items()}
        return st.fixed_dictionaries(
            {key: value for key, value in values.items() if key in required},
            optional={key: value for key, value in values.items() if key not in required},
        )
    if schema.get("type") == "array":
        return st.lists(_values(schema["items"], document), max_size=3)
    if schema.get("type") == "boolean":
        return st.booleans()
    return texts if schema.get("type") == "string" else st.none()
