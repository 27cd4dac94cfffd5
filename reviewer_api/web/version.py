"""The version that the page, the API and the MQTT device show."""

from __future__ import annotations

VERSION = "0.1.0"
"""As in `pyproject.toml`; a test holds them equal."""
