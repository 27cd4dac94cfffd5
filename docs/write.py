"""`python -m docs.write`: makes what follows from the code: the pages of settings and API, and `schemas/json/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from reviewer_api.app import create_api
from reviewer_api.web.openapi import PUBLIC_OPERATIONS, openapi_document
from schemas.json_schemas import json_schema_files
from schemas.settings import SECRETS, Settings

DOCS = Path(__file__).parent
SCHEMAS = DOCS.parent / "schemas" / "json"
SETTINGS_HEAD = """# Settings

From the environment, or from `.env` in the folder where Nightshift is started; the environment wins. A misspelt name in
`.env` is an error, and all that is wrong is said at once. Lists are written with commas. An empty value is no value.

Secrets can also be read from a file: `HA_TOKEN_FILE=/run/secrets/ha_token`. They appear in no log, answer,
commit or backup.

This page is made from `schemas/settings.py` by `python -m docs.write`.
"""
API_HEAD = """# HTTP API

All of it is under the address of the page; `/api/openapi.json` and `python -m reviewer_api openapi` give it as
a document for programs. Times are ISO 8601 in UTC. An error is `{"detail": "a sentence that says what to do"}`; 429
carries `Retry-After`; 409 says that something moved since it was shown, with what it is now.

Sign in with `Authorization: Bearer` and the local token (`DATA_DIR/local_token`) or a long-lived token of Home
Assistant; or `POST /api/session` for a cookie, and send its `csrf` as `X-CSRF-Token` with whatever changes something.
Administrators of the home may change, others may look.

    curl -H "Authorization: Bearer $(cat data/local_token)" http://127.0.0.1:8011/api/suggestions?state=open

This page is made from the routes by `python -m docs.write`.
"""


def settings_page() -> str:
    """One heading a setting, in the order of the table."""
    return SETTINGS_HEAD + "".join(_setting(name, field) for name, field in Settings.model_fields.items())


def api_page() -> str:
    """One heading an operation, by the tags of the routes."""
    made = openapi_document(create_api())
    tagged: dict[str, list[str]] = {}
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            tagged.setdefault(operation["tags"][0], []).append(_operation(path, method, operation))
    return API_HEAD + "".join(f"\n## {tag.capitalize()}\n{''.join(parts)}" for tag, parts in tagged.items())


def _setting(name: str, field: FieldInfo) -> str:
    default = field.default
    shown = ",".join(default) if isinstance(default, tuple) else default
    words = f"`{shown}`" if shown not in (None, "") else "empty"
    secret = " A secret, also read from `" + name + "_FILE`." if name in SECRETS else ""
    return f"\n## {name}\n\n{field.description}{secret} Default: {words}.\n"


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    parameters = operation.get("parameters", [])
    asked = [f"`{parameter['name']}`" for parameter in parameters if parameter["in"] in ("query", "path")]
    parts = [operation.get("description") or f"{operation['summary'].capitalize()}."]
    if asked:
        parts.append(f"Asked with {', '.join(asked)}.")
    if body := _model(operation.get("requestBody", {})):
        parts.append(f"Body: `{body}`.")
    good = next(status for status in operation["responses"] if status.startswith(("2", "3")))
    answer = _model(operation["responses"][good])
    parts.append(f"Answers {good}{f' with `{answer}`' if answer else ''}.")
    if (path, method) in PUBLIC_OPERATIONS:
        parts.append("Needs no sign-in.")
    return f"\n### {method.upper()} {path}\n\n{' '.join(' '.join(parts).split())}\n"


def _model(part: dict[str, Any]) -> str:
    """The name of the model in a request or response."""
    schema = part.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).rpartition("/")[2]


def main() -> None:
    (DOCS / "settings.md").write_text(settings_page(), encoding="utf-8")
    (DOCS / "api.md").write_text(api_page(), encoding="utf-8")
    for name, text in json_schema_files().items():
        (SCHEMAS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
