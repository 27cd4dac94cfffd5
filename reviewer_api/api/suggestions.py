"""Suggestions: the board, one suggestion, and what a person decides about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from automations.git.repository import GitAuthor
from reviewer_api.api.empty_reason import why_empty
from reviewer_api.api.services import Parts, PartsHere
from reviewer_api.auth.callers import Caller, CallerHere
from reviewer_api.diary.board import Order, Wanted
from reviewer_api.diary.times import text
from reviewer_api.models.automations import DeployResult
from reviewer_api.models.base import ErrorAnswer
from reviewer_api.models.common import DiffAnswer
from reviewer_api.models.suggestions import (
    ApproveQuestion,
    BulkAnswer,
    BulkQuestion,
    CommentQuestion,
    DeclineQuestion,
    EditQuestion,
    Preview,
    PreviewQuestion,
    SnoozeQuestion,
    Stale,
    SuggestionList,
    SuggestionPage,
)
from schemas.errors import InputError, NightshiftError, StaleError
from schemas.suggestions import State

router = APIRouter(prefix="/suggestions", tags=["suggestions"])
MISSING: dict[int | str, dict[str, Any]] = {404: {"model": ErrorAnswer}}
MOVED: dict[int | str, dict[str, Any]] = {**MISSING, 409: {"model": Stale}}


@router.get("", response_model=SuggestionList)
async def list_suggestions(
    parts: PartsHere,
    state: Annotated[list[State] | None, Query()] = None,
    area: str | None = None,
    kind: str | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    order: Order = "strength",
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """From the index; its lines are JSON already, so none of them goes through a model."""
    wanted = Wanted(tuple(state or ()), area, kind, q, order, offset, limit)
    page = await parts.diary.board.page(wanted)
    next_run = parts.night.next_run
    frame = SuggestionList(
        items=[],
        total=page.total,
        counts={State(key): count for key, count in page.counts.items()},
        areas=list(page.areas),
        kinds=list(page.kinds),
        empty_reason="" if page.lines else await why_empty(parts, wanted),
        next_run=text(next_run) if next_run else None,
    ).model_dump_json()
    body = frame.replace('"items":[]', f'"items":[{",".join(page.lines)}]', 1)
    return Response(body, media_type="application/json")


@router.post("/bulk")
async def decide_many(question: BulkQuestion, parts: PartsHere, caller: CallerHere) -> BulkAnswer:
    """Decline or snooze several; each that could not be is named with its reason."""
    if (question.decline is None) == (question.snooze is None):
        raise InputError("Say either how to decline them or until when to snooze them.")
    done: list[str] = []
    failed: dict[str, str] = {}
    for habit_id in question.habit_ids:
        try:
            await _decide(parts, habit_id, question, who(caller))
            done.append(habit_id)
        except NightshiftError as error:
            failed[habit_id] = str(error)
    await parts.watch.refresh()
    return BulkAnswer(done=done, failed=failed)


@router.get("/{habit_id}", responses=MISSING)
async def show_suggestion(habit_id: str, parts: PartsHere) -> SuggestionPage:
    return await parts.shown.page(habit_id)


@router.get("/{habit_id}/diff", responses=MISSING)
async def show_diff(habit_id: str, parts: PartsHere, against: Literal["main", "home"] = "main") -> DiffAnswer:
    """The draft against what main or the home has now."""
    return await parts.shown.diff(habit_id, against)


@router.post("/{habit_id}/preview", responses=MISSING)
async def preview_edit(habit_id: str, question: PreviewQuestion, parts: PartsHere) -> Preview:
    """What an edit would mean; nothing is saved."""
    return await parts.shown.preview(habit_id, question.yaml)


@router.post("/{habit_id}/edit", responses=MOVED, response_model=SuggestionPage)
async def save_edit(
    habit_id: str, question: EditQuestion, parts: PartsHere, caller: CallerHere
) -> SuggestionPage | Response:
    """A commit on the suggestion's branch in the caller's name; 409 with its newest version where it moved."""
    try:
        await parts.review.edit(habit_id, question, who(caller))
    except StaleError as error:
        return await _stale(parts, habit_id, error)
    return await _page(parts, habit_id)


@router.post("/{habit_id}/comment", responses=MOVED)
async def comment(habit_id: str, question: CommentQuestion, parts: PartsHere, caller: CallerHere) -> SuggestionPage:
    await parts.review.comment(habit_id, question.text, who(caller))
    return await _page(parts, habit_id)


@router.post("/{habit_id}/redraft", responses=MOVED)
async def redraft(habit_id: str, question: CommentQuestion, parts: PartsHere, caller: CallerHere) -> SuggestionPage:
    """Ask for a new draft that follows the comment."""
    await parts.review.redraft(habit_id, question.text, who(caller))
    return await _page(parts, habit_id)


@router.post("/{habit_id}/approve", responses=MOVED, response_model=DeployResult)
async def approve(
    habit_id: str, question: ApproveQuestion, parts: PartsHere, caller: CallerHere
) -> DeployResult | Response:
    """Merge what was shown and take it to the home; 409 with what moved where it is not there any more."""
    try:
        merge = await parts.review.approve(habit_id, question, who(caller))
    except StaleError as error:
        return await _stale(parts, habit_id, error)
    result = await parts.deployed.deploy_merge(merge)
    await parts.watch.refresh()
    return result


@router.post("/{habit_id}/decline", responses=MOVED)
async def decline(habit_id: str, question: DeclineQuestion, parts: PartsHere, caller: CallerHere) -> SuggestionPage:
    await parts.review.decline(habit_id, question, who(caller))
    return await _page(parts, habit_id)


@router.post("/{habit_id}/snooze", responses=MOVED)
async def snooze(habit_id: str, question: SnoozeQuestion, parts: PartsHere, caller: CallerHere) -> SuggestionPage:
    await parts.review.snooze(habit_id, until(question.until, parts.known.home.tzinfo), who(caller))
    return await _page(parts, habit_id)


@router.post("/{habit_id}/reopen", responses=MOVED)
async def reopen(habit_id: str, parts: PartsHere, caller: CallerHere) -> SuggestionPage:
    await parts.review.reopen(habit_id, who(caller))
    return await _page(parts, habit_id)


@router.post("/{habit_id}/keep", responses=MOVED)
async def keep(habit_id: str, parts: PartsHere, caller: CallerHere) -> SuggestionPage:
    """What is deployed stays as it is, though it was questioned."""
    await parts.review.keep(habit_id, who(caller))
    return await _page(parts, habit_id)


def who(caller: Caller) -> GitAuthor:
    """The caller as a git author."""
    return GitAuthor(caller.name, f"{caller.by.replace('_', '-')}@nightshift.local")


def until(words: str, zone: ZoneInfo) -> datetime:
    """A date (its beginning in the home's zone) or a time; InputError where it is neither."""
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        raise InputError(f"'{words}' is no date; write it like 2026-12-24.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


async def _stale(parts: Parts, habit_id: str, error: StaleError) -> Response:
    """409 with what moved, and the page as it is now."""
    try:
        page = await _page(parts, habit_id)
    except NightshiftError:
        page = None
    return JSONResponse(Stale(detail=str(error), moved=[str(error)], page=page).model_dump(mode="json"), 409)


async def _decide(parts: Parts, habit_id: str, question: BulkQuestion, person: GitAuthor) -> None:
    if question.decline:
        await parts.review.decline(habit_id, question.decline, person)
    if question.snooze:
        await parts.review.snooze(habit_id, until(question.snooze.until, parts.known.home.tzinfo), person)


async def _page(parts: Parts, habit_id: str) -> SuggestionPage:
    await parts.watch.refresh()
    return await parts.shown.page(habit_id)
