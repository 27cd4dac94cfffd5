"""Where the page is."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.settings import Settings


@dataclass(frozen=True)
class PageAddress:
    host: str = "127.0.0.1"
    """The service listens there."""
    public_url: str | None = None
    """The address that people open, where it is known."""
    base_path: str = ""
    """The path that it is mounted at, such as "/nightshift"; "" where it is the root."""

    @classmethod
    def from_settings(cls, settings: Settings) -> PageAddress:
        return cls(settings.HOST, settings.PUBLIC_URL, settings.BASE_PATH.rstrip("/"))

    def url(self, port: int) -> str:
        """The URL at which a person opens it, without a closing slash."""
        if self.public_url:
            return self.public_url.rstrip("/")
        all_interfaces = self.host in ("", "0.0.0.0", "::")  # noqa: S104 - only compared
        host = "127.0.0.1" if all_interfaces else f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{port}{self.base_path}"
