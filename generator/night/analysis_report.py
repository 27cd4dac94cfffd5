"""What an analysis found, as the JSON document that programs read."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from generator.drafting.baseline import baseline
from generator.drafting.wording.english import reason, title
from generator.mining import Mined
from generator.mining.identity import assign
from generator.night.measure import peak_rss_mb
from schemas.events import Events
from schemas.home import Home
from schemas.patterns import Pattern


def document(mined: Mined, events: Events, home: Home) -> dict[str, Any]:
    """What `--json` prints."""
    window = {name: _iso(moment) if moment else None for name, moment in (("start", mined.start), ("end", mined.end))}
    return {
        "window": window,
        "events": len(events),
        "settling": mined.settling,
        "patterns": [_pattern(pattern, home) for pattern in assign(mined.patterns, [])],
        "anomalies": [
            {**asdict(anomaly), "start": _iso(anomaly.start), "end": _iso(anomaly.end)} for anomaly in mined.anomalies
        ],
        "skipped": [asdict(skipped) for skipped in mined.skipped],
        "notes": list(mined.notes),
        "timings": {stage: round(seconds, 4) for stage, seconds in mined.timings.items()},
        "peak_rss_mb": round(peak_rss_mb(), 1),
    }


def _pattern(pattern: Pattern, home: Home) -> dict[str, Any]:
    seen = asdict(pattern.evidence)
    seen |= {name: _iso(seen[name]) for name in ("first_seen", "last_seen")}
    seen["seen_at"] = [_iso(moment) for moment in pattern.evidence.seen_at]
    return {
        "habit_id": pattern.habit_id,
        "kind": str(pattern.kind),
        "title": title(pattern, home),
        "why": reason(pattern),
        "evidence": seen,
        "automation": {"id": f"nightshift_{pattern.habit_id}", **baseline(pattern, home)},
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
