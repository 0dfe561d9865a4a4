"""What is kept of each day is what its rows come to, whatever happens to them afterwards."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent_ui.models.report import Report, Took
from server.db import sql
from server.events import reactions
from server.kit.settings import Settings
from server.kit.work import transaction
from server.people.queries import Viewer
from server.supervision.actions import check_days, count_days, follow_events, rebuild
from server.supervision.days import Period
from server.supervision.histogram import BUCKET, PAIRS, quantiles, size
from server.supervision.queries.facts import BYS, By
from server.supervision.screens import reports as screens
from server.tickets import actions as tickets
from tests.support import factories as make
from tests.support.up import tawasul

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

ZONE = ZoneInfo("Asia/Riyadh")
NOW = make.NOW
FIRST, TODAY = date(2026, 11, 8), date(2026, 11, 22)
FORTNIGHT = Period("days", FIRST, TODAY)
SOME_DAYS = timedelta(days=13)
TARGETS = ("first_response", "next_response", "resolution")
STATES = ("met", "met_late", "breached", "running", "cancelled")
EVENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("status_changed", {"from": "open", "to": "resolved"}),
    ("status_changed", {"from": "resolved", "to": "closed"}),
    ("status_changed", {"from": "closed", "to": "open"}),
    ("ticket_merged", {"into": 1, "status": "open"}),
    ("ticket_merged", {"into": 1, "status": "resolved"}),
    ("merge_undone", {"from": 1, "status": "pending"}),
    ("assigned", {"from": None, "to": 1}),
    ("assigned", {"from": 1, "to": 2}),
    ("assigned", {"from": 1, "to": None}),
)


async def counted(now: datetime = NOW) -> int:
    """Do what the loop does until there is nothing more to do."""
    while await follow_events(now=now):
        pass
    days = 0
    while done := await count_days(now=now + timedelta(minutes=2)):
        days += done
    return days


class House:
    """A random fortnight in two teams, and a team that nobody here may see."""

    def __init__(self, seed: int) -> None:
        self.chance, self.luck = Random(seed), Random(seed)
        self.tickets: list[int] = []
        self.teams: tuple[int, ...] = ()
        self.topics: tuple[int | None, ...] = ()
        self.people: tuple[int | None, ...] = ()

    def moment(self) -> datetime:
        return NOW - SOME_DAYS * self.chance.random()

    async def fill(self, how_many: int) -> Viewer:
        self.teams = (await make.team(), await make.team())
        other = await make.team()
        self.topics = (await make.topic(), await make.topic(), None)
        agents = [await make.user(agent_of=self.teams) for _ in range(3)]
        self.people = (*agents, None)
        calendar = await sql.value(
            """
            INSERT INTO calendars (name, zone, weekly, exceptions, created_at)
            VALUES ('Hours', 'Asia/Riyadh', '[]', '[]', $1) RETURNING id
            """,
            NOW,
        )
        for _ in range(how_many):
            await self._ticket(self.chance.choice((*self.teams, *self.teams, other)), calendar)
        return await make.viewer(supervisor_of=self.teams, agent_of=())

    async def _ticket(self, team: int, calendar: int) -> None:
        pick = self.chance.choice
        ticket = await make.ticket(
            team,
            # Nothing happens before there is a ticket.
            created_at=self.moment() if self.tickets else NOW - SOME_DAYS,
            topic_id=pick(self.topics),
            channel=pick(("email", "telegram")),
            priority=pick(("normal", "urgent")),
            assignee_id=pick(self.people),
            status="open",
        )
        if team in self.teams:
            self.tickets.append(ticket)
        for target in TARGETS:
            await self._clock(ticket, target, pick((calendar, None)))
        for _ in range(self.chance.randrange(4)):
            kind, data = pick(EVENTS)
            await make.event(ticket, kind, data, at=self.moment())
        for _ in range(self.chance.randrange(3)):
            values = {
                "direction": pick(("in", "out", "note")),
                "author_id": pick(self.people),
                "automatic": pick((None, None, "reply")),
            }
            await make.message(ticket, created_at=self.moment(), **values)
        if self.luck.random() < 0.5:
            asked, rated = (NOW - SOME_DAYS * self.luck.random() for _ in range(2))
            score = self.luck.choice((None, 1, 2, 3, 4, 5))
            await make.rating(ticket, asked_at=asked, score=score, rated_at=rated)

    async def _clock(self, ticket: int, target: str, calendar: int | None) -> None:
        state = self.chance.choice(STATES)
        started = self.moment()
        met = started + timedelta(seconds=self.chance.expovariate(1 / 20_000))
        done = state in {"met", "met_late"}
        data = {"calendar": calendar, "answers": [[1, None, met.isoformat()]] if done else []}
        await sql.run(
            """
            INSERT INTO clocks (ticket_id, target, turn, state, data, started_at, decided_at, used_seconds)
            VALUES ($1, $2, 1, $3, $4::jsonb, $5, $6, $7)
            """,
            ticket,
            target,
            state,
            sql.dump({name: value for name, value in data.items() if value is not None}),
            started,
            min(met, NOW) if state in {"met", "met_late", "breached"} else None,
            int((met - started).total_seconds()) if done else None,
        )


async def reports_of(viewer: Viewer) -> dict[By, Report]:
    return {by: await screens.report(viewer, FORTNIGHT, by=by, zone=ZONE, now=NOW) for by in BYS}


@pytest.mark.parametrize("seed", range(3))
async def test_counts_of_days_say_exactly_what_the_rows_say(seed: int) -> None:
    viewer = await House(seed).fill(40)
    of_rows = await reports_of(viewer)
    assert await counted() >= 13
    assert await reports_of(viewer) == of_rows
    assert of_rows["team"].table.total.total.decided > 20
    assert of_rows["team"].table.total.ratings.rated > 3
    assert await check_days(since=FIRST, now=NOW) == ()


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_changes_later_is_found_by_its_events(seed: int) -> None:
    house = House(seed)
    viewer = await house.fill(30)
    await counted()
    reactions.connect([])  # these clocks have no terms to react by
    pick = house.chance.choice
    for n in range(25):
        ticket, key = pick(house.tickets), f"key-{n}"
        at = NOW + timedelta(seconds=n)
        match n % 4:
            case 0:
                await tickets.set_topic(
                    ticket, topic_id=pick(house.topics), by=viewer, form_key=key, now=at
                )
            case 1:
                await tickets.set_team(
                    ticket, team_id=pick(house.teams), by=viewer, form_key=key, now=at
                )
            case 2:
                await tickets.set_priority(
                    ticket, priority=pick(("low", "urgent")), by=viewer, form_key=key, now=at
                )
            case _:
                await tickets.assign(ticket, to=pick(house.people), by=viewer, form_key=key, now=at)
    assert await counted(NOW + timedelta(minutes=5)) > 0
    by_counts = await reports_of(viewer)
    assert await check_days(since=FIRST, now=NOW) == ()
    await rebuild()
    assert await reports_of(viewer) == by_counts


async def test_a_change_touches_only_the_days_of_its_ticket() -> None:
    team = await make.team()
    viewer = await make.viewer(supervisor_of=(team,))
    topic = await make.topic()
    ticket = await make.ticket(team, created_at=NOW - timedelta(days=9))
    await make.ticket(team, created_at=NOW - timedelta(days=5))
    assert await counted() == 9
    assert await counted() == 0
    await tickets.set_topic(ticket, topic_id=topic, by=viewer, form_key="once", now=NOW)
    assert await counted(NOW + timedelta(minutes=5)) == 1


async def test_a_day_that_changes_all_the_time_is_counted_once_a_minute() -> None:
    team = await make.team()
    viewer = await make.viewer(supervisor_of=(team,))
    ticket = await make.ticket(team, created_at=NOW - timedelta(days=1))
    await count_days(now=NOW)
    for n, priority in enumerate(("low", "high", "urgent")):
        await tickets.set_priority(ticket, priority=priority, by=viewer, form_key=f"k{n}", now=NOW)
        await follow_events(now=NOW)
        assert await count_days(now=NOW + timedelta(seconds=10 * n)) == 0
    assert await count_days(now=NOW + timedelta(seconds=61)) == 1


async def test_what_no_event_told_is_found_by_the_check_and_put_right() -> None:
    house = House(7)
    viewer = await house.fill(20)
    await counted()
    await sql.run("UPDATE tickets SET channel = 'walk_in' WHERE channel = 'telegram'")
    wrong = await check_days(since=FIRST, now=NOW)
    assert {one.table for one in wrong} == {"report_promises", "report_volumes"}
    await counted(NOW + timedelta(minutes=5))
    assert await check_days(since=FIRST, now=NOW) == ()
    report = await screens.report(viewer, FORTNIGHT, by="channel", zone=ZONE, now=NOW)
    assert {row.word for row in report.table.rows} == {"email", "walk_in"}


async def test_tickets_older_than_all_known_days_are_counted_when_they_come() -> None:
    """A demonstration and an import make the past after the present."""
    team = await make.team()
    viewer = await make.viewer(supervisor_of=(team,))
    await make.ticket(team, created_at=NOW - timedelta(days=2))
    assert await counted() == 2
    then = NOW - timedelta(days=9)
    await make.event(await make.ticket(team, created_at=then), "ticket_created", at=then)
    assert await counted() == 7
    report = await screens.report(viewer, FORTNIGHT, by="team", zone=ZONE, now=NOW)
    assert report.table.total.volumes["opened"] == 2


async def test_a_promise_made_good_later_changes_the_day_on_which_it_was_broken() -> None:
    team = await make.team()
    viewer = await make.viewer(supervisor_of=(team,))
    ticket = await make.ticket(team, created_at=NOW - timedelta(days=5))
    broken = NOW - timedelta(days=3)
    await sql.run(
        """
        INSERT INTO clocks (ticket_id, target, turn, state, data, started_at, decided_at)
        VALUES ($1, 'resolution', 1, 'breached', '{}', $2, $3)
        """,
        ticket,
        NOW - timedelta(days=5),
        broken,
    )
    assert await counted() == 5
    (line,) = (await screens.report(viewer, FORTNIGHT, by="team", zone=ZONE, now=NOW)).times.lines
    assert (line.share.broken, line.took) == (1, Took())  # nobody knows how long it will take
    await sql.run("UPDATE clocks SET state = 'met_late', used_seconds = 7200")
    await make.event(ticket, "clock_accepted", {"at": NOW.isoformat()}, at=NOW)
    assert await counted(NOW + timedelta(minutes=5)) == 1
    (line,) = (await screens.report(viewer, FORTNIGHT, by="team", zone=ZONE, now=NOW)).times.lines
    assert line.took.open_median == pytest.approx(7200, rel=0.02)


async def test_another_zone_means_other_days(monkeypatch: pytest.MonkeyPatch, db: Settings) -> None:
    await make.ticket(await make.team(), created_at=NOW - timedelta(days=3))
    assert await counted() == 3
    monkeypatch.setattr(
        "server.supervision.actions.count.settings", lambda: replace(db, zone="Asia/Tokyo")
    )
    assert await counted() == 3
    assert await counted() == 0


async def test_a_restored_database_has_every_day_looked_at_again() -> None:
    await make.ticket(await make.team(), created_at=NOW - timedelta(days=3))
    await counted()
    await sql.run("UPDATE report_progress SET xid = 1000000000000")
    assert await counted(NOW + timedelta(minutes=5)) == 3
    assert await counted(NOW + timedelta(minutes=9)) == 0


async def test_an_idle_desk_writes_nothing() -> None:
    await make.ticket(await make.team(), created_at=NOW - timedelta(days=2))
    await counted()
    before = await sql.value("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    for _ in range(5):
        await follow_events(now=NOW)
        await count_days(now=NOW)
    assert await sql.value("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint") == before


def exact(lengths: Sequence[int], share: float) -> int:
    return sorted(lengths)[max(1, math.ceil(share * len(lengths))) - 1]


@pytest.mark.parametrize("seed", range(8))
async def test_a_quantile_of_a_histogram_is_within_two_per_cent(seed: int) -> None:
    chance = Random(seed)
    lengths = []
    for _ in range(chance.randrange(1, 700)):
        drawn = (chance.expovariate(1 / 9000), chance.lognormvariate(8, 2), chance.uniform(0, 40))
        lengths.append(min(400 * 86_400, int(drawn[seed % 3])))
    half = len(lengths) // 2
    parts = [
        await sql.value(
            f"""
            SELECT coalesce({PAIRS.format(bucket="b", count="n")}, '') FROM (
                SELECT {BUCKET.format(seconds="s")} AS b, count(*) AS n FROM unnest($1::int[]) AS s GROUP BY 1
            ) AS counted
            """,
            some,
        )
        for some in (lengths[:half], lengths[half:])
    ]
    shares = (0.5, 0.9, 0.99)
    found = quantiles(b"".join(parts), shares)
    assert found is not None
    assert size(b"".join(parts)) == len(lengths)
    for share, length in zip(shares, found, strict=True):
        assert length == pytest.approx(exact(lengths, share), rel=0.02, abs=1)


def test_nothing_has_no_median() -> None:
    assert quantiles(b"", (0.5,)) is None


async def test_a_report_is_of_one_moment() -> None:
    """While a report is being read, a day may be counted again: it must not be seen half."""
    viewer = await House(3).fill(15)
    await counted()
    before = await reports_of(viewer)
    async with transaction():
        await rebuild()
    assert await reports_of(viewer) == before


async def test_an_operator_has_all_days_counted_again(db: Settings) -> None:
    await make.ticket(await make.team(), created_at=NOW - timedelta(days=4))
    assert await counted() == 4
    done = await asyncio.to_thread(
        tawasul, db.data_dir, "recount", DATABASE_URL=db.database_url, SECRET_KEY="s" * 40
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "counted again" in done.stdout
    assert await counted() == 4


async def test_elapsed_time_is_from_the_start_to_the_first_accepted_answer() -> None:
    team = await make.team()
    viewer = await make.viewer(supervisor_of=(team,))
    began = NOW - timedelta(days=2)
    answers = [
        [1, began.isoformat(), None],
        [2, began.isoformat(), (began + timedelta(hours=30)).isoformat()],
        [3, began.isoformat(), (began + timedelta(hours=40)).isoformat()],
    ]
    await sql.run(
        """
        INSERT INTO clocks (ticket_id, target, turn, state, data, started_at, decided_at, used_seconds)
        VALUES ($1, 'first_response', 1, 'met_late', $2::jsonb, $3, $4, 18000)
        """,
        await make.ticket(team),
        sql.dump({"answers": answers}),
        began,
        began + timedelta(hours=4),
    )
    (line,) = (await screens.report(viewer, FORTNIGHT, by="team", zone=ZONE, now=NOW)).times.lines
    assert line.took.elapsed_median == pytest.approx(30 * 3600, rel=0.02)
    assert line.took.open_median == pytest.approx(5 * 3600, rel=0.02)
