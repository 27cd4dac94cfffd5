"""What a night did, as its report: every suggestion with its outcome, and everything left out with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from generator.mining import MiningResult
from generator.night.measure import peak_rss_mb
from generator.night.night_context import NightContext
from schemas.clock import iso
from schemas.events import Events, Origin
from schemas.patterns import Anomaly
from schemas.runs import ProposedSuggestion, RunReport, SkippedCount

_NOT_PROPOSED = frozenset({"waiting", "held_back", "declined", "failed"})


@dataclass(frozen=True)
class NightResult:
    mined: MiningResult
    suggestions: Sequence[ProposedSuggestion]
    not_shown: Sequence[str]
    """Why each draft that the backtest speaks against is not shown."""
    follow_up_notes: Sequence[str]


def night_report(night: NightContext, result: NightResult, timings: Mapping[str, float]) -> RunReport:
    """`timings` in seconds by stage; those of mining's own steps are added."""
    events, mined = night.history.events, result.mined
    return RunReport(
        run_id=night.now.strftime("%Y%m%dT%H%M%SZ"),
        source=night.source,
        started=iso(night.now),
        finished=iso(datetime.now(UTC)),
        window={name: iso(at) if at else "" for name, at in (("start", mined.start), ("end", mined.end))},
        events=len(events),
        origins=_origins(events),
        settling=mined.settling,
        found=len(mined.patterns),
        suggestions=list(result.suggestions),
        skipped=_skipped(result),
        anomalies=[_anomaly_document(anomaly) for anomaly in mined.anomalies],
        timings={**timings, **{key: round(value, 3) for key, value in mined.timings.items()}},
        peak_rss_mb=round(peak_rss_mb(), 1),
        notes=[*night.history.notes, *mined.notes, *night.drafter.notes, *result.follow_up_notes],
    )


def _skipped(result: NightResult) -> list[SkippedCount]:
    """The most frequent reason first."""
    counts = Counter(f"backtest: {why}" for why in result.not_shown)
    counts.update({skipped.reason: skipped.count for skipped in result.mined.skipped})
    counts.update(
        f"{row.outcome.replace('_', ' ')}: {row.why}" for row in result.suggestions if row.outcome in _NOT_PROPOSED
    )
    return [SkippedCount(reason=reason, count=count) for reason, count in counts.most_common()]


def _anomaly_document(anomaly: Anomaly) -> dict[str, object]:
    return {
        "entity_id": anomaly.entity_id,
        "start": iso(anomaly.start),
        "end": iso(anomaly.end),
        "reason": anomaly.reason,
        "score": round(anomaly.score, 3),
    }


def _origins(events: Events) -> dict[str, int]:
    counts = np.bincount(events.origin, minlength=len(Origin))
    return {origin.name.lower(): int(counts[origin]) for origin in Origin if counts[origin]}
