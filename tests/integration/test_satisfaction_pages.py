"""What supervisors see of how it went comes to the same everywhere, and is of their own teams."""

import csv
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar

from agent_ui import urls
from agent_ui.models.report import Ratings
from server.app import create_app
from server.db import sql
from server.kit import clock
from server.kit.settings import Settings
from server.people.queries import Viewer
from server.supervision.actions import count_days
from server.supervision.days import Period
from server.supervision.queries import ratings
from server.supervision.queries.ratings import Which
from server.supervision.screens import reports, watch
from tests.support import factories as make
from tests.support.desk import signed_in

pytestmark = pytest.mark.anyio

ZONE = ZoneInfo("Asia/Riyadh")
NOW = make.NOW
TODAY = date(2026, 11, 22)
WEEK = Period("days", date(2026, 11, 16), date(2026, 11, 22))
DAYS = {"first": "2026-11-16", "last": "2026-11-22"}
HOSTILE = '=HYPERLINK("http://evil.example")'


@pytest.fixture
async def app(db: Settings) -> AsyncIterator[Litestar]:
    """The web app, without its network, on the day of these tests."""
    del db
    with clock.standing_at(NOW):
        yield create_app()


async def house(scores: tuple[int | None, ...] = (5, 5, 4, 3, 1, 1, None)) -> tuple[Viewer, int]:
    """Fill a team, and another that nobody here supervises."""
    team, other = await make.team(ar="الأول", en="First"), await make.team()
    agent = await make.user(agent_of=(team,), name="Sami")
    topic = await make.topic()
    for n, score in enumerate(scores):
        ticket = await make.ticket(
            team,
            status="closed",
            topic_id=topic if n % 2 else None,
            assignee_id=agent if n % 3 else None,
            channel="email",
            created_at=NOW - timedelta(days=2),
        )
        words = HOSTILE if n == 0 else "<b>slow</b>" if score == 1 else ""
        await make.rating(ticket, asked_at=NOW - timedelta(days=1), score=score, comment=words)
    await make.rating(await make.ticket(other), score=1, comment="of another team")
    return await make.viewer(supervisor_of=(team,), locale="en", digits="latn"), team


@pytest.mark.parametrize("by", ["team", "topic", "channel", "agent", "priority"])
async def test_each_breakdown_comes_to_what_the_wall_and_the_list_say(
    app: Litestar, by: str
) -> None:
    viewer, _ = await house()
    report = await reports.report(viewer, WEEK, by=by, zone=ZONE, now=NOW)  # type: ignore[arg-type]
    total = report.table.total.ratings
    assert total == Ratings(7, (2, 0, 1, 1, 2))
    assert total.satisfied == 50
    assert total.mean == pytest.approx(19 / 6)
    assert sum(row.ratings.rated for row in report.table.rows) == 6
    assert sum(row.ratings.asked for row in report.table.rows) == 7
    assert sum(part.ratings.rated for part in report.parts.parts) == 6
    figures = {one.metric: one.value for one in report.figures}
    assert (figures["rated"], figures["satisfied"]) == (6, 50)
    wall = await watch.wall(viewer, zone=ZONE, now=NOW)
    assert wall.rated is not None
    assert (wall.rated.ratings, wall.rated.first, wall.rated.last) == (total, *WEEK.days)
    browser = await signed_in(app, viewer)
    page = (await browser.page(urls.reports(kind="days", by=by, **DAYS))).text
    links = {
        link.replace("&amp;", "&")
        for link in re.findall(r'href="(/satisfaction\?[^"]*)"', page)
        if "low=1" in link
    }
    assert links
    for link in links:
        shown = (await browser.page(link)).text
        if f"{by}=" not in link:
            assert shown.count('class="rated is-low"') == 2
        assert 'class="rated"' not in shown
    of_lines = [link for link in links if f"{by}=" in link]
    pages = [(await browser.page(link)).text for link in of_lines]
    assert sum(page.count('class="rated is-low"') for page in pages) == 2


@pytest.mark.usefixtures("db")
async def test_counts_of_days_and_rows_say_the_same_however_they_are_narrowed() -> None:
    _, team = await house()
    agent = await sql.value("SELECT id FROM users WHERE name = 'Sami'")
    topic = await sql.value("SELECT max(id) FROM topics")
    every = Which((team,), WEEK.days, ZONE, TODAY)
    asked = (
        every,
        replace(every, topic_id=topic),
        replace(every, topic_id=0),
        replace(every, agent_id=agent),
        replace(every, agent_id=0),
        replace(every, channel="email"),
        replace(every, priority="normal"),
        replace(every, priority="urgent"),
        replace(every, agent_id=agent, topic_id=topic),
        replace(every, team_ids=()),
    )
    of_rows = [await ratings.counts(which) for which in asked]
    assert [one.rated for one in of_rows] == [6, 3, 3, 4, 2, 6, 6, 0, 2, 0]
    assert await count_days(now=NOW)
    assert await sql.value("SELECT sum(asked) FROM report_volumes WHERE by = 'team'")
    assert [await ratings.counts(which) for which in asked] == of_rows


