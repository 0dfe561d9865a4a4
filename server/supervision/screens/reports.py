"""Build reports of a period, and the files in which its promises are taken away."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import xlsxwriter

from agent_ui.models import Name, Reason
from agent_ui.models.watch import Report, ReportPage, ReportRow, ReportTable
from agent_ui.render import Ui
from server.kit.work import transaction
from server.people.queries import Viewer, teams, users
from server.supervision.days import Days, instants
from server.supervision.metrics import SOON
from server.supervision.queries import board, reports
from server.supervision.queries import wall as watched
from server.supervision.queries.reports import Kept, Promise
from server.tickets.screens.chrome import chrome

USUAL = timedelta(days=29)
LONGEST = timedelta(days=400)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that begins so is a formula to a spreadsheet."""
SHEET_ROWS = 1_000_000
BOM = "\ufeff"
COLUMNS = (
    "ticket", "target", "turn", "outcome", "started", "due", "decided", "hours", "team", "topic", "channel",
    "agent", "priority", "status",
)  # fmt: skip


def period(first: str | None, last: str | None, *, today: date) -> tuple[Days, Reason | None]:
    """Read a period; one that cannot be meant becomes the usual one, with the reason."""
    usual = (today - USUAL, today)
    try:
        until = date.fromisoformat(last) if last else today
        since = date.fromisoformat(first) if first else until - USUAL
    except (ValueError, OverflowError):
        return usual, Reason("date_unreadable")
    if since > until:
        return usual, Reason("range_inverted")
    if until - since > LONGEST or not date(1970, 1, 1) <= since <= until < date(2200, 1, 1):
        return usual, Reason("range_too_long")
    return (since, until), None


async def report_page(viewer: Viewer, report: Report, *, now: datetime) -> ReportPage:
    """Put a report on a page."""
    return ReportPage(await chrome(viewer, here="reports", now=now), report)


async def report(
    viewer: Viewer, days: Days, *, zone: tzinfo, now: datetime, error: Reason | None = None
) -> Report:
    """Build the report of the teams that this person supervises."""
    team_ids = sorted(viewer.supervised)
    since, until = instants(days, zone)
    async with transaction():
        await reports.have_patience()
        counted = await reports.promises(team_ids, since=since, until=until)
        volumes = await reports.volumes(team_ids, since=since, until=until)
    names = await _names(counted)
    lie_now = await watched.teams(team_ids, now=now, soon=now + SOON, day_end=now + SOON)
    return Report(
        *days,
        tuple(_table(by, counted, names) for by in reports.GROUPS[:-1]),
        volumes.opened,
        volumes.resolved,
        volumes.reopened,
        volumes.arrived,
        volumes.answered,
        sum(team.active for team in lie_now),
        sum(team.late for team in lie_now),
        await reports.backlog(team_ids, now=now),
        error,
    )


async def _names(counted: Sequence[Kept]) -> Mapping[str, Mapping[int, Name | str]]:
    topics = await board.topic_names([one.topic_id for one in counted if one.topic_id])
    return {
        "team": {team.id: Name(team.name_ar, team.name_en) for team in await teams()},
        "topic": {topic_id: Name(*name) for topic_id, name in topics.items()},
        "agent": {user.id: user.name for user in await users()},
    }


def _table(
    by: str, counted: Sequence[Kept], names: Mapping[str, Mapping[int, Name | str]]
) -> ReportTable:
    rows = tuple(_row(one, names) for one in counted if one.by == by)
    total = next((one for one in counted if one.by == "total"), None)
    return ReportTable(by, rows, ReportRow(total.kept, total.broken) if total else ReportRow(0, 0))


def _row(one: Kept, names: Mapping[str, Mapping[int, Name | str]]) -> ReportRow:
    median = None if one.median is None else int(one.median)
    p90 = None if one.p90 is None else int(one.p90)
    match one.by:
        case "target" | "channel":
            word = one.target if one.by == "target" else one.channel
            return ReportRow(one.kept, one.broken, None, one.by, word or "", median, p90)
        case _:
            key = {"team": one.team_id, "topic": one.topic_id, "agent": one.agent_id}[one.by]
            found = names[one.by].get(key or 0)
            name = found if isinstance(found, Name) else None
            word = found if isinstance(found, str) else ""
            return ReportRow(one.kept, one.broken, name, one.by, word, median, p90)


def safe(cell: object) -> str:
    """Return a cell as text that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def cells(one: Promise, ui: Ui) -> list[object]:
    """Return one promise in the words of the reader, identifiers as text."""
    words = ui.words
    topic = Name(one.topic_ar, one.topic_en or "") if one.topic_ar is not None else ""
    return [
        f"#{one.number}",
        words.of("target", one.target),
        one.turn,
        words.of("clock", "met" if one.kept else "breached"),
        _local(one.started_at, ui.zone),
        _local(one.due_at, ui.zone),
        _local(one.decided_at, ui.zone),
        None if one.used_seconds is None else round(one.used_seconds / 3600, 2),
        words.name(Name(one.team_ar, one.team_en)),
        words.name(topic),
        words.of("channel", one.channel),
        one.agent or "",
        words.of("priority", one.priority),
        words.of("status", one.status),
    ]


async def as_csv(pages: AsyncIterator[tuple[Promise, ...]], ui: Ui) -> AsyncIterator[bytes]:
    """Yield a file that spreadsheets open as it is, a page at a time."""
    yield (BOM + _lines([[ui.words.of("column", name) for name in COLUMNS]])).encode()
    async for page in pages:
        yield _lines([[safe(cell) for cell in cells(one, ui)] for one in page]).encode()


def _lines(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


async def as_xlsx(pages: AsyncIterator[tuple[Promise, ...]], ui: Ui) -> Path:
    """Write a workbook, right to left for readers of Arabic; a full sheet is followed by another."""
    with NamedTemporaryFile(prefix="tawasul-report-", suffix=".xlsx", delete=False) as file:
        path = Path(file.name)
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet: Any = None
    row = SHEET_ROWS
    async for page in pages:
        for one in page:
            if row >= SHEET_ROWS:
                sheet, row = _sheet(book, ui), 1
            for column, cell in enumerate(cells(one, ui)):
                if isinstance(cell, int | float):
                    sheet.write_number(row, column, cell)
                else:
                    sheet.write_string(row, column, cell or "")
            row += 1
    if sheet is None:
        _sheet(book, ui)
    book.close()
    return path


def _sheet(book: Any, ui: Ui) -> Any:
    sheet = book.add_worksheet()
    if ui.locale == "ar":
        sheet.right_to_left()
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, ui.words.of("column", name))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(COLUMNS) - 1, 18)
    return sheet


def _local(at: datetime | None, zone: tzinfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
