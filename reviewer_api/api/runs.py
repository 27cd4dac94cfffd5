"""Runs of the generator: the list, one run, start, stop, and the progress of the present one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, HTTPException, Query, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from reviewer_api.api.services import AfterNightDep, DiaryDep, NightlyRunnerDep
from reviewer_api.diary.runs import Run, Runs
from reviewer_api.diary.times import iso_from_datetime
from reviewer_api.models.base import ErrorAnswer
from reviewer_api.models.runs import RunList, RunPage, RunRow, SkippedRow, StageTime
from reviewer_api.night.after_night import AfterNight
from reviewer_api.night.runner import NightlyRunner

router = APIRouter(prefix="/runs", tags=["runs"])
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": ErrorAnswer}}
PING_SECONDS = 15


@router.get("")
async def list_runs(nightly_runner: NightlyRunnerDep, diary: DiaryDep, limit: int = Query(50, ge=1, le=500)) -> RunList:
    """Newest first."""
    await nightly_runner.import_reports()
    next_run = nightly_runner.next_run
    return RunList(
        items=[row_from(run) for run in await diary.runs.latest(limit)],
        next_run=iso_from_datetime(next_run) if next_run else None,
        schedule=nightly_runner.schedule,
    )


@router.post("", status_code=202, responses={409: {"model": ErrorAnswer}})
async def start_run(nightly_runner: NightlyRunnerDep, diary: DiaryDep) -> RunRow:
    """Analyse now."""
    return row_from(await _find_run(diary.runs, await nightly_runner.start()))


@router.get("/{run_id}", responses=NOT_FOUND)
async def show_run(run_id: str, diary: DiaryDep) -> RunPage:
    return page_from(await _find_run(diary.runs, run_id))


@router.delete("/{run_id}", status_code=204, responses=NOT_FOUND)
async def stop_run(run_id: str, nightly_runner: NightlyRunnerDep, diary: DiaryDep) -> Response:
    """Stop it, where it is under way; nothing half written stays behind."""
    await _find_run(diary.runs, run_id)
    await nightly_runner.stop(run_id)
    return Response(status_code=204)


@router.get(
    "/{run_id}/live",
    responses={**NOT_FOUND, 200: {"content": {"text/event-stream": {}}, "description": "`progress`, then `finished`"}},
    response_class=EventSourceResponse,
)
async def follow_run(
    run_id: str, nightly_runner: NightlyRunnerDep, after_night: AfterNightDep, diary: DiaryDep
) -> EventSourceResponse:
    """Server-sent events: `progress` with a `Progress`, and at the end `finished` with a `RunRow`."""
    await _find_run(diary.runs, run_id)
    events = _events(run_id, nightly_runner, after_night, diary.runs)
    return EventSourceResponse(events, ping=PING_SECONDS, headers={"X-Accel-Buffering": "no"})


async def _events(
    run_id: str, nightly_runner: NightlyRunner, after_night: AfterNight, runs: Runs
) -> AsyncIterator[ServerSentEvent]:
    async for progress in nightly_runner.follow(run_id):
        yield ServerSentEvent(event="progress", data=progress.model_dump_json())
    await after_night.caught_up()  # whoever hears that it has finished finds its suggestions on the board
    yield ServerSentEvent(event="finished", data=row_from(await _find_run(runs, run_id)).model_dump_json())


async def _find_run(runs: Runs, run_id: str) -> Run:
    run = await runs.get(run_id)
    if run is None:
        raise HTTPException(404, f"There is no run {run_id}; the list of runs shows those that are remembered.")
    return run


def row_from(run: Run) -> RunRow:
    report = run.report
    return RunRow(
        run_id=run.run_id,
        started=iso_from_datetime(run.started),
        finished=iso_from_datetime(run.finished) if run.finished else None,
        outcome=run.outcome,
        why=run.why,
        events=report.events if report else None,
        found=report.found if report else None,
        proposed=sum(s.outcome == "created" for s in report.suggestions) if report else None,
    )


def page_from(run: Run) -> RunPage:
    report = run.report
    if report is None:
        return RunPage(row=row_from(run))
    return RunPage(
        row=row_from(run),
        stages=[StageTime(stage=stage, seconds=seconds) for stage, seconds in report.timings.items()],
        skipped=[SkippedRow(reason=skipped.reason, count=skipped.count) for skipped in report.skipped],
        suggestions=[suggestion.model_dump() for suggestion in report.suggestions],
        anomalies=[scalar_fields(anomaly) for anomaly in report.anomalies],
        notes=report.notes,
        origins=report.origins,
        window=report.window,
        peak_rss_mb=report.peak_rss_mb,
    )


def scalar_fields(anomaly: dict[str, object]) -> dict[str, str | float]:
    """The texts and numbers of an anomaly, which is all that a page can show."""
    return {key: value for key, value in anomaly.items() if isinstance(value, str | float | int)}
