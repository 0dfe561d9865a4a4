"""Reports, exports and the wall come to the same totals; files open as they are and carry no formulas."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar

from agent_ui import urls
from agent_ui.models.report import Report
from server.app import create_app
from server.db import sql
from server.people.queries import Viewer
from server.supervision.days import Period
from server.supervision.queries import reports as queries
from server.supervision.queries.facts import BYS, By
from server.supervision.screens import exports, watch
from server.supervision.screens import reports as screens
from tests.support import factories as make
from tests.support.desk import Browser, signed_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

ZONE = ZoneInfo("Asia/Riyadh")
NOW = make.NOW
SECOND = timedelta(seconds=1)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DAYS = Period("days", date(2026, 11, 1), date(2026, 11, 22))
PERIOD = {"kind": "days", "first": "2026-11-01", "last": "2026-11-22"}


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


async def report_of(viewer: Viewer, period: Period = DAYS, *, by: By = "team") -> Report:
    return await screens.report(viewer, period, by=by, zone=ZONE, now=NOW)


@pytest.mark.parametrize("by", BYS)
async def test_every_breakdown_comes_to_the_same_total(app: Litestar, by: By) -> None:
    viewer, _ = await house()
    report = await report_of(viewer, by=by)
    total = report.table.total.total
    assert (total.kept, total.broken, total.percent) == (3, 3, 50)
    assert sum(row.total.kept for row in report.table.rows) == 3
    assert sum(row.total.broken for row in report.table.rows) == 3
    for row in report.table.rows:
        assert sum(share.kept for share in row.shares) == row.total.kept
    assert sum(part.share.decided for part in report.parts.parts) == 6
    assert sum(line.share.decided for line in report.times.lines) == 6
    if by != "calendar":
        opened = sum(row.volumes["opened"] for row in report.table.rows)
        assert opened == report.table.total.volumes["opened"] == 6


async def test_the_report_and_the_wall_count_what_is_open_alike(app: Litestar) -> None:
    viewer, _ = await house()
    report = await report_of(viewer)
    wall = await watch.wall(viewer, zone=ZONE, now=NOW)
    assert (report.backlog.late, report.backlog.open) == (wall.late_count, wall.open_count)
    assert (wall.late_count, wall.open_count) == (1, 6)
    assert sum(count for _, count in report.backlog.ages) == 6


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
    assert not [cell for cell in cells if cell.startswith(exports.DANGEROUS)]
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
    report = await report_of(viewer)
    assert report.table.total.total.kept == 1


async def test_medians_are_told_for_each_promise(app: Litestar) -> None:
    viewer, _ = await house()
    (line,) = (await report_of(viewer)).times.lines
    assert line.took.open_median == pytest.approx(7200, rel=0.02)
    assert line.took.open_p90 == pytest.approx(10_800, rel=0.02)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("soon", "2026-11-22", "This is not a day"),
        ("2026-11-23", "2026-11-22", "The last day lies before the first"),
        ("1990-01-01", "2026-11-22", "800 days"),
    ],
)
async def test_a_period_that_cannot_be_meant_is_said_so(
    app: Litestar, first: str, last: str, said: str
) -> None:
    viewer = await make.viewer(supervisor_of=(await make.team(),), locale="en", digits="latn")
    browser = await signed_in(app, viewer)
    page = await browser.page(urls.reports(first=first, last=last))
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert said in page.text
    wrong = urls.report_file("promises.csv", first=first, last=last)
    assert (await browser.page(wrong)).status_code == 404


async def test_agents_read_no_reports(app: Litestar) -> None:
    browser = await signed_in(app, await make.viewer(agent_of=(await make.team(),)))
    assert (await browser.page(urls.REPORTS)).status_code == 403
    assert (await browser.page(urls.report_file("promises.csv"))).status_code == 403
    supervisor = await signed_in(app, await make.viewer(supervisor_of=(await make.team(),)))
    assert (await supervisor.page(urls.REPORTS)).status_code == 200
    assert (await supervisor.page(urls.report_file("everything.exe"))).status_code == 404


async def sheet(browser: Browser, name: str, **period: str) -> ET.Element:
    book = (await browser.page(urls.report_file(name, **period))).content
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 -- our own file


async def test_in_a_workbook_numbers_and_times_can_be_reckoned_with_and_numbers_of_tickets_cannot(
    app: Litestar,
) -> None:
    viewer, _ = await house()
    cells = await sheet(await signed_in(app, viewer), "promises.xlsx", **PERIOD)
    row = {cell.attrib["r"].rstrip("0123456789"): cell for cell in cells.iter(f"{SHEET}c")}
    assert row["A"].attrib["t"] == "inlineStr"  # the ticket
    for column in "CEGH":  # turn, started, decided, hours
        assert "t" not in row[column].attrib
        assert float(row[column].findtext(f"{SHEET}v") or "") > 0
    days = float(row["G"].findtext(f"{SHEET}v") or 0)
    there = (NOW - timedelta(days=1)).astimezone(ZONE).replace(tzinfo=UTC)
    assert abs(datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=days) - there) < SECOND


async def test_the_table_of_a_report_is_a_file_with_the_same_figures(app: Litestar) -> None:
    viewer, _ = await house()
    browser = await signed_in(app, viewer)
    for by in BYS:
        report = await report_of(viewer, by=by)
        text = (await browser.page(urls.report_file("report.csv", **PERIOD, by=by))).content
        rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
        assert len(rows) == 2 + len(report.table.rows)
        assert len({len(row) for row in rows}) == 1
        kept = rows[0].index("Kept")
        assert rows[-1][0] == "All"
        assert int(rows[-1][kept]) == sum(int(row[kept]) for row in rows[1:-1]) == 3
    assert (await browser.page(urls.report_file("report.xlsx", **PERIOD))).status_code == 200


async def test_people_and_topics_stand_under_their_names_and_nobody_under_no_name(
    app: Litestar,
) -> None:
    viewer, _ = await house()
    browser = await signed_in(app, viewer)
    by_agent = (await browser.page(urls.reports(**PERIOD, by="agent"))).text
    assert "HYPERLINK" in by_agent
    assert "Unassigned" in by_agent
    assert "No topic" in (await browser.page(urls.reports(**PERIOD, by="topic"))).text
    assert "No calendar" in (await browser.page(urls.reports(**PERIOD, by="calendar"))).text
    assert "E-mail" in (await browser.page(urls.reports(**PERIOD, by="channel"))).text


async def test_somebody_who_left_keeps_their_name_in_old_reports(app: Litestar) -> None:
    viewer, _ = await house()
    await sql.run("UPDATE users SET active = false WHERE name LIKE '=HYPERLINK%'")
    report = await report_of(viewer, by="agent")
    assert sorted(row.word for row in report.table.rows) == [
        "",
        '=HYPERLINK("https://evil.example")',
    ]


async def test_a_report_stands_beside_the_period_before(app: Litestar) -> None:
    team = await make.team()
    viewer = await make.viewer(supervisor_of=(team,))
    for days, how_many in ((1, 3), (8, 2)):
        for _ in range(how_many):
            await make.ticket(team, created_at=NOW - timedelta(days=days))
    week = Period("days", date(2026, 11, 16), date(2026, 11, 22))
    report = await report_of(viewer, week)
    opened = next(figure for figure in report.figures if figure.metric == "opened")
    assert (opened.value, opened.before) == (3, 2)
    assert sum(part.volumes["opened"] for part in report.parts.parts) == 3


async def test_a_day_that_closes_by_itself_is_no_reopening(app: Litestar) -> None:
    team = await make.team()
    viewer = await make.viewer(supervisor_of=(team,))
    ticket = await make.ticket(team)
    for before, after in (("open", "resolved"), ("resolved", "closed"), ("closed", "open")):
        await make.event(ticket, "status_changed", {"from": before, "to": after})
    volumes = (await report_of(viewer)).table.total.volumes
    assert (volumes["resolved"], volumes["reopened"]) == (1, 1)
