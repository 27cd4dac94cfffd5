"""Hostile YAML is refused with a sentence before anything is built from it."""

from __future__ import annotations

import pytest

from automations.config.safe_yaml import MAX_BYTES, UnsafeYaml, read_yaml
from automations.config.yaml import decode

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: !!python/object/apply:os.system [ls]", "tag"),
        ("a: !secret password", "tag"),
        ("a: !!str 5", "tag"),
        (LAUGHS, "unfolds"),
        ("a: &a [*a]", "alias"),
        ("a: *b", "alias"),
        ("[" * 1000, "deeper"),
        ("a: 1\nb: 2\na: 3", "stands twice"),
        ("x: {a: 1, a: 2}", "stands twice"),
        ("a: x\x07", "U+0007"),
        ("a: x\u202ex", "U+202E"),
        ("a: " + "x" * MAX_BYTES, "longer than 64 kB"),
        ("a: ż" + "ż" * (MAX_BYTES // 2), "longer than 64 kB"),
        ("a: " + "9" * 5000, "too long"),
        ("a: 0x" + "f" * 5000, "too long"),
        ("a: 1." + "0" * 5000, "too long"),
        ("a: 1" + ":1" * 5000, "too long"),
        ("- a\n" * 6000, "unfolds"),
        ("a: 2024-13-45", "could read"),
        ("? [a]\n: b", "not YAML"),
        ("a: [", "not YAML"),
        ("a: 1\n---\nb: 2", "not YAML"),
        ("a: \ud800", "U+D800"),
    ],
)
def test_refuses(text: str, says: str) -> None:
    with pytest.raises(UnsafeYaml) as refused:
        read_yaml(text)

    assert says in str(refused.value)


def test_a_long_hex_id_is_a_text() -> None:
    assert read_yaml("webhook_id: 1a" + "b3f0" * 16) == {"webhook_id": "1a" + "b3f0" * 16}


def test_names_the_line() -> None:
    decoded = decode("alias: x\ntriggers: []\nactions: !evil []")

    assert decoded.config is None
    assert decoded.problems[0].message.startswith("Line 3: ")


def test_anchors_and_merges_of_modest_size_are_read() -> None:
    assert read_yaml("a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}") == {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1, "y": 2}}


def test_reads_booleans_and_clock_times_as_home_assistant_does() -> None:
    assert read_yaml("a: on\nb: 17:30:00\nc: 07:30:00") == {"a": True, "b": 63000, "c": "07:30:00"}


@pytest.mark.parametrize("text", ["", "5", "- a\n- b", "x", "true"])
def test_what_is_no_single_automation_is_said_to_be_none(text: str) -> None:
    assert decode(text).problems[0].check == "one_automation"


def test_what_is_merged_may_hold_merged_keys_itself() -> None:
    text = "z: &a {x: 1}\ny: [{q: &b {<<: *a, x: 2}}]\nc: {<<: *b}"

    assert read_yaml(text)["c"] == {"x": 2}


def test_a_draft_is_never_told_to_hold_a_secret_in_the_clear() -> None:
    (problem,) = decode("triggers: []\nactions: !secret a").problems

    assert "'!secret' only works in the files of the home" in problem.message
    assert "value" not in problem.message + problem.fix
