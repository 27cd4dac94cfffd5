"""The JSON Schemas in the repository are those that the models make."""

from __future__ import annotations

from pathlib import Path

import schemas
from schemas.documents import documents

FOLDER = Path(schemas.__file__).parent / "json"


def test_the_json_schemas_are_fresh() -> None:
    kept = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.json")}

    assert kept == documents(), "run `python -m schemas`"
