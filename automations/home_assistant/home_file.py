"""The home file: a home's catalogue as one JSON document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemas.errors import InputError
from schemas.home import Home, HomeFile


def load_home_file(path: Path) -> Home:
    """The home in `path`; InputError names the file, every wrong field, and how to fix it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"Home file {path} does not exist; write one with `python -m automations home --json`."
        ) from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"Home file {path} is not readable JSON ({error}); correct it or write it anew.") from None
    return home_from_document(document, path)


def home_from_document(document: Any, path: Path) -> Home:
    """The home in a decoded home file; InputError names every wrong field."""
    try:
        return HomeFile.model_validate(document).to_home()
    except ValidationError as error:
        errors = "\n  ".join(f"{'.'.join(map(str, e['loc'])) or 'document'}: {e['msg']}" for e in error.errors())
        raise InputError(f"Home file {path} has fields that cannot be used; correct them:\n  {errors}") from None
