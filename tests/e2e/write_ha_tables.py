"""Makes `schemas/automation/ha_tables.py` of what `read_ha_tables.py` printed for the old and the new release.

python -m tests.e2e.write_ha_tables old-words.json new-words.json
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from textwrap import fill
from typing import Any

TARGET = Path(__file__).parents[2] / "schemas" / "automation" / "ha_tables.py"

HEAD = '''"""Words that Home Assistant's own package knows; made by `tests/e2e/write_ha_tables.py`, not by hand."""
# ruff: noqa: E501, SIM905

from __future__ import annotations

from typing import Final

'''

NOT_KINDS = {"device_automation", "homeassistant", "sun", "zone", "calendar", "conversation", "geo_location", "mqtt",
             "persistent_notification", "tag", "template", "webhook", "device"}  # fmt: skip
"""Plain kinds that have a model of their own."""


def words(name: str, doc: str, values: list[str]) -> str:
    text = fill(" ".join(sorted(values)), 110, initial_indent="    ", subsequent_indent="    ")
    return f'{name}: Final = frozenset(\n    """\n{text}\n    """.split()\n)\n"""{doc}"""\n\n'


def shapes(name: str, doc: str, found: dict[str, Any]) -> str:
    by_shape = defaultdict(list)
    for kind, shape in found.items():
        by_shape[json.dumps([shape["target"], shape["options"]], ensure_ascii=False)].append(kind)
    lines = [f"{name}: Final[tuple[tuple[bool, dict[str, str], str], ...]] = (\n"]
    for shape_text, kinds in by_shape.items():
        target, options = json.loads(shape_text)
        text = fill(" ".join(kinds), 100, initial_indent="        ", subsequent_indent="        ")
        lines.append(f'    (\n        {target},\n        {options!r},\n        """\n{text}\n        """,\n    ),\n')
    return "".join(lines) + f')\n"""{doc}"""\n\n'


def vocabulary(old: dict[str, Any], new: dict[str, Any]) -> str:
    both = {key: set(old[key]) & set(new[key]) for key in ("filters", "tests")}
    options = "Each entry: whether a target is needed, the options and their types (`!`: required), the kinds."
    open_kinds = {kind: sorted({k.split(".")[0] for k in new[kind]["plain"] + old[kind]["plain"]} - NOT_KINDS)
                  for kind in ("trigger", "condition")}  # fmt: skip
    filters, tests = (sorted(both[key]) for key in ("filters", "tests"))
    parts = [
        words("FILTERS", "Template filters beside those of jinja2, in every release known here.", filters),
        words("FILTERS_NEW", "Only since 2026.11.", sorted(set(new["filters"]) - both["filters"])),
        words("FILTERS_OLD", "Only up to 2025.4.", sorted(set(old["filters"]) - both["filters"])),
        words("TESTS", "Template tests beside those of jinja2, in every release known here.", tests),
        words("TESTS_NEW", "Only since 2026.11.", sorted(set(new["tests"]) - both["tests"])),
        words("OPEN_TRIGGERS", "Integrations with triggers of their own, unknown here.", open_kinds["trigger"]),
        words("OPEN_CONDITIONS", "The same for conditions.", open_kinds["condition"]),
        shapes("TRIGGER_SHAPES", f"Purpose-specific triggers. {options}", new["trigger"]["shapes"]),
        shapes("CONDITION_SHAPES", f"Purpose-specific conditions. {options}", new["condition"]["shapes"]),
    ]
    return HEAD + "".join(parts)


if __name__ == "__main__":
    old, new = (json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:3])
    TARGET.write_text(vocabulary(old, new), encoding="utf-8")
