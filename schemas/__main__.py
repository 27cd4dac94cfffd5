"""`python -m schemas` writes the JSON Schemas of everything that comes in as text to `schemas/json/`."""

from __future__ import annotations

from pathlib import Path

from schemas.documents import documents


def main() -> None:
    folder = Path(__file__).parent / "json"
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    main()
