"""The review: HTTP API, web page, notices and the clock that starts the night."""
