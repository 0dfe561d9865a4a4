"""Supervisors see where lateness comes from, get from each figure to its tickets, and act on many at once."""

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar

from agent_ui import urls
from server.app import create_app
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit import clock
from server.kit.work import transaction
from server.people.queries import Viewer
from server.service_levels import actions as service_levels
from server.service_levels.actions.notices import Telling, tell
from server.supervision.queries import board
from server.supervision.queries.board import Behind
from server.supervision.screens import watch
from server.supervision.shared import Shared
from server.tickets.actions import merge
from tests.support import factories as make
from tests.support.desk import signed_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

ZONE = ZoneInfo("Asia/Riyadh")


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def late_tickets(team: int, how_many: int, **values: Any) -> list[int]:
    now = clock.now()
    return [
        await make.ticket(
            team, **{"status": "open", "next_due_at": now - timedelta(minutes=n + 1), **values}
        )
        for n in range(how_many)
    ]


async def supervisor(*teams: int, **values: Any) -> Viewer:
    return await make.viewer(supervisor_of=teams, locale="en", digits="latn", **values)


async def test_every_way_of_counting_what_is_late_comes_to_the_same(app: Litestar) -> None:
    teams = (await make.team(), await make.team())
    topic = await make.topic()
    agent = await make.user(agent_of=teams)
    await late_tickets(teams[0], 3, topic_id=topic, assignee_id=agent)
    await late_tickets(teams[0], 2, channel="telegram")
    await late_tickets(teams[1], 4, assignee_id=agent)
    await late_tickets(teams[1], 5, status="closed")
    now = clock.now()
    viewer = await supervisor(*teams)
    wall = await watch.wall(viewer, zone=ZONE, now=now)
    assert wall.late_count == 9
    assert sum(team.late for team in wall.teams) == 9
    assert sum(part.late for part in wall.topics) == 9
    assert sum(part.late for part in wall.channels) == 9
    assert {one.person.id: one.late for one in wall.agents}[agent] == 7
    shown = await watch.behind(Behind("late", teams), zone=ZONE, now=now)
    assert len(shown.promises) == 9


async def test_behind_each_figure_are_exactly_its_tickets(app: Litestar) -> None:
    team = await make.team()
    topic = await make.topic()
    with_topic = await late_tickets(team, 2, topic_id=topic)
    without = await late_tickets(team, 3, channel="telegram")
    browser = await signed_in(app, await supervisor(team))
    for link, expected in (
        (urls.behind("late", topic=topic), with_topic),
        (urls.behind("late", topic=0), without),
        (urls.behind("late", channel="telegram"), without),
        (urls.behind("late", team=team), with_topic + without),
        (urls.behind("soon"), []),
    ):
        page = (await browser.part(link)).text
        assert page.count('name="ticket"') == len(expected), link
        assert all(f'value="{ticket}"' in page for ticket in expected), link


async def test_figures_of_other_teams_are_not_to_be_had(app: Litestar) -> None:
    ours, theirs = await make.team(), await make.team()
    await late_tickets(theirs, 2)
    browser = await signed_in(app, await supervisor(ours))
    assert (await browser.part(urls.behind("late", team=theirs))).status_code == 404
    assert 'name="ticket"' not in (await browser.part(urls.behind("late"))).text
    assert (await browser.part(urls.behind("everything"))).status_code == 404
    agent = await signed_in(app, await make.viewer(agent_of=(ours,)))
    assert (await agent.part(urls.behind("late"))).status_code == 403
    assert (await agent.send(urls.BULK, {"do": "assign", "form_key": "k"})).status_code == 403


