"""Home Assistant's responses; pure: from a response to a document or to the right error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from automations.http.client import HttpResponse
from schemas.errors import Refused, Unreachable
from schemas.home import AutomationConfig
from schemas.states import UNAVAILABLE

CONFIG_PATH: Final = "/api/config/automation/config/"
_IGNORED: Final = re.compile(
    r"^Platform automation does not generate unique IDs\. ID (.+) (?:already exists|is already used by \S+) - ignoring"
)


def object_from_response(response: HttpResponse) -> dict[str, Any]:
    """The object of a 200; Unreachable for anything else, since it proves nothing."""
    if response.status not in (200, 201):
        raise Unreachable(_describe_unexpected(response))
    return json_object_from_response(response)


def json_object_from_response(response: HttpResponse) -> dict[str, Any]:
    """The object of a response of any status."""
    document = response.json()
    if not isinstance(document, dict):
        raise Unreachable(_describe_unexpected(response))
    return document


def list_from_response(response: HttpResponse) -> list[dict[str, Any]]:
    document = response.json() if response.status == 200 else None
    if not isinstance(document, list) or not all(isinstance(entry, dict) for entry in document):
        raise Unreachable(_describe_unexpected(response))
    return document


def config_from_response(response: HttpResponse) -> AutomationConfig | None:
    """The stored config without its `id`; None where the home itself says that there is none."""
    # A 404 as plain text is a missing route, which proves nothing about the automation.
    if response.status == 404 and "message" in json_object_from_response(response):
        return None
    return {key: value for key, value in object_from_response(response).items() if key != "id"}


def is_missing_route(response: HttpResponse) -> bool:
    """Home Assistant has no route for the path: an empty id, braces, what its filter rejects."""
    return response.status in (400, 404) and response.content_type == "text/plain"


def config_path(automation_id: str) -> str:
    """The path under which one automation's config is read and written."""
    return CONFIG_PATH + quote(automation_id, safe="")


def not_running_reason(config: Mapping[str, Any]) -> str:
    """Why its lists are incomplete, "" where they are not: before RUNNING, what is not listed may still be loaded."""
    if config.get("recovery_mode") or config.get("safe_mode"):
        return "it runs in recovery or safe mode, without its automations"
    if config.get("state") != "RUNNING":
        return f"it is starting or stopping ({config.get('state')})"
    return ""


def not_ready_reason(config: Mapping[str, Any]) -> str:
    """Why writes would not take effect, "" where they would: before RUNNING with `automation` loaded, Home Assistant
    stores what it is sent and may never load it."""
    if why := not_running_reason(config):
        return why
    if "automation" not in config.get("components", ()):
        return "its automation integration is not loaded"
    return ""


def last_updated_by_id(states: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """When each working automation's entity was last updated, by id; restored entities are left out."""
    return {
        str(state["attributes"]["id"]): str(state.get("last_updated"))
        for state in states
        if state["entity_id"].startswith("automation.")
        and "id" in state["attributes"]
        and state["state"] != UNAVAILABLE
        and not state["attributes"].get("restored")
    }


def duplicate_ids_from_log(log: object) -> frozenset[str]:
    """The ids of which the home's log says that a second automation was ignored, since the home was started."""
    rows = log if isinstance(log, list) else []
    messages = (str(words) for row in rows if isinstance(row, dict) for words in row.get("message") or ())
    return frozenset(match[1] for words in messages if (match := _IGNORED.search(words)))


def raise_if_refused(response: HttpResponse) -> HttpResponse:
    """Refused with Home Assistant's message where it answers 400 itself; a proxy's 400 page is no refusal."""
    if response.status != 400 or response.content_type not in ("application/json", "text/plain"):
        return response
    try:
        words = str(response.json().get("message"))
    except (Unreachable, AttributeError):
        words = response.excerpt
    raise Refused(f"Home Assistant refused it: {words}")


def _describe_unexpected(response: HttpResponse) -> str:
    hint = ""
    if response.status >= 500 and CONFIG_PATH in response.url:
        hint = " Its automations.yaml may hold a `!secret`, a custom tag or a mistake that its editor cannot read."
    said = f"{response.url} answered {response.status} ({response.excerpt!r})"
    return f"{said}, which is no answer of Home Assistant's.{hint}"
