"""Reads the settings: from the environment, `.env`, or for secrets also from `NAME_FILE`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from pydantic import ValidationError

from schemas.errors import InputError
from schemas.settings import SECRETS, Settings


def load_settings(environ: Mapping[str, str] = os.environ, env_file: Path | None = Path(".env")) -> Settings:
    """The settings from `env_file` and, over it, `environ`; names that are not ours are ignored in `environ`.

    Raises InputError that names everything that is wrong at once; no value of a secret is repeated in it.
    """
    values = _read_env_file(env_file) if env_file else {}
    problems = [f"{name}: no such setting in {env_file}" for name in values if _setting_name(name) is None]
    values |= {name: value for name, value in environ.items() if _setting_name(name) is not None}
    chosen: dict[str, object] = {}
    for name, value in values.items():
        setting = _setting_name(name)
        if setting is None or not value.strip():
            continue
        chosen[setting] = _read_secret(name, value, problems) if setting != name else _parse_value(setting, value)
    try:
        settings = Settings.model_validate(chosen)
    except ValidationError as error:
        problems += [f"{e['loc'][0] if e['loc'] else 'settings'}: {e['msg']}" for e in error.errors()]
    if problems:
        raise InputError(
            "Settings that cannot be used; mend them in the environment or .env:\n  " + "\n  ".join(problems)
        )
    return settings


def _setting_name(name: str) -> str | None:
    if name in Settings.model_fields:
        return name
    secret = name.removesuffix("_FILE")
    return secret if secret != name and secret in SECRETS else None


def _read_env_file(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read ({error}); write NAME=value lines in UTF-8.") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#") and "=" not in line:
            raise InputError(f"{path} line {number} is not NAME=value; correct it or start it with '#'.")
    return {name: value or "" for name, value in dotenv_values(stream=StringIO(text)).items()}


def _read_secret(name: str, path: str, problems: list[str]) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{name}: {path} cannot be read ({type(error).__name__})")
        return ""


def _parse_value(setting: str, value: str) -> object:
    """Lists are written with commas, and `~` in a path is the home folder."""
    kind = Settings.model_fields[setting].annotation
    if kind == tuple[str, ...]:
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return Path(value).expanduser() if kind in (Path, Path | None) else value
