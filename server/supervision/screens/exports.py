"""Files to take away: every promise of a period, or the table of a report, as CSV or as a workbook."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import xlsxwriter

from agent_ui.models import Name
from agent_ui.models.report import Ratings, ReportRow, ReportTable
from agent_ui.render import Ui
from server.supervision.queries.facts import COUNTED
from server.supervision.queries.ratings import Rated
from server.supervision.queries.reports import Promise

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A text that begins so is a formula to some spreadsheet; the last four are the wide forms of the first."""
SHEET_ROWS = 1_000_000
HOUR = 3600
BOM = "\ufeff"
PROMISE = (
    "ticket", "target", "turn", "outcome", "started", "due", "decided", "hours", "team", "topic", "channel",
    "agent", "priority", "status",
)  # fmt: skip
RATED = ("asked", "rated", "satisfied", "unsatisfied", "mean_score")
RATING = (
    "ticket", "score", "comment", "asked_at", "rated_at", "team", "topic", "channel", "agent", "priority",
)  # fmt: skip
MEASURES = ("kept", "broken", "attainment")
TIMES = ("first_median", "first_p90", "resolution_median", "resolution_p90")

Cell = str | int | float | datetime | None
Line = Sequence[Cell]


def promise_heads(ui: Ui) -> Line:
    """Return what the columns of promises are called."""
    return [ui.words.of("column", name) for name in PROMISE]


def promise_line(one: Promise, ui: Ui) -> Line:
    """Return one promise in the words of the reader; what identifies is text, what counts a number."""
    words = ui.words
    topic = Name(one.topic_ar, one.topic_en or "") if one.topic_ar is not None else ""
    return [
        f"#{one.number}",
        words.of("target", one.target),
        one.turn,
        words.of("clock", "met" if one.kept else "breached"),
        one.started_at,
        one.due_at,
        one.decided_at,
        None if one.used_seconds is None else round(one.used_seconds / HOUR, 2),
        words.name(Name(one.team_ar, one.team_en)),
        words.name(topic),
        words.of("channel", one.channel),
        one.agent,
        words.of("priority", one.priority),
        words.of("status", one.status),
    ]


def table_lines(table: ReportTable, ui: Ui) -> Iterator[Line]:
    """Yield the head, the rows and the total of a report's table."""
    words = ui.words
    yield [
        words.of("column", table.by),
        *(
            f"{words.of('target', one)}: {words.of('metric', m)}"
            for one in table.targets
            for m in MEASURES
        ),
        *(words.of("metric", name) for name in MEASURES),
        *(words.of("column", name) for name in TIMES),
        *(words.of("metric", name) for name in (*COUNTED, "reopen_rate", *RATED)),
    ]
    for row in table.rows:
        yield _row(row, ui.row_name(row))
    yield _row(table.total, ui.row_name(table.total))


def _row(row: ReportRow, name: str) -> Line:
    shares = [
        cell
        for one in (*row.shares, row.total)
        for cell in (one.kept, one.broken, _rounded(one.percent))
    ]
    first, last = row.first_response, row.resolution
    times = (first.open_median, first.open_p90, last.open_median, last.open_p90)
    return [
        name,
        *shares,
        *(None if one is None else round(one / HOUR, 2) for one in times),
        *(row.volumes.get(name) for name in COUNTED),
        _rounded(row.reopen_rate),
        *_rated(row.ratings),
    ]


def _rated(ratings: Ratings) -> Line:
    return (
        ratings.asked,
        ratings.rated,
        _rounded(ratings.satisfied),
        ratings.unsatisfied,
        _rounded(ratings.mean),
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 2)


async def each(pages: AsyncIterator[tuple[Promise, ...]], ui: Ui) -> AsyncIterator[list[Line]]:
    """Yield promises as lines, a page at a time, their heads first."""
    yield [promise_heads(ui)]
    async for page in pages:
        yield [promise_line(one, ui) for one in page]


async def each_rating(pages: AsyncIterator[tuple[Rated, ...]], ui: Ui) -> AsyncIterator[list[Line]]:
    """Yield what citizens answered as lines, a page at a time, their heads first."""
    yield [[ui.words.of("column", name) for name in RATING]]
    async for page in pages:
        yield [_rating(one, ui) for one in page]


def _rating(one: Rated, ui: Ui) -> Line:
    words = ui.words
    topic = Name(one.topic_ar, one.topic_en or "") if one.topic_ar is not None else ""
    return [
        f"#{one.number}",
        one.score,
        one.comment,
        one.asked_at,
        one.rated_at,
        words.name(Name(one.team_ar, one.team_en)),
        words.name(topic),
        words.of("channel", one.channel),
        one.agent,
        words.of("priority", one.priority),
    ]


async def all_of(table: ReportTable, ui: Ui) -> AsyncIterator[list[Line]]:
    """Yield a table as one page of lines."""
    yield list(table_lines(table, ui))


async def as_csv(pages: AsyncIterator[list[Line]], ui: Ui) -> AsyncIterator[bytes]:
    """Yield a file that spreadsheets open as it is, a page at a time."""
    mark = BOM
    async for page in pages:
        out = io.StringIO()
        written = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        written.writerows([[_typed(cell, ui) for cell in line] for line in page])
        yield (mark + out.getvalue()).encode()
        mark = ""


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _typed(cell: Cell, ui: Ui) -> str | int | float:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell.astimezone(ui.zone):%Y-%m-%d %H:%M:%S}"
        case str():
            return safe(cell)
        case _:
            return cell


async def as_xlsx(pages: AsyncIterator[list[Line]], ui: Ui) -> Path:
    """Write a workbook, right to left for readers of Arabic; a full sheet is followed by another."""
    with NamedTemporaryFile(prefix="tawasul-report-", suffix=".xlsx", delete=False) as file:
        path = Path(file.name)
    try:
        book = _Book(path, ui)
        async for page in pages:
            await asyncio.to_thread(book.add, page)
        await asyncio.to_thread(book.close)
    except BaseException:
        path.unlink(missing_ok=True)  # noqa: ASYNC240 -- must happen even when we are being cancelled
        raise
    return path


class _Book:
    """A workbook that is written row after row and never held as a whole; the first line heads every sheet."""

    def __init__(self, path: Path, ui: Ui) -> None:
        settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), settings)
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._ui = ui
        self._heads: Line = ()
        self._sheet: Any = None
        self._row = SHEET_ROWS

    def add(self, lines: Sequence[Line]) -> None:
        for line in lines:
            if not self._heads:
                self._heads = line
                continue
            if self._row >= SHEET_ROWS:
                self._begin_sheet()
            self._write(line)

    def close(self) -> None:
        if self._sheet is None:
            self._begin_sheet()
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheet, self._row = self._book.add_worksheet(), 0
        if self._ui.locale == "ar":
            self._sheet.right_to_left()
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(self._heads) - 1, 18)
        self._write(self._heads)

    def _write(self, line: Line) -> None:
        for column, cell in enumerate(line):
            match cell:
                case None:
                    pass
                case datetime():
                    local = cell.astimezone(self._ui.zone).replace(tzinfo=None)
                    self._sheet.write_datetime(self._row, column, local, self._moment)
                case str():
                    self._sheet.write_string(self._row, column, cell)
                case _:
                    self._sheet.write_number(self._row, column, cell)
        self._row += 1
