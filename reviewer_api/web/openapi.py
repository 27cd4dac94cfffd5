"""The OpenAPI document: what the page's types and the API's page in the docs are made from."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from reviewer_api.auth.cookies import SESSION_COOKIE

PUBLIC_OPERATIONS = frozenset(
    {
        ("/health", "get"),
        ("/health/ready", "get"),
        ("/api/session", "post"),
        ("/api/sign-in/home-assistant", "get"),
        ("/api/sign-in/home-assistant/back", "get"),
    }
)
"""Path and method; the auth middleware lets these pass without sign-in, and a test keeps both in step."""


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """As FastAPI makes it, with how one signs in; the auth middleware requires that, so no route says it itself."""
    schema = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    schema["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
        "token": {"type": "http", "scheme": "bearer"},
    }
    schema["security"] = [{"session": []}, {"token": []}]
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if (path, method) in PUBLIC_OPERATIONS:
                operation["security"] = []
    return schema
