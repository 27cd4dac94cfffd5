"""Prometheus metrics: requests, runs, open suggestions, pending notices."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """Names begin with `nightshift_`; no label holds an entity, a name or a path that a caller chose."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "nightshift_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "nightshift_request_seconds", "Time to answer.", ("route",), buckets=BUCKETS, registry=self.registry
        )
        self.runs = Counter("nightshift_runs", "Analyses by how they ended.", ("outcome",), registry=self.registry)
        self.suggestions = Gauge("nightshift_suggestions", "Suggestions by state.", ("state",), registry=self.registry)
        self.waiting_notices = Gauge(
            "nightshift_waiting_notices", "Notices that the broker has not taken.", registry=self.registry
        )
        self.up = Gauge("nightshift_dependency_up", "1 where it answers.", ("dependency",), registry=self.registry)


class MetricsMiddleware:
    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500
        started = time.perf_counter()

        async def send_and_note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note_status)
        finally:
            # The route's name, such as show_run: no text of the caller's may become a label.
            route = getattr(scope.get("route"), "name", "none")
            self._metrics.requests.labels(scope["method"], route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)
