"""A file changes whole or not at all, and is on the disk afterwards."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from automations.files.atomic_write import PART_PATTERN, atomic_write, part_path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "automations.yaml"


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def write(path: Path, content: bytes, mode: int | None = None) -> None:
    with atomic_write(path, mode) as file:
        file.write(content)


def test_a_file_is_written_and_nothing_else_stays_beside_it(place: Path) -> None:
    write(place, b"old")
    write(place, b"new")

    assert place.read_bytes() == b"new"
    assert list(place.parent.iterdir()) == [place]


def test_until_the_block_ends_the_old_content_is_read(place: Path) -> None:
    write(place, b"old")

    with atomic_write(place) as file:
        file.write(b"new")
        file.flush()
        before = place.read_bytes()

    assert (before, place.read_bytes()) == (b"old", b"new")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(place: Path, error: BaseException) -> None:
    write(place, b"old")

    with pytest.raises(type(error)), atomic_write(place) as file:
        file.write(b"half")
        raise error

    assert place.read_bytes() == b"old"
    assert list(place.parent.iterdir()) == [place]


def test_a_place_that_cannot_be_replaced_leaves_nothing_beside_it(place: Path) -> None:
    (place / "inside").mkdir(parents=True)

    with pytest.raises(OSError, match="automations"):
        write(place, b"new")

    assert list(place.parent.iterdir()) == [place]


def test_the_permissions_of_the_file_before_are_kept(place: Path) -> None:
    write(place, b"old")
    place.chmod(0o640)

    write(place, b"new")

    assert permissions(place) == 0o640


def test_a_new_file_has_the_usual_permissions(place: Path) -> None:
    place.with_name("usual").touch()

    write(place, b"new")

    assert permissions(place) == permissions(place.with_name("usual"))


def test_permissions_that_are_asked_for_win_over_those_of_the_file_before(place: Path) -> None:
    place.write_bytes(b"old")
    place.chmod(0o644)

    with atomic_write(place, mode=0o600) as file:
        (part,) = place.parent.glob(PART_PATTERN)
        while_written = permissions(part)
        file.write(b"secret")

    assert (while_written, permissions(place)) == (0o600, 0o600)


def test_content_and_folder_are_flushed_to_the_disk(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[tuple[Path, bytes]] = []
    flush = os.fsync

    def remember(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink()
        flushed.append((name, place.read_bytes() if place.exists() else b""))
        flush(handle)

    monkeypatch.setattr(os, "fsync", remember)
    write(place, b"new")

    (part, before), (folder, after) = flushed
    assert (part.parent, before) == (place.parent, b"")
    assert (folder, after) == (place.parent, b"new")


def test_two_writers_at_once_have_a_part_each(place: Path) -> None:
    with atomic_write(place) as first, atomic_write(place) as second:
        first.write(b"first")
        second.write(b"second")

    assert place.read_bytes() == b"first"
    assert part_path(place).match(PART_PATTERN)
