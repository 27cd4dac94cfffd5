"""A folder as a home: its `automations.yaml`, written as Home Assistant writes it. For trying out without a home."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from automations.config.automation_file import written_ids
from automations.config.nodes import is_deployed_off
from automations.files.atomic_write import atomic_write
from automations.home_assistant.home_api import LiveAutomation, Obstacle
from automations.home_assistant.run_history import RunHistory
from schemas.errors import InputError, Refused, Unreachable
from schemas.home import AutomationConfig
from schemas.problems import Problem

FILE_NAME = "automations.yaml"


class FolderHome:
    """A store and an insight over `folder`, made where there is none; what is written is live at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A symbolic link stays one: the file that it points to is written.
        self._file = (folder / FILE_NAME).resolve()

    @property
    def name(self) -> str:
        return str(self._folder)

    async def wait_until_ready(self) -> None:
        self._read_entries()
        if not os.access(
            self._file.parent if self._file.parent.exists() else _nearest_existing_folder(self._folder), os.W_OK
        ):
            raise Unreachable(f"{self._folder} cannot be written to; give its user the right to, or set HOME_FOLDER.")

    async def list_automations(self) -> dict[str, LiveAutomation]:
        automations: dict[str, LiveAutomation] = {}
        text = self._read_text()
        entries = self._entries_from_text(text)
        all_texts = all(isinstance(entry.get("id"), str) for entry in entries)
        ids = [] if all_texts else written_ids(yaml.compose(text, Loader=_LOADER))
        for number, entry in enumerate(entries):
            automation = _live_automation_from_entry(number, entry, ids[number] if ids else "")
            is_duplicate = automation.automation_id in automations
            automations[automation.automation_id] = _marked_duplicate(automation) if is_duplicate else automation
        return automations

    async def read(self, automation_id: str) -> AutomationConfig | None:
        return next((_without_id(entry) for entry in self._read_entries() if entry.get("id") == automation_id), None)

    async def write(self, automation_id: str, config: AutomationConfig) -> None:
        if str(config.get("id", automation_id)) != automation_id:
            raise InputError(f"The automation {automation_id} carries the id {config['id']}; remove its `id` line.")
        new = {"id": automation_id, **_without_id(config)}
        with self._lock_file():
            entries = self._read_entries()
            place = next((at for at, entry in enumerate(entries) if entry.get("id") == automation_id), len(entries))
            others = [entry for entry in entries if entry.get("id") != automation_id]
            self._write_entries([*others[:place], new, *others[place:]])

    async def ensure_loaded(self, automation_id: str) -> None:
        """What is written is live at once."""

    async def delete(self, automation_id: str) -> None:
        with self._lock_file():
            entries = self._read_entries()
            kept = [entry for entry in entries if entry.get("id") != automation_id]
            if len(kept) < len(entries):
                self._write_entries(kept)

    async def run(self, automation_id: str) -> None:
        raise Refused(f"{automation_id} cannot be run: {self._folder} is a folder, and a folder switches nothing.")

    async def describe_last_run(self, automation_id: str, since: datetime) -> list[str]:  # noqa: ARG002
        return []

    async def validate(self, config: AutomationConfig) -> list[Problem] | None:  # noqa: ARG002
        return None

    async def read_run_history(self, automation_id: str, since: datetime) -> RunHistory | None:  # noqa: ARG002
        return None

    async def add_label(self, automation_id: str) -> None:
        """A folder has no labels."""

    async def first_write_warning(self) -> str:
        return (
            f"At the first change {self._file} is written anew, as Home Assistant does it: "
            "comments, quoting and blank lines in it are lost."
        )

    def _read_entries(self) -> list[dict[str, Any]]:
        """The automations in file order; Unreachable where Home Assistant's editor could not read the file either."""
        return self._entries_from_text(self._read_text())

    def _read_text(self) -> str:
        try:
            return self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise self._unreadable(error) from error

    def _entries_from_text(self, text: str) -> list[dict[str, Any]]:
        try:
            document = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe one
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise self._unreadable(error) from error
        if document is None:
            return []
        if not isinstance(document, list) or not all(isinstance(entry, dict) for entry in document):
            raise Unreachable(f"{self._file} is not a list of automations; correct it first.")
        return document

    def _unreadable(self, error: Exception) -> Unreachable:
        return Unreachable(
            f"{self._file} cannot be read ({_first_line(error)}); a `!secret`, a custom tag or a mistake in it "
            "keeps every automation from being changed: correct it first."
        )

    def _write_entries(self, entries: list[dict[str, Any]]) -> None:
        text = _dump_yaml(entries)
        try:
            with atomic_write(self._file) as file:
                file.write(text.encode())
        except OSError as error:
            raise Unreachable(f"{self._file} cannot be written ({error.strerror}); nothing was changed.") from error

    @contextmanager
    def _lock_file(self) -> Iterator[None]:
        """One writer at a time, other processes of ours included."""
        lock = FileLock(self._file.with_name(f".{self._file.name}.lock"))
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except OSError as error:
            raise Unreachable(f"{self._folder} cannot be written to ({error.strerror}); set HOME_FOLDER.") from error
        try:
            yield
        finally:
            lock.release()


def _live_automation_from_entry(number: int, entry: dict[str, Any], written_id: str) -> LiveAutomation:
    automation_id = entry.get("id")
    readable = isinstance(automation_id, str)
    told_id = written_id or automation_id
    why = "it has no id" if automation_id is None else f"its id {told_id} is not text; put it in quotes"
    return LiveAutomation(
        automation_id=automation_id if isinstance(automation_id, str) else f"automation.automation_{number}",
        config=_without_id(entry) if readable else None,
        enabled=not is_deployed_off(entry),
        alias=str(entry.get("alias", "")),
        why_unreadable="" if readable else why,
        obstacle=None if readable else Obstacle.NO_ID,
    )


def _marked_duplicate(automation: LiveAutomation) -> LiveAutomation:
    """The home runs the first of them only, and a write would replace both: left alone until a person fixes it."""
    why = f"its id {automation.automation_id} is in {FILE_NAME} more than once; give each its own"
    return replace(automation, config=None, why_unreadable=why, obstacle=Obstacle.DUPLICATE_ID)


def _without_id(entry: dict[str, Any]) -> AutomationConfig:
    return {key: value for key, value in entry.items() if key != "id"}


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Home Assistant's style, and no anchors (`&id001`)."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _dump_yaml(entries: list[dict[str, Any]]) -> str:
    return yaml.dump(entries, Dumper=_Dumper, default_flow_style=False, allow_unicode=True, sort_keys=False)


def _nearest_existing_folder(folder: Path) -> Path:
    return next((place for place in (folder, *folder.absolute().parents) if place.exists()), Path("/"))


def _first_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:160]
