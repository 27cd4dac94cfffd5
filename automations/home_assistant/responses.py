"""What Home Assistant's answers mean: pure judgements, from an answer to a document or to the right error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from automations.http.client import Answer
from schemas.errors import Refused, Unreachable
from schemas.home import AutomationConfig

CONFIG_PATH: Final = "/api/config/automation/config/"
_IGNORED: Final = re.compile(
    r"^Platform automation does not generate unique IDs\. ID (.+) (?:already exists|is already used by \S+) - ignoring"
)


def as_object(answer: Answer) -> dict[str, Any]:
    """The object of a 200; Unreachable for anything else, since it proves nothing."""
    if answer.status not in (200, 201):
        raise Unreachable(_unexpected(answer))
    return as_json_object(answer)


def as_json_object(answer: Answer) -> dict[str, Any]:
    """The object of an answer of any status."""
    document = answer.json()
    if not isinstance(document, dict):
        raise Unreachable(_unexpected(answer))
    return document


def as_list(answer: Answer) -> list[dict[str, Any]]:
    document = answer.json() if answer.status == 200 else None
    if not isinstance(document, list) or not all(isinstance(entry, dict) for entry in document):
        raise Unreachable(_unexpected(answer))
    return document


def config_from(answer: Answer) -> AutomationConfig | None:
    """The stored config without its `id`; None where the home itself says that there is none."""
    # A 404 as plain text is a missing route, which says nothing about the automation.
    if answer.status == 404 and "message" in as_json_object(answer):
        return None
    return {key: value for key, value in as_object(answer).items() if key != "id"}


def is_no_route(answer: Answer) -> bool:
    """Home Assistant takes the address for none of its own: an empty id, braces, what its filter finds harmful."""
    return answer.status in (400, 404) and answer.kind == "text/plain"


def config_path(automation_id: str) -> str:
    """Where one automation's config is read and written."""
    return CONFIG_PATH + quote(automation_id, safe="")


def why_not_running(config: Mapping[str, Any]) -> str:
    """Before RUNNING, what Home Assistant does not show may still come: it is not missing."""
    if config.get("recovery_mode") or config.get("safe_mode"):
        return "it runs in recovery or safe mode, without its automations"
    if config.get("state") != "RUNNING":
        return f"it is starting or stopping ({config.get('state')})"
    return ""


def why_not_ready(config: Mapping[str, Any]) -> str:
    """Before RUNNING with `automation` loaded, Home Assistant stores what it is sent and may never show it."""
    if why := why_not_running(config):
        return why
    if "automation" not in config.get("components", ()):
        return "its automation integration is not loaded"
    return ""


def shown(states: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """When each working automation's entity was last renewed, by id; orphans of the registry are left out."""
    return {
        str(state["attributes"]["id"]): str(state.get("last_updated"))
        for state in states
        if state["entity_id"].startswith("automation.")
        and "id" in state["attributes"]
        and state["state"] != "unavailable"
        and not state["attributes"].get("restored")
    }


def ids_ignored(log: object) -> frozenset[str]:
    """The ids of which the home's log says that it ignored a second automation, since it was started."""
    rows = log if isinstance(log, list) else []
    told = (str(words) for row in rows if isinstance(row, dict) for words in row.get("message") or ())
    return frozenset(found[1] for words in told if (found := _IGNORED.search(words)))


def unless_refused(answer: Answer) -> Answer:
    """Refused with Home Assistant's words where it says 400 itself; a proxy's 400 page is no word of the home."""
    if answer.status != 400 or answer.kind not in ("application/json", "text/plain"):
        return answer
    try:
        words = str(answer.json().get("message"))
    except (Unreachable, AttributeError):
        words = answer.opening
    raise Refused(f"Home Assistant refused it: {words}")


def _unexpected(answer: Answer) -> str:
    hint = ""
    if answer.status >= 500 and CONFIG_PATH in answer.url:
        hint = " Its automations.yaml may hold a `!secret`, a custom tag or a mistake that its editor cannot read."
    return f"{answer.url} answered {answer.status} ({answer.opening!r}), which is no answer of Home Assistant's.{hint}"
