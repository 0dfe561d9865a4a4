"""Reports, exports and the wall come to the same totals; files open as they are and carry no formulas."""

import csv
import io
import zipfile
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar

from agent_ui import urls
from server.app import create_app
from server.db import sql
from server.people.queries import Viewer
from server.supervision.queries import reports as queries
from server.supervision.screens import reports as screens
from server.supervision.screens import watch
from tests.support import factories as make
from tests.support.desk import signed_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

ZONE = ZoneInfo("Asia/Riyadh")
NOW = make.NOW
DAYS = (date(2026, 11, 1), date(2026, 11, 22))
PERIOD = {"first": "2026-11-01", "last": "2026-11-22"}


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def promise(
    ticket: int, state: str, decided_at: datetime | None, *, used: int = 3600, turn: int = 1
) -> None:
    await sql.run(
        """
        INSERT INTO clocks (ticket_id, target, turn, state, due_at, data, started_at, decided_at,
                            used_seconds)
        VALUES ($1, 'first_response', $2, $3, $4, '{}', $5, $4, $6)
        """,
        ticket,
        turn,
        state,
        decided_at,
        NOW - timedelta(days=2),
        used,
    )


async def house() -> tuple[Viewer, int]:
    """Two teams with promises kept and broken, one supervisor of both, and a third team that is not theirs."""
    teams = (await make.team(en="One"), await make.team(en="Two"))
    other = await make.team()
    topic = await make.topic()
    agent = await make.user(agent_of=teams, name='=HYPERLINK("https://evil.example")')
    viewer = await make.viewer(supervisor_of=teams, locale="en", digits="latn")
    yesterday = NOW - timedelta(days=1)
    for team, topic_id, channel, states in (
        (teams[0], topic, "email", ("met", "met", "met_late")),
        (teams[1], None, "telegram", ("met", "breached", "cancelled")),
        (other, topic, "email", ("met", "breached")),
    ):
        for n, state in enumerate(states):
            ticket = await make.ticket(
                team,
                topic_id=topic_id,
                channel=channel,
                assignee_id=agent if n else None,
                status="open",
                next_due_at=NOW - timedelta(hours=1) if state == "breached" else None,
            )
            await promise(ticket, state, yesterday, used=3600 * (n + 1))
    return viewer, teams[0]


async def test_every_table_of_a_report_comes_to_the_same_total(app: Litestar) -> None:
    viewer, _ = await house()
    report = await screens.report(viewer, DAYS, zone=ZONE, now=NOW)
    assert [table.by for table in report.tables] == ["target", "team", "topic", "channel", "agent"]
    for table in report.tables:
        assert sum(row.kept for row in table.rows) == table.total.kept == 3, table.by
        assert sum(row.broken for row in table.rows) == table.total.broken == 3, table.by
    assert report.tables[0].total.percent == 50
    wall = await watch.wall(viewer, zone=ZONE, now=NOW)
    assert (report.late_now, report.open_now) == (wall.late_count, wall.open_count) == (1, 6)
    assert sum(count for _, count in report.backlog) == report.open_now


async def test_the_export_holds_what_the_report_counts_and_nothing_of_other_teams(
    app: Litestar,
) -> None:
    viewer, _ = await house()
    browser = await signed_in(app, viewer)
    answer = await browser.page(urls.report_file("promises.csv", **PERIOD))
    assert answer.content.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 6
    assert sum(row["Outcome"] == "Kept" for row in rows) == 3
    assert {row["Team"] for row in rows} == {"One", "Two"}
    assert all(row["Ticket"].startswith("#") for row in rows)


async def test_nothing_in_an_export_is_a_formula(app: Litestar) -> None:
    viewer, _ = await house()
    browser = await signed_in(app, viewer)
    text = (await browser.page(urls.report_file("promises.csv", **PERIOD))).content.decode()
    cells = [cell for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(screens.DANGEROUS)]
    book = (await browser.page(urls.report_file("promises.xlsx", **PERIOD))).content
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


async def test_a_workbook_for_readers_of_arabic_runs_from_right_to_left(app: Litestar) -> None:
    viewer, team = await house()
    reader = await make.viewer(supervisor_of=(team,), locale="ar")
    for who, expected in ((reader, True), (viewer, False)):
        browser = await signed_in(app, who)
        book = (await browser.page(urls.report_file("promises.xlsx", **PERIOD))).content
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml")
        assert (b'rightToLeft="1"' in sheet) is expected


async def test_an_export_has_no_last_page_too_few(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    viewer, team = await house()
    ticket = await make.ticket(team)
    for turn in range(10):  # all in the same instant
        await promise(ticket, "met", NOW, turn=turn + 1)
    browser = await signed_in(app, viewer)
    text = (await browser.page(urls.report_file("promises.csv", **PERIOD))).content.decode()
    assert len(text.splitlines()) == 1 + 16


async def test_a_period_ends_with_its_last_day_there(app: Litestar) -> None:
    team = await make.team()
    viewer = await make.viewer(supervisor_of=(team,))
    midnight = datetime(2026, 11, 22, 21, tzinfo=NOW.tzinfo)  # the 23rd begins in Riyadh
    for n, at in enumerate((midnight - timedelta(seconds=1), midnight)):
        await promise(await make.ticket(team), "met", at, turn=n + 1)
    report = await screens.report(viewer, DAYS, zone=ZONE, now=NOW)
    assert report.tables[0].total.kept == 1


async def test_medians_are_told_for_each_promise(app: Litestar) -> None:
    viewer, _ = await house()
    report = await screens.report(viewer, DAYS, zone=ZONE, now=NOW)
    (row,) = report.tables[0].rows
    assert (row.median, row.p90) == (7200, 10_800)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("soon", "2026-11-22", "date_unreadable"),
        ("2026-11-23", "2026-11-22", "range_inverted"),
        ("1990-01-01", "2026-11-22", "range_too_long"),
    ],
)
async def test_a_period_that_cannot_be_meant_is_said_so(
    app: Litestar, first: str, last: str, code: str
) -> None:
    days, error = screens.period(first, last, today=date(2026, 11, 22))
    assert error is not None
    assert error.code == code
    assert days[1] == date(2026, 11, 22)
    browser = await signed_in(app, await make.viewer(supervisor_of=(await make.team(),)))
    page = await browser.page(urls.reports(first=first, last=last))
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert (
        await browser.page(urls.report_file("promises.csv", first=first, last=last))
    ).status_code == 404


async def test_agents_read_no_reports(app: Litestar) -> None:
    browser = await signed_in(app, await make.viewer(agent_of=(await make.team(),)))
    assert (await browser.page(urls.REPORTS)).status_code == 403
    assert (await browser.page(urls.report_file("promises.csv"))).status_code == 403
    supervisor = await signed_in(app, await make.viewer(supervisor_of=(await make.team(),)))
    assert (await supervisor.page(urls.REPORTS)).status_code == 200
    assert (await supervisor.page(urls.report_file("everything.exe"))).status_code == 404
