"""A run of the generator: its report, and programs that stand for it."""

from __future__ import annotations

from schemas.runs import RunReport

REPORT = RunReport(
    run_id="child",
    source="file",
    started="2026-11-23T03:00:00Z",
    finished="2026-11-23T03:01:00Z",
    window={},
    events=7,
    origins={},
    settling=False,
    found=2,
    suggestions=[],
    skipped=[],
    anomalies=[],
    timings={"read": 0.5},
    peak_rss_mb=80.0,
)
TELLS = """
import sys
for stage in ("read", "mine"):
    print('{"stage": "%s", "done": 1, "total": 1}' % stage, file=sys.stderr, flush=True)
"""
SLEEPS = "import time; time.sleep(60)"