async def test_a_brewing_storm_is_handed_to_somebody_in_one_go(app: Litestar) -> None:
    team, other = await make.team(), await make.team()
    free = await make.user(agent_of=(team,))
    ours, theirs = await late_tickets(team, 5), await late_tickets(other, 1)
    browser = await signed_in(app, await supervisor(team))
    sent = {
        "do": "assign",
        "assignee": str(free),
        "form_key": "storm",
        "ticket": [str(ticket) for ticket in ours + theirs],
    }
    answer = await browser.send(urls.BULK, sent, whole=True)
    assert answer.headers["Location"] == f"{urls.SUPERVISION}?done=5&left=1"
    found = await sql.rows("SELECT assignee_id, team_id FROM tickets")
    assert all((row["assignee_id"] == free) is (row["team_id"] == team) for row in found)
    again = await browser.send(urls.BULK, sent, whole=True)
    assert "done=5" in again.headers["Location"]
    assert await sql.value("SELECT count(*) FROM events WHERE kind = 'assigned'") == 5
    page = (await browser.page(answer.headers["Location"])).text
    assert "Done with 5 tickets; 1 stayed as they were" in page


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({"do": "priority", "priority": "urgent"}, "priority_changed"),
        ({"do": "note", "text": "please answer these first"}, "note_written"),
        (
            {"do": "pause", "status": "on_hold", "reason": "the ministry must answer"},
            "status_changed",
        ),
        ({"do": "pause", "status": "pending", "reason": "photos are missing"}, "note_written"),
    ],
)
async def test_priority_and_notes_reach_every_ticked_ticket(
    app: Litestar, sent: dict[str, str], kind: str
) -> None:
    team = await make.team()
    tickets = await late_tickets(team, 3)
    browser = await signed_in(app, await supervisor(team))
    form = {**sent, "form_key": "k", "ticket": [str(ticket) for ticket in tickets]}
    answer = await browser.send(urls.BULK, form, whole=True)
    assert "done=3" in answer.headers["Location"]
    count = await sql.value("SELECT count(*) FROM events WHERE kind = $1", kind)
    assert count == 3


async def test_a_storm_is_handed_over_to_another_team(app: Litestar) -> None:
    team, other = await make.team(), await make.team()
    tickets = await late_tickets(team, 3)
    browser = await signed_in(app, await supervisor(team))
    form = {"do": "team", "team": str(other), "form_key": "k", "ticket": [str(t) for t in tickets]}
    assert "done=3" in (await browser.send(urls.BULK, form, whole=True)).headers["Location"]
    assert await sql.value("SELECT count(*) FROM tickets WHERE team_id = $1", other) == 3


async def test_a_ticket_merged_meanwhile_is_left_and_the_others_are_done(app: Litestar) -> None:
    team = await make.team()
    by = await supervisor(team)
    first, second, root = await late_tickets(team, 3)
    await merge(first, into=root, by=by, form_key="m", now=clock.now())
    browser = await signed_in(app, by)
    form = {
        "do": "priority",
        "priority": "urgent",
        "form_key": "k",
        "ticket": [str(first), str(second)],
    }
    answer = await browser.send(urls.BULK, form, whole=True)
    assert answer.headers["Location"].endswith("done=1&left=1")
    urgent = await sql.rows("SELECT id FROM tickets WHERE priority = 'urgent'")
    assert [row["id"] for row in urgent] == [second]