async def test_of_few_answers_the_count_is_told_and_no_share(app: Litestar) -> None:
    viewer, _ = await house((1, 1, 1, 1))
    browser = await signed_in(app, viewer)
    for path in (
        urls.SUPERVISION,
        urls.satisfaction(**DAYS),
        urls.reports(kind="days", by="agent", **DAYS),
    ):
        page = (await browser.page(path)).text
        assert "too few" in page, path
    text = (await browser.page(urls.report_file("report.csv", kind="days", **DAYS))).text
    *_, total = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert (total["Answers on how it went"], total["Satisfied"]) == ("4", "")
    assert total["Not satisfied"] == "4"


async def test_the_answers_of_a_period_are_taken_away_as_words_and_not_as_formulas(
    app: Litestar,
) -> None:
    viewer, _ = await house()
    browser = await signed_in(app, viewer)
    text = (await browser.page(urls.report_file("ratings.csv", kind="days", **DAYS))).text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert sorted(row["Points"] for row in rows) == ["1", "1", "3", "4", "5", "5"]
    assert f"'{HOSTILE}" in {row["In their words"] for row in rows}
    assert "of another team" not in text
    book = await browser.page(urls.report_file("ratings.xlsx", kind="days", **DAYS))
    assert book.content[:2] == b"PK"


async def test_only_answers_of_ones_own_teams_are_seen(app: Litestar) -> None:
    viewer, team = await house()
    browser = await signed_in(app, viewer)
    mine = (await browser.page(urls.satisfaction(**DAYS))).text
    assert "of another team" not in mine
    assert "&lt;b&gt;slow&lt;/b&gt;" in mine
    other = await sql.value("SELECT max(id) FROM teams WHERE id <> $1", team)
    assert 'class="rated' not in (await browser.page(urls.satisfaction(team=other, **DAYS))).text
    agent = await signed_in(app, await make.viewer(agent_of=(team,)))
    for path in (urls.SATISFACTION, urls.ASKING):
        assert (await agent.page(path)).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "first=2026-13-01",
        "first=2026-11-22&last=2026-11-01",
        "team=x&topic=99999999999999999999&agent=-1",
        "channel=%00&priority=';--",
    ],
)
async def test_questions_that_cannot_be_meant_get_a_page(app: Litestar, query: str) -> None:
    viewer, _ = await house()
    browser = await signed_in(app, viewer)
    answer = await browser.page(f"{urls.SATISFACTION}?{query}")
    assert answer.status_code in {200, 422}
    assert "Satisfaction" in answer.text
    assert "team=x" not in answer.text


async def test_an_unreadable_team_puts_no_teams_name_above_the_figures_of_all(
    app: Litestar,
) -> None:
    viewer, team = await house()
    browser = await signed_in(app, viewer)
    everything = (await browser.page(urls.satisfaction(**DAYS))).text
    one = (await browser.page(urls.satisfaction(team=team, **DAYS))).text
    assert (await browser.page(urls.satisfaction(team="x", **DAYS))).text == everything != one


async def test_long_lists_go_on_where_they_stopped(app: Litestar) -> None:
    viewer, team = await house(())
    account, contact = await make.account(team), await make.contact()
    for n in range(103):
        ticket = await make.ticket(team, account_id=account, contact_id=contact)
        await make.rating(ticket, asked_at=NOW - timedelta(minutes=n), score=1 + n % 5)
    browser = await signed_in(app, viewer)
    page = (await browser.page(urls.satisfaction(**DAYS))).text
    (more,) = re.findall(r'class="more"><a href="([^"]*)"', page)
    rest = (await browser.page(more.replace("&amp;", "&"))).text
    found = [re.findall(r'id="rated-(\d+)"', one) for one in (page, rest)]
    assert [len(one) for one in found] == [100, 3]
    assert len({*found[0], *found[1]}) == 103


async def test_a_supervisor_says_which_teams_ask_and_when(app: Litestar) -> None:
    viewer, team = await house(())
    browser = await signed_in(app, viewer)
    page = (await browser.page(urls.ASKING)).text
    assert "How did we handle it?" in page
    assert "كيف كان تعاملنا" in page
    path = urls.asking_team(team)
    assert (await browser.send(path, {"asks": "yes", "hours": "٢٤"})).status_code == 303
    state = "SELECT asks_rating, rating_hours FROM teams WHERE id = $1"
    assert tuple(await sql.row(state, team) or ()) == (True, 24)
    for hours in ("0", "169", "1.5", "x", ""):
        back = await browser.send(path, {"asks": "yes", "hours": hours})
        assert back.status_code == 422
        assert "from 1 to 168" in back.text
    assert (await browser.send(path, {"hours": "2"})).status_code == 303
    assert tuple(await sql.row(state, team) or ()) == (False, 2)
    other = await sql.value("SELECT max(id) FROM teams WHERE id <> $1", team)
    assert (await browser.send(urls.asking_team(other), {"hours": "2"})).status_code == 404


async def test_the_ticket_shows_what_was_said_of_it(app: Litestar) -> None:
    viewer, _ = await house()
    ticket = int(
        await sql.value("SELECT ticket_id FROM ratings WHERE comment = '<b>slow</b>' LIMIT 1")
    )
    at: datetime = NOW + timedelta(minutes=1)
    await make.event(ticket, "rated", {"score": 1, "before": 5}, at=at)
    browser = await signed_in(app, viewer)
    page = (await browser.page(urls.ticket(ticket))).text
    assert "The contact was asked how it went" in page
    assert "The contact rated it: <bdi>Very poor</bdi>" in page or "rated it: Very poor" in page
    assert "from Very good to Very poor" in page
    assert "&lt;b&gt;slow&lt;/b&gt;" in page
