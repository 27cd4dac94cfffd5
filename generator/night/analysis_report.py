"""What an analysis found, as the JSON document that programs read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from automations.config.words.evidence import reason_words
from generator.drafting.baseline import baseline_from
from generator.mining import MiningResult
from generator.mining.identity import assign_ids
from generator.night.measure import peak_rss_mb
from schemas.clock import iso
from schemas.events import Events
from schemas.home import Home
from schemas.patterns import Pattern


def analysis_document(mined: MiningResult, events: Events, home: Home) -> dict[str, Any]:
    """What `--json` prints."""
    window = {name: iso(moment) if moment else None for name, moment in (("start", mined.start), ("end", mined.end))}
    return {
        "window": window,
        "events": len(events),
        "settling": mined.settling,
        "patterns": [_pattern_document(pattern, home) for pattern in assign_ids(mined.patterns, [])],
        "anomalies": [
            {**asdict(anomaly), "start": iso(anomaly.start), "end": iso(anomaly.end)} for anomaly in mined.anomalies
        ],
        "skipped": [asdict(skipped) for skipped in mined.skipped],
        "notes": list(mined.notes),
        "timings": {stage: round(seconds, 4) for stage, seconds in mined.timings.items()},
        "peak_rss_mb": round(peak_rss_mb(), 1),
    }


def _pattern_document(pattern: Pattern, home: Home) -> dict[str, Any]:
    evidence = asdict(pattern.evidence)
    evidence |= {name: iso(evidence[name]) for name in ("first_seen", "last_seen")}
    evidence["seen_at"] = [iso(moment) for moment in pattern.evidence.seen_at]
    draft = baseline_from(pattern, home)
    return {
        "habit_id": pattern.habit_id,
        "kind": str(pattern.kind),
        "title": draft["alias"],
        "why": reason_words(pattern.evidence),
        "evidence": evidence,
        "automation": {"id": f"nightshift_{pattern.habit_id}", **draft},
    }
