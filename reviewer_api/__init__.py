"""The review: HTTP API, web page, notices and the clock that starts the night."""

VERSION = "0.1.0"
"""As in `pyproject.toml`; a test holds them equal."""
