"""The version that the page, the API and the broker are told."""

from __future__ import annotations

VERSION = "0.1.0"
"""As in `pyproject.toml`; a test holds them equal."""
