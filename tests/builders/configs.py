"""Configs of every form, tricky texts among them: strategies of hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

TRICKY = [
    "on",
    "off",
    "17:30",
    "1e3",
    "null",
    "~",
    "2024-01-01",
    "0x1f",
    "=",
    "<<",
    "a\nb\n",
    "  a\n b",
    "- x",
    "#",
    "12_3",
    "1:2",
    "\n",
]
PLAIN = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Co", "Cn"]), max_size=12)
TEXTS = PLAIN | st.sampled_from(TRICKY)
LEAVES = (
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)
KEYS = TEXTS | st.sampled_from(
    ["trigger", "triggers", "action", "actions", "condition", "sequence", "service", "platform"]
)
CONFIGS = st.dictionaries(KEYS, VALUES, max_size=5)