async def test_a_message_reaches_everybody_else_in_the_teams_of_the_tickets_once(
    app: Litestar,
) -> None:
    team, other = await make.team(), await make.team()
    tickets = [*await late_tickets(team, 2), *await late_tickets(other, 1)]
    agent = await make.viewer(agent_of=(team,), locale="en", digits="latn")
    stranger = await make.viewer(agent_of=(other,), locale="en")
    browser = await signed_in(app, await supervisor(team))
    form = {
        "do": "tell",
        "text": "Lost passports first, please <b>now</b>",
        "form_key": "k",
        "ticket": [str(ticket) for ticket in tickets],
    }
    answer = await browser.send(urls.BULK, form, whole=True)
    assert answer.headers["Location"].endswith("told=1")
    again = await browser.send(urls.BULK, form, whole=True)
    assert again.headers["Location"].endswith("told=0")
    page = (await (await signed_in(app, agent)).page(urls.NOTICES)).text
    assert page.count("Lost passports first, please &lt;b&gt;now&lt;/b&gt;") == 1
    assert "1 message to the team" in page
    assert "Lost passports" not in (await (await signed_in(app, stranger)).page(urls.NOTICES)).text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"do": "pause", "status": "pending", "reason": " "}, "Write the reason for the pause"),
        ({"do": "note", "text": ""}, "Write the note beside the button"),
        ({"do": "tell", "text": " "}, "Write the note beside the button"),
        ({"do": "priority", "priority": "low", "ticket": []}, "No ticket was ticked"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_done(
    app: Litestar, sent: dict[str, object], said: str
) -> None:
    team = await make.team()
    tickets = await late_tickets(team, 2)
    browser = await signed_in(app, await supervisor(team))
    form = {"form_key": "k", "ticket": [str(ticket) for ticket in tickets], **sent}
    answer = await browser.send(urls.BULK, form, whole=True)
    assert said in (await browser.page(answer.headers["Location"])).text
    assert await sql.value("SELECT count(*) FROM events WHERE kind <> 'ticket_created'") == 0


async def test_the_wall_says_who_waits_longest_and_what_came_and_went_today(app: Litestar) -> None:
    team, other = await make.team(), await make.team()
    now = make.NOW
    for hours in (1, 5, 3):
        await make.ticket(team, status="open", waiting_since=now - timedelta(hours=hours))
    await make.ticket(other, status="open", waiting_since=now - timedelta(hours=9))
    waits = await board.longest([team])
    assert [now - one.waiting_since for one in waits] == [timedelta(hours=h) for h in (5, 3, 1)]
    ticket = await make.ticket(team)
    for direction, minutes in (("in", 10), ("in", 70), ("out", 5), ("note", 4), ("in", 24 * 60)):
        at = now - timedelta(minutes=minutes)
        await make.message(ticket, direction=direction, said_at=at, created_at=at)
    day = now - timedelta(hours=12)  # midnight in Riyadh
    flow = await watch.flow([team], now=now, day_start=day, day_end=day + timedelta(days=1))
    assert (flow.arrived, flow.answered) == (2, 1)
    assert [(one.hour, one.arrived, one.answered) for one in flow.hours[10:]] == [
        (10, 1, 0),
        (11, 1, 1),
        (12, 0, 0),
    ]


async def test_a_notice_is_counted_in_the_rail_until_it_is_read(app: Litestar) -> None:
    team = await make.team()
    viewer = await supervisor(team)
    (ticket,) = await late_tickets(team, 1)
    now = clock.now()
    told = await tell(
        [Telling(ticket, "first_response", 1, 100, now, now, "supervisors", None)], now=now
    )
    assert told == [(viewer.id,)]
    browser = await signed_in(app, viewer)
    assert 'Notices</span><span class="count is-late">1<' in (await browser.part("/rail")).text
    page = (await browser.page(urls.NOTICES)).text
    assert urls.ticket(ticket) in page
    assert (await browser.send(urls.NOTICES, whole=True)).status_code == 303
    assert 'Notices</span><span class="count is-late">1<' not in (await browser.part("/rail")).text


async def test_a_promise_that_went_through_steps_stands_in_a_notice_once(app: Litestar) -> None:
    team = await make.team()
    viewer = await supervisor(team)
    first, second = await late_tickets(team, 2)
    now = clock.now()
    steps = [(first, 75), (first, 100), (first, 150), (second, 75)]
    await tell(
        [
            Telling(ticket, "resolution", 1, percent, now, now, "supervisors", None)
            for ticket, percent in steps
        ],
        now=now,
    )
    page = (await (await signed_in(app, viewer)).page(urls.NOTICES)).text
    assert "2 promises" in page
    assert page.count(f'href="{urls.ticket(first, view="all")}"') == 1
    assert page.count("75% used") == 1


async def test_nobody_acknowledges_anothers_notice(app: Litestar) -> None:
    team = await make.team()
    mine, yours = await supervisor(team), await supervisor(team)
    (ticket,) = await late_tickets(team, 1)
    now = clock.now()
    await tell([Telling(ticket, "resolution", 1, 100, now, now, "supervisors", None)], now=now)
    notice = await sql.value("SELECT id FROM notices WHERE user_id = $1", mine.id)
    browser = await signed_in(app, yours)
    await browser.send(urls.acknowledge(notice), whole=True)
    assert (
        await sql.value("SELECT count(*) FROM notice_items WHERE acknowledged_at IS NOT NULL") == 0
    )
    await service_levels.acknowledge(notice, by=mine, now=now)
    assert (
        await sql.value("SELECT count(*) FROM notice_items WHERE acknowledged_at IS NOT NULL") == 1
    )
    await service_levels.acknowledge(notice, by=mine, now=now)
    found = await sql.rows("SELECT * FROM events WHERE kind = 'notice_acknowledged'")
    assert [(row["ticket_id"], row["actor_id"]) for row in found] == [(ticket, mine.id)]
    expected = {"notice": notice, "clock": "resolution", "turn": 1, "percent": 100}
    assert sql.load(found[0]["data"]) == expected
    page = (await browser.page(urls.ticket(ticket))).text
    assert "Note was taken: Resolution" in page


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", ("the contact wrote", "counted", "Late by")),
        ("ar", ("كتب المراجع", "احتُسب", "متأخرة")),
    ],
)
async def test_a_ticket_says_line_by_line_how_its_promise_was_reckoned(
    app: Litestar, locale: str, expected: tuple[str, ...]
) -> None:
    team, other = await make.team(), await make.team()
    ticket = await make.ticket(team, status="open")
    await promised(ticket, minutes_ago=90)
    await service_levels.record_breaches(now=clock.now())
    digits = "latn" if locale == "en" else "arab"
    viewer = await make.viewer(agent_of=(team,), locale=locale, digits=digits)
    browser = await signed_in(app, viewer)
    for page in (
        await browser.part(urls.accounts(ticket)),
        await browser.page(urls.accounts(ticket)),
    ):
        assert page.status_code == 200
        assert all(words in page.text for words in expected)
    assert urls.accounts(ticket) in (await browser.page(urls.ticket(ticket))).text
    stranger = await signed_in(app, await make.viewer(agent_of=(other,)))
    assert (await stranger.part(urls.accounts(ticket))).status_code == 404


