"""Which homes a pattern or a manifest names."""

from __future__ import annotations

from pathlib import Path

import fsspec
import pytest

from generator.fleet.homes import HomeFolder, fetch_inputs, find_homes
from schemas.errors import InputError
from tests.builders.fleet_homes import write_home


def test_a_pattern_names_folders_and_no_files_also_those_without_a_home_file(tmp_path: Path) -> None:
    write_home(tmp_path / "b", 7)
    (tmp_path / "a").mkdir()
    (tmp_path / "notes.txt").write_text("")

    found = find_homes(f"{tmp_path}/*")

    assert found == [HomeFolder("a", f"{tmp_path}/a"), HomeFolder("b", f"{tmp_path}/b")]


def test_a_manifest_names_each_home_once_from_wherever_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = ["# ours", "east/1", "", "east/1", "west/1", "s3://homes/2/", "../.."]
    Path("all.lst").write_text("\n".join(lines))

    found = find_homes("all.lst")

    assert {home.url for home in found} == {
        f"{tmp_path}/east/1",
        f"{tmp_path}/west/1",
        "s3://homes/2/",
        f"{tmp_path}/../..",
    }
    assert len({home.name for home in found}) == 4
    assert sum(home.name.startswith("1-") for home in found) == 2
    assert not any("." in home.name or "/" in home.name for home in found)


def test_one_folder_may_be_named_and_a_folder_of_homes_is_told_how(tmp_path: Path) -> None:
    write_home(tmp_path / "only", 7)

    assert [home.name for home in find_homes(f"{tmp_path}/only")] == ["only"]
    with pytest.raises(InputError, match="pattern such as"):
        find_homes(str(tmp_path))


def test_a_store_that_nobody_knows_is_a_sentence() -> None:
    with pytest.raises(InputError, match="cannot be listed"):
        find_homes("nowhere://homes/*")


def test_a_fault_in_a_file_from_a_store_names_its_address_there_and_leaves_no_copy(tmp_path: Path) -> None:
    store = fsspec.filesystem("memory")
    store.pipe_file("/estate/7/home.json", b"{")
    store.pipe_file("/estate/7/history.csv", b"time")

    def read() -> None:
        with fetch_inputs(HomeFolder("7", "memory://estate/7"), tmp_path) as inputs:
            raise InputError(f"{inputs.home} is broken.")

    with pytest.raises(InputError, match=r"^memory://estate/7/home.json is broken"):
        read()
    assert list(tmp_path.iterdir()) == []
