"""The JSON Schemas, as texts: automation, home file, settings, run report, progress, MQTT payloads."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from schemas.automation import Automation, BlueprintAutomation
from schemas.home import HomeFile
from schemas.mqtt_messages import PAYLOADS
from schemas.runs import Progress, RunReport
from schemas.settings import Settings

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema_files() -> dict[str, str]:
    """File name to text, each ending in a newline."""
    schema_by_file: dict[str, Any] = {
        "automation.json": TypeAdapter(Automation | BlueprintAutomation).json_schema(),
        "home.json": HomeFile.model_json_schema(),
        "progress.json": Progress.model_json_schema(),
        "run_report.json": RunReport.model_json_schema(),
        "settings.json": Settings.model_json_schema(),
        **{f"mqtt_{name}.json": model.model_json_schema() for name, model in PAYLOADS.items()},
    }
    return {
        name: json.dumps({"$schema": _DRAFT, **_strip_noise(schema)}, indent=1) + "\n"
        for name, schema in schema_by_file.items()
    }


def _strip_noise(schema: Any) -> Any:
    """Without what pydantic adds needlessly: titles that repeat the key, and defaults of null for keys left out."""
    if isinstance(schema, list):
        return [_strip_noise(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    noise = {"title"} if isinstance(schema.get("title"), str) else set()
    if "default" in schema and schema["default"] is None:
        noise.add("default")
    kept = {key: _strip_noise(item) for key, item in schema.items() if key not in noise}
    return {"anyOf" if key == "oneOf" else key: item for key, item in kept.items()}  # some kinds overlap