async def promised(ticket_id: int, *, minutes_ago: float) -> None:
    """Promise an answer within the hour, and let a citizen have asked some time ago."""
    now = clock.now()
    all_day = {str(day): [["00:00", "24:00"]] for day in range(7)}
    await service_levels.save_calendar(
        "always", zone="Asia/Riyadh", weekly=all_day, exceptions={}, now=now
    )
    await service_levels.save_policy(
        "standard",
        calendar="always",
        allowed_minutes={"first_response": 60},
        position=1,
        now=now,
    )
    at = now - timedelta(minutes=minutes_ago)
    async with transaction():
        said = {"message": 1, "said_us": int(at.timestamp() * 1_000_000)}
        await emit([Event(ticket_id, "message_received", said)], at=now)


async def test_all_who_ask_at_the_same_moment_share_one_wall_and_none_is_old(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = await make.team()
    viewers = [await supervisor(team) for _ in range(5)]
    built: list[int] = []
    whole = watch._build

    async def counting(*args: Any, **kwargs: Any) -> Any:
        built.append(1)
        return await whole(*args, **kwargs)

    monkeypatch.setattr(watch, "_build", counting)
    now = clock.now()

    async def everybody() -> list[int]:
        walls = await asyncio.gather(*(watch.wall(one, zone=ZONE, now=now) for one in viewers))
        return [wall.late_count for wall in walls]

    assert await everybody() == [0] * 5
    assert len(built) == 1
    await late_tickets(team, 1)
    assert await everybody() == [1] * 5
    assert len(built) == 2
    later = await watch.wall(viewers[0], zone=ZONE, now=now + timedelta(seconds=1))
    assert later.late_count == 1
    assert len(built) == 3


async def test_a_wall_that_fails_for_one_is_built_for_the_next(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = await supervisor(await make.team())
    with monkeypatch.context() as broken:
        broken.setattr(watch, "_day", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await watch.wall(viewer, zone=ZONE, now=clock.now())
    assert (await watch.wall(viewer, zone=ZONE, now=clock.now())).late_count == 0


async def test_however_many_ask_while_one_is_made_are_content_with_the_next(app: Litestar) -> None:
    team, now = await make.team(), clock.now()
    shared: Shared[int] = Shared()
    made: list[int] = []
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly() -> int:
        begun.set()
        await go.wait()
        made.append(await sql.value("SELECT count(*) FROM tickets"))
        return made[-1]

    first = asyncio.create_task(shared.ask("wall", slowly, now=now))
    await begun.wait()
    await late_tickets(team, 2)
    others = [asyncio.create_task(shared.ask("wall", slowly, now=now)) for _ in range(4)]
    await asyncio.sleep(0)
    go.set()
    assert await asyncio.gather(first, *others) == [0, 2, 2, 2, 2]
    assert made == [0, 2]
    await shared.ask("another", slowly, now=now + timedelta(seconds=2))
    assert list(shared._places) == ["another"]


async def test_nobody_sees_the_wall_of_other_teams(app: Litestar) -> None:
    mine, other = await make.team(), await make.team()
    await late_tickets(other, 2)
    now = clock.now()
    theirs, ours = await asyncio.gather(
        watch.wall(await supervisor(other), zone=ZONE, now=now),
        watch.wall(await supervisor(mine), zone=ZONE, now=now),
    )
    assert (theirs.late_count, ours.late_count) == (2, 0)


async def test_pages_behind_a_figure_follow_each_other_also_past_the_last_due_time(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "PAGE", 3)
    teams = (await make.team(), await make.team())
    now = clock.now()
    dated = [
        await make.ticket(teams[n % 2], status="open", next_due_at=now + timedelta(minutes=n))
        for n in range(5)
    ]
    undated = [
        await make.ticket(teams[n % 2], status="pending", created_at=now - timedelta(days=9 - n))
        for n in range(6)
    ]
    for measure in ("open", "unassigned"):
        shown: list[int] = []
        for after in range(0, 15, 3):
            page = await board.behind(
                Behind(measure, teams), now=now, soon=now, day_end=now, after=after
            )
            shown += [one.id for one in page[:3]]
            assert (len(page) > 3) is (len(dated + undated) > after + 3)
        assert shown == dated + undated
