"""The OpenAPI document: what the page's types and the API's page in the docs are made from."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from reviewer_api.auth.cookies import COOKIE

FOR_ANYBODY = frozenset(
    {
        ("/health", "get"),
        ("/health/ready", "get"),
        ("/api/session", "post"),
        ("/api/sign-in/home-assistant", "get"),
        ("/api/sign-in/home-assistant/back", "get"),
    }
)
"""Path and method; the gate lets nobody else in unasked, and a test holds the two together."""


def document(app: FastAPI) -> dict[str, Any]:
    """As FastAPI makes it, with how one signs in; the gate asks for that, so no route says it itself."""
    made = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    made["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
        "token": {"type": "http", "scheme": "bearer"},
    }
    made["security"] = [{"session": []}, {"token": []}]
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            if (path, method) in FOR_ANYBODY:
                operation["security"] = []
    return made
