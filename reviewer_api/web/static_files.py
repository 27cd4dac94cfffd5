"""The web page: static files that come with the service, and one document for every address of the page."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

STATIC: Final = Path(__file__).parents[1] / "static"
IMMUTABLE: Final = "public, max-age=31536000, immutable"
NOT_BUILT: Final = (
    "<!doctype html><html lang=en><title>Nightshift</title><p>The page is not built yet; run <code>make page</code>."
    " The API answers under <code>/api</code>."
)


class StaticFiles:
    """`base` is where the page is mounted, such as "/nightshift/"; the document gets it as its `<base>`."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder.resolve()

    def respond(self, request: Request, base: str) -> Response:
        """The file at this path, or the document, whose script routes the address."""
        path = str(request.path_params.get("path", ""))
        if file := self._find(path):
            # The build puts a digest of its content into each name under assets.
            headers = {"cache-control": IMMUTABLE} if path.startswith("assets/") else {"cache-control": "no-cache"}
            return FileResponse(file, headers=headers)
        if path.startswith("assets/"):
            return PlainTextResponse("There is no such file.", 404)
        return HTMLResponse(self._index_html(base), headers={"cache-control": "no-cache"})

    def _find(self, path: str) -> Path | None:
        try:
            file = (self._folder / path).resolve()
            is_ours = file.is_relative_to(self._folder) and file.is_file() and file.name != "index.html"
        except (OSError, ValueError):
            return None  # no file has a name that long, or with a NUL in it
        return file if is_ours else None

    def _index_html(self, base: str) -> str:
        index = self._folder / "index.html"
        if not index.is_file():
            return NOT_BUILT
        tag = f'<base href="{escape(base, quote=True)}">'
        return index.read_text(encoding="utf-8").replace("<head>", f"<head>{tag}", 1)
