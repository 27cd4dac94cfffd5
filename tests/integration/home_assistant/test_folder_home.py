"""A folder as a home."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from automations.home_assistant.folder_home import FolderHome
from schemas.errors import InputError, Unreachable

CONFIG = {
    "alias": "Żółw: licht 🐢",
    "triggers": [{"trigger": "time", "at": "17:00:00"}, {"trigger": "state", "to": "on", "for": "0:05"}],
    "actions": [{"action": "light.turn_on", "target": {"entity_id": ["light.hall"]}}],
}


async def test_what_is_written_is_read_back_without_its_id(tmp_path: Path) -> None:
    home = FolderHome(tmp_path / "new" / "folder")

    await home.wait_until_ready()
    await home.write("hall", CONFIG)

    assert await home.read("hall") == CONFIG
    assert (await home.list_automations())["hall"].alias == CONFIG["alias"]
    assert await home.read("other") is None


async def test_the_file_is_one_that_home_assistant_reads(tmp_path: Path) -> None:
    await FolderHome(tmp_path).write("hall", CONFIG)

    document = yaml.safe_load((tmp_path / "automations.yaml").read_text(encoding="utf-8"))

    assert document == [{"id": "hall", **CONFIG}]


async def test_the_others_keep_their_place_and_content(tmp_path: Path) -> None:
    home = FolderHome(tmp_path)
    for name in ("a", "b", "c"):
        await home.write(name, {**CONFIG, "alias": name})

    await home.write("b", {**CONFIG, "alias": "new"})
    await home.delete("a")
    await home.delete("a")

    assert [(key, value.alias) for key, value in (await home.list_automations()).items()] == [("b", "new"), ("c", "c")]


@pytest.mark.parametrize(
    "text", ["- id: a\n  x: !secret foo\n", "- [\n", "a: mapping\n", "- text\n", "- id: !mine x\n", "\x00"]
)
async def test_a_file_that_the_homes_editor_cannot_read_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "automations.yaml"
    file.write_text(text)
    home = FolderHome(tmp_path)

    for attempt in (
        home.wait_until_ready(),
        home.list_automations(),
        home.read("a"),
        home.write("a", CONFIG),
        home.delete("a"),
    ):
        with pytest.raises(Unreachable, match=r"automations\.yaml"):
            await attempt

    assert file.read_text() == text


@pytest.mark.parametrize("text", ["", "# only a comment\n", "[]\n"])
async def test_an_empty_file_is_a_home_without_automations(tmp_path: Path, text: str) -> None:
    (tmp_path / "automations.yaml").write_text(text)

    assert await FolderHome(tmp_path).list_automations() == {}


async def test_automations_without_a_usable_id_are_seen_and_not_readable(tmp_path: Path) -> None:
    (tmp_path / "automations.yaml").write_text("- alias: Nameless\n- id: 12345\n- id: ok\n  initial_state: false\n")

    live = await FolderHome(tmp_path).list_automations()

    assert [(each.config is None, each.enabled) for each in live.values()] == [
        (True, True),
        (True, True),
        (False, False),
    ]
    assert live["automation.automation_0"].why_unreadable == "it has no id"


async def test_another_id_inside_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="other"):
        await FolderHome(tmp_path).write("hall", {**CONFIG, "id": "other"})


async def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "real.yaml").write_text("[]\n")
    (tmp_path / "home" / "automations.yaml").symlink_to(tmp_path / "real.yaml")

    await FolderHome(tmp_path / "home").write("hall", CONFIG)

    assert (tmp_path / "home" / "automations.yaml").is_symlink()
    assert "hall" in (tmp_path / "real.yaml").read_text()


async def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    homes = [FolderHome(tmp_path), FolderHome(tmp_path)]

    def write(number: int) -> None:
        asyncio.run(homes[number % 2].write(f"a{number}", CONFIG))

    await asyncio.gather(*(asyncio.to_thread(write, number) for number in range(20)))

    assert len(await homes[0].list_automations()) == 20


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    home = FolderHome(tmp_path / "file" / "home")

    with pytest.raises(Unreachable, match="HOME_FOLDER"):
        await home.write("hall", CONFIG)


# Control characters and line separators are left out: PyYAML, which Home Assistant uses, does not keep them all.
words = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(config=st.dictionaries(words.filter(lambda key: key != "id"), values, max_size=4))
def test_any_config_keeps_its_meaning(tmp_path_factory: pytest.TempPathFactory, config: dict[str, Any]) -> None:
    home = FolderHome(tmp_path_factory.getbasetemp() / f"any-{os.getpid()}")

    asyncio.run(home.write("any", config))

    assert asyncio.run(home.read("any")) == config
