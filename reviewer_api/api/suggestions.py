"""Suggestions: the board, one suggestion, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from automations.git.author import GitAuthor
from reviewer_api.api.author import AuthorDep
from reviewer_api.api.empty_reason import explain_empty_list
from reviewer_api.api.services import (
    DiaryDep,
    HomeCacheDep,
    NightlyRunnerDep,
    ReconcilerDep,
    ReviewDep,
    SuggestionViewDep,
)
from reviewer_api.diary.board import Order, SuggestionFilter
from reviewer_api.diary.times import iso_from_datetime
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
from reviewer_api.review.review import Review
from schemas.errors import InputError, NightshiftError, StaleError
from schemas.suggestions import State

router = APIRouter(prefix="/suggestions", tags=["suggestions"])
LAST_YEAR = 9999
"""No calendar shows the end of it in every zone."""
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": ErrorAnswer}}
NOT_FOUND_OR_STALE: dict[int | str, dict[str, Any]] = {**NOT_FOUND, 409: {"model": Stale}}


PageOf = Callable[[str], Awaitable[SuggestionPage]]


async def page_after_decision(reconciler: ReconcilerDep, suggestion_view: SuggestionViewDep) -> PageOf:
    """Gives the page of a suggestion once the board shows what was just decided about it."""

    async def page(habit_id: str) -> SuggestionPage:
        await reconciler.indexed()
        return await suggestion_view.page(habit_id)

    return page


PageAfterDep = Annotated[PageOf, Depends(page_after_decision)]


@router.get("", response_model=SuggestionList)
async def list_suggestions(
    diary: DiaryDep,
    nightly_runner: NightlyRunnerDep,
    state: Annotated[list[State] | None, Query()] = None,
    area: str | None = None,
    kind: str | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    order: Order = "strength",
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """From the index; its lines are JSON already, so none of them goes through a model."""
    suggestion_filter = SuggestionFilter(tuple(state or ()), area, kind, q, order, offset, limit)
    page = await diary.board.page(suggestion_filter)
    next_run = nightly_runner.next_run
    frame = SuggestionList(
        items=[],
        total=page.total,
        counts={State(key): count for key, count in page.counts.items()},
        areas=list(page.areas),
        kinds=list(page.kinds),
        empty_reason="" if page.lines else await explain_empty_list(diary.runs, suggestion_filter),
        next_run=iso_from_datetime(next_run) if next_run else None,
    ).model_dump_json()
    body = frame.replace('"items":[]', f'"items":[{",".join(page.lines)}]', 1)
    return Response(body, media_type="application/json")


@router.post("/bulk")
async def decide_many(
    question: BulkQuestion, review: ReviewDep, reconciler: ReconcilerDep, home_cache: HomeCacheDep, author: AuthorDep
) -> BulkAnswer:
    """Decline or snooze several; each that could not be is named with its reason."""
    if (question.decline is None) == (question.snooze is None):
        raise InputError("Say either how to decline them or until when to snooze them.")
    done: list[str] = []
    failed: dict[str, str] = {}
    for habit_id in question.habit_ids:
        try:
            await _decide_one(review, habit_id, question, home_cache.home.tzinfo, author)
            done.append(habit_id)
        except NightshiftError as error:
            failed[habit_id] = str(error)
    await reconciler.indexed()
    return BulkAnswer(done=done, failed=failed)


@router.get("/{habit_id}", responses=NOT_FOUND)
async def show_suggestion(habit_id: str, suggestion_view: SuggestionViewDep) -> SuggestionPage:
    return await suggestion_view.page(habit_id)


@router.get("/{habit_id}/diff", responses=NOT_FOUND)
async def show_diff(
    habit_id: str, suggestion_view: SuggestionViewDep, against: Literal["main", "home"] = "main"
) -> DiffAnswer:
    """The draft against what main or the home has now."""
    return await suggestion_view.diff(habit_id, against)


@router.post("/{habit_id}/preview", responses=NOT_FOUND)
async def preview_edit(habit_id: str, question: PreviewQuestion, suggestion_view: SuggestionViewDep) -> Preview:
    """What an edit would mean; nothing is saved."""
    return await suggestion_view.preview(habit_id, question.yaml)


@router.post("/{habit_id}/edit", responses=NOT_FOUND_OR_STALE, response_model=SuggestionPage)
async def save_edit(
    habit_id: str, question: EditQuestion, review: ReviewDep, page_after: PageAfterDep, author: AuthorDep
) -> SuggestionPage | Response:
    """A commit on the suggestion's branch in the caller's name; 409 with its newest version where it moved."""
    try:
        await review.edit(habit_id, question, author)
    except StaleError as error:
        return await _stale_response(page_after, habit_id, error)
    return await page_after(habit_id)


@router.post("/{habit_id}/comment", responses=NOT_FOUND_OR_STALE)
async def comment(
    habit_id: str, question: CommentQuestion, review: ReviewDep, page_after: PageAfterDep, author: AuthorDep
) -> SuggestionPage:
    await review.comment(habit_id, question.text, author)
    return await page_after(habit_id)


@router.post("/{habit_id}/redraft", responses=NOT_FOUND_OR_STALE)
async def redraft(
    habit_id: str, question: CommentQuestion, review: ReviewDep, page_after: PageAfterDep, author: AuthorDep
) -> SuggestionPage:
    """Ask for a new draft that follows the comment."""
    await review.redraft(habit_id, question.text, author)
    return await page_after(habit_id)


@router.post("/{habit_id}/approve", responses=NOT_FOUND_OR_STALE, response_model=DeployResult)
async def approve(
    habit_id: str,
    question: ApproveQuestion,
    review: ReviewDep,
    reconciler: ReconcilerDep,
    page_after: PageAfterDep,
    author: AuthorDep,
) -> DeployResult | Response:
    """Merge what was shown and take it to the home; 409 with what moved where it is not there any more."""
    try:
        merge = await review.approve(habit_id, question, author)
    except StaleError as error:
        return await _stale_response(page_after, habit_id, error)
    return await reconciler.settled(merge)


@router.post("/{habit_id}/decline", responses=NOT_FOUND_OR_STALE)
async def decline(
    habit_id: str, question: DeclineQuestion, review: ReviewDep, page_after: PageAfterDep, author: AuthorDep
) -> SuggestionPage:
    await review.decline(habit_id, question, author)
    return await page_after(habit_id)


@router.post("/{habit_id}/snooze", responses=NOT_FOUND_OR_STALE)
async def snooze(
    habit_id: str,
    question: SnoozeQuestion,
    review: ReviewDep,
    home_cache: HomeCacheDep,
    page_after: PageAfterDep,
    author: AuthorDep,
) -> SuggestionPage:
    await review.snooze(habit_id, time_from_text(question.until, home_cache.home.tzinfo), author)
    return await page_after(habit_id)


@router.post("/{habit_id}/reopen", responses=NOT_FOUND_OR_STALE)
async def reopen(habit_id: str, review: ReviewDep, page_after: PageAfterDep, author: AuthorDep) -> SuggestionPage:
    await review.reopen(habit_id, author)
    return await page_after(habit_id)


@router.post("/{habit_id}/keep", responses=NOT_FOUND_OR_STALE)
async def keep(habit_id: str, review: ReviewDep, page_after: PageAfterDep, author: AuthorDep) -> SuggestionPage:
    """What is deployed stays as it is, though it was questioned."""
    await review.keep(habit_id, author)
    return await page_after(habit_id)


def time_from_text(text: str, zone: ZoneInfo) -> datetime:
    """A date (its beginning in the home's zone) or a time; InputError where it is neither."""
    try:
        moment = datetime.fromisoformat(text)
        at = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(f"'{text[:40]}' is no date; write it like 2026-12-24.") from None
    if at.year >= LAST_YEAR:
        raise InputError(f"'{text[:40]}' is too far away; choose a date before the year {LAST_YEAR}.")
    return at


async def _stale_response(page_after: PageOf, habit_id: str, error: StaleError) -> Response:
    """409 with what changed, and the page as it is now."""
    try:
        page = await page_after(habit_id)
    except NightshiftError:
        page = None
    return JSONResponse(Stale(detail=str(error), moved=[str(error)], page=page).model_dump(mode="json"), 409)


async def _decide_one(review: Review, habit_id: str, question: BulkQuestion, zone: ZoneInfo, author: GitAuthor) -> None:
    if question.decline:
        await review.decline(habit_id, question.decline, author)
    if question.snooze:
        await review.snooze(habit_id, time_from_text(question.snooze.until, zone), author)
