"""The owner's Data API: read-only events over HTTP, used only where the response is what was requested.

Such services ignore parameters, cap pages, leave out states or return statistics, all with 200. Every response is
checked: rows inside the requested span, states present, no five-minute means, no repeated page. What fails a check
stops the run with a sentence; it is never mined as if it were thirty days of changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final, Literal

import numpy as np

from automations.history.data_api_rows import Row, filter_usable, rows_from_document
from automations.history.enrich_home import enrich_home
from automations.history.event_builder import EventBuilder, drop_repeats
from automations.history.origin import origin_from_entity
from automations.history.source import HistorySource
from automations.history.source_result import SourceResult
from automations.history.usable_rows import LeftOut, Reason, drop_unusable, is_possible_time
from automations.http.client import HttpClient, HttpResponse
from schemas.clock import DAY_US, microseconds
from schemas.errors import InputError, NightshiftError, Unreachable, WrongServerError
from schemas.home import Home

PAGE_ROWS: Final = 10_000
SLICE: Final = timedelta(days=1)
MIN_DAYS: Final = 3
MIN_SPAN: Final = timedelta(minutes=1)
RETRY_PAUSES: Final = (0.5, 2.0, 5.0)
"""Seconds between attempts while it is unreachable or answers 5xx."""
MAX_WAIT_SECONDS: Final = 120.0
"""Seconds that a 429 may make us wait, each time."""
MAX_ATTEMPTS: Final = 10

ROUTE_HINT = "set DATA_API_PATH (such services also use /api/v1/events) and DATA_API_STYLE"
OTHER_SOURCES = "or take another source: HISTORY_SOURCE=home-assistant, recorder or file"


@dataclass(frozen=True)
class DataApi(HistorySource):
    """Over `site`; `style` is how spans are requested, see DATA_API_STYLE."""

    site: HttpClient
    path: str
    style: Literal["relative", "absolute"]
    now: datetime
    pauses: Sequence[float] = RETRY_PAUSES

    @property
    def name(self) -> str:
        return f"{self.site.what} at {self.site.display_url}"

    async def read(self, start: datetime, end: datetime, home: Home, entity_ids: frozenset[str]) -> SourceResult:
        left_out = LeftOut(entity_ids)
        read_pages = self._read_slices if self.style == "absolute" else self._read_pages
        builder = EventBuilder()
        row_count, empty_pages = 0, 0
        async for rows in read_pages(start, end, left_out):
            row_count, empty_pages = row_count + len(rows), empty_pages + (not rows)
            _add_rows(builder, [row for row in rows if row.entity_id in entity_ids or not row.entity_id], home)
        if empty_pages or not row_count:
            await self._check_health(has_rows=row_count > 0)
        events = drop_repeats(drop_unusable(builder.build(), microseconds(self.now), left_out))
        return SourceResult(events, (*((SCENES_NOTE,) if row_count else ()), *left_out.notes()))

    async def enrich_home(self, home: Home) -> tuple[Home, tuple[str, ...]]:
        return await enrich_home(home, self.site)

    async def _read_slices(self, start: datetime, end: datetime, left_out: LeftOut) -> AsyncIterator[list[Row]]:
        """One request a day; a page that looks full is read again in two halves, since offsets cannot be trusted."""
        spans = [(at, min(at + SLICE, end)) for at in _slice_starts(start, end, SLICE)]
        while spans:
            first, last = spans.pop(0)
            rows = await self._request_rows(
                {"start_time": _iso(first), "end_time": _iso(last), "limit": str(PAGE_ROWS)}
            )
            if _looks_full(rows) and last - first > MIN_SPAN:
                middle = first + (last - first) / 2
                spans[:0] = [(first, middle), (middle, last)]
            else:
                yield filter_usable(self._rows_of_span(rows, first, last, left_out), self.name, left_out)

    async def _read_pages(self, start: datetime, end: datetime, left_out: LeftOut) -> AsyncIterator[list[Row]]:
        """The spec's own parameters, page by page until one is short; MIN_DAYS at least, to notice a cap of one day."""
        days = max(ceil((self.now - start) / timedelta(days=1)), MIN_DAYS)
        previous_rows: list[Row] = []
        oldest, offset = microseconds(self.now), 0
        while True:
            limits = {"limit": str(PAGE_ROWS), "offset": str(offset)}
            rows = await self._request_rows({"start": f"-{days}d", "group_by": "device_id", **limits})
            if rows and rows == previous_rows:
                raise InputError(f"{self.name} repeats the same page: it ignores `offset`; {ROUTE_HINT}.")
            oldest = min([oldest, *(row.time for row in rows if self._is_possible(row))])
            rows_in_span = [
                row
                for row in filter_usable(rows, self.name, left_out)
                if microseconds(start) <= row.time < microseconds(end) or not self._is_possible(row)
            ]
            if rows_in_span:
                yield rows_in_span
            previous_rows, offset = rows, offset + len(rows)
            if not _looks_full(rows):
                break
        self._check_reach(oldest, offset, days)

    async def _request_rows(self, params: Mapping[str, str]) -> list[Row]:
        answer = await self._request(self.path, params)
        if answer.status in (400, 404, 405, 422):
            raise InputError(
                f"{answer.url} answered {answer.status} ({answer.excerpt!r}); {ROUTE_HINT}, {OTHER_SOURCES}."
            )
        if answer.status != 200:
            raise Unreachable(f"{answer.url} answered {answer.status} ({answer.excerpt!r}); try again later.")
        return rows_from_document(answer.json(), self.name)

    async def _request(self, path: str, params: Mapping[str, str]) -> HttpResponse:
        """One response; waits where it says so (429), tries again where it is unreachable, never after 401."""
        pauses = iter(self.pauses)
        for _ in range(MAX_ATTEMPTS):
            try:
                answer = await self.site.request("GET", path, params)
            except WrongServerError:
                raise
            except Unreachable:
                if (pause := next(pauses, None)) is None:
                    raise
                await asyncio.sleep(pause)
                continue
            if answer.status == 429:
                await asyncio.sleep(_wait_seconds(answer))
            elif answer.status >= 500 and (pause := next(pauses, None)) is not None:
                await asyncio.sleep(pause)
            else:
                return answer
        raise Unreachable(f"{self.name} made us wait {MAX_ATTEMPTS} times (429); try again later.")

    async def _check_health(self, *, has_rows: bool) -> None:
        """No rows may mean a quiet home or a failing database, which also gives 200 and nothing.

        Where it returned some rows (`has_rows`), a service without this route passes.
        """
        try:
            answer = await self._request("/health", {})
        except NightshiftError as error:
            raise Unreachable(f"{self.name} tells no events, and not how it is: {error}") from error
        is_unwell = answer.status >= 500 or b"unhealthy" in answer.body.lower()
        if is_unwell or (answer.status != 200 and not has_rows):
            raise Unreachable(f"{self.name} tells no events and is not well ({answer.excerpt!r}); try again later.")

    def _is_possible(self, row: Row) -> bool:
        return is_possible_time(row.time, microseconds(self.now))

    def _rows_of_span(self, rows: Sequence[Row], first: datetime, last: datetime, left_out: LeftOut) -> list[Row]:
        """Those from `first` to `last`, and those whose time cannot be; InputError where most lie outside."""
        outside = {
            row for row in rows if self._is_possible(row) and not microseconds(first) <= row.time <= microseconds(last)
        }
        if 2 * len(outside) > len(rows):
            raise InputError(
                f"{self.name} answered {len(outside)} of {len(rows)} rows from outside {_iso(first)} to {_iso(last)}: "
                f"it ignores start_time and end_time; {ROUTE_HINT}, {OTHER_SOURCES}."
            )
        for row in outside:
            left_out.add(Reason.NOT_ASKED_FOR, row.entity_id)
        return [row for row in rows if row not in outside]

    def _check_reach(self, oldest: int, rows: int, days: int) -> None:
        """InputError where it returned only the last day, or a round number of rows that ends early: a cap."""
        covered_days = (microseconds(self.now) - oldest) / DAY_US
        is_cut = covered_days <= 1 or (rows % 100 == 0 and covered_days < days - 1)
        if rows and is_cut:
            raise InputError(
                f"{self.name} was asked for {days} days and told {rows} rows of the last "
                f"{covered_days * 24:.0f} hours: "
                f"it ignores `start`, caps its answers or knows no more; {ROUTE_HINT}=absolute, {OTHER_SOURCES}."
            )


SCENES_NOTE: Final = (
    "The Data API tells only one of several devices that changed together, and not who changed them: "
    "habits with scenes may be missed."
)


def _add_rows(builder: EventBuilder, rows: Sequence[Row], home: Home) -> None:
    if not rows:
        return
    time = np.fromiter((row.time for row in rows), np.int64, len(rows))
    entity = np.fromiter((builder.entity_code(row.entity_id) for row in rows), np.int32, len(rows))
    origin = np.fromiter(
        (origin_from_entity(row.entity_id, home.entities_by_id.get(row.entity_id)) for row in rows), np.int8, len(rows)
    )
    builder.add(time, entity, [row.state or "" for row in rows], origin)


def _looks_full(rows: Sequence[Row]) -> bool:
    """At our limit, or at a round number that may be a limit of its own."""
    return len(rows) >= PAGE_ROWS or (len(rows) > 0 and len(rows) % 100 == 0)


def _wait_seconds(answer: HttpResponse) -> float:
    try:
        return min(max(float(answer.headers.get("retry-after", "1")), 0.0), MAX_WAIT_SECONDS)
    except ValueError:
        return 5.0


def _slice_starts(start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    return [start + step * number for number in range(ceil((end - start) / step))]


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
