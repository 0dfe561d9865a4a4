"""Who works when: shifts that begin and end, hours of teams, what is sent on from a deserted team, who leaves."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.assignment import actions
from server.db import sql
from server.kit.errors import Forbidden, Invalid
from server.kit.settings import Settings
from server.people import actions as people
from server.people.queries import Viewer
from server.service_levels.actions import save_calendar
from server.tickets import actions as tickets
from tests.integration.test_assignment import agent, told, waiting, who
from tests.support import factories as make
from tests.support.factories import NOW

# NOW is a Sunday, 12:00 in Riyadh.
MORNING = {"6": [["08:00", "14:00"]]}
EVENING = {"6": [["14:00", "22:00"]]}
NIGHT = {"6": [["22:00", "06:00"]]}
HOUR = timedelta(hours=1)


@pytest.fixture
async def team(db: Settings) -> int:
    return await make.team()


@pytest.fixture
async def boss(team: int) -> Viewer:
    return await make.viewer(administrator=True)


async def works(
    user: Viewer, weekly: Any, boss: Viewer, *, now: datetime = NOW, **more: Any
) -> None:
    await actions.set_shifts(
        user.id,
        **{
            "zone": "Asia/Riyadh",
            "weekly": weekly,
            "exceptions": {},
            "by": boss,
            "now": now,
            **more,
        },
    )


async def test_nobody_gets_anything_outside_their_shift(team: int, boss: Viewer) -> None:
    amal = await agent(team)
    await works(amal, EVENING, boss)
    ticket_id = await waiting(team)
    await actions.hand_out([team], at=NOW)
    assert await told(ticket_id) == [("waits_for_agent", "nobody_on_shift")]
    # The turn of a shift counts from its minute on, also when no loop has written it down yet.
    await actions.hand_out([team], at=NOW + 2 * HOUR)
    assert await who(ticket_id) == amal.id


async def test_a_shift_that_begins_hands_out_and_one_that_ends_takes_nothing_more(
    team: int, boss: Viewer
) -> None:
    amal = await agent(team)
    await works(amal, EVENING, boss)
    first = await waiting(team)
    assert await actions.turn_shifts(now=NOW + HOUR) == 0
    assert await who(first) is None
    assert await actions.turn_shifts(now=NOW + 2 * HOUR) == 1
    assert await who(first) == amal.id
    assert await actions.turn_shifts(now=NOW + 9 * HOUR) == 0
    assert await actions.turn_shifts(now=NOW + 10 * HOUR) == 1
    second = await waiting(team)
    await actions.hand_out([team], at=NOW + 10 * HOUR)
    assert (await who(first), await who(second)) == (amal.id, None)


async def test_shifts_reach_over_midnight_and_days_of_leave_stand_out(
    team: int, boss: Viewer
) -> None:
    amal = await agent(team)
    await works(amal, NIGHT, boss, exceptions={"2026-11-29": []})
    for later, has in (
        (timedelta(hours=11), True),  # 23:00 on Sunday
        (timedelta(hours=17, minutes=59), True),  # 05:59 on Monday
        (timedelta(hours=18), False),
        (timedelta(days=7, hours=11), False),  # on leave
        (timedelta(days=14, hours=11), True),
    ):
        ticket_id = await waiting(team)
        await actions.hand_out([team], at=NOW + later)
        assert (await who(ticket_id) is not None) == has, later
        await tickets.set_status(
            ticket_id, status="resolved", by=boss, form_key=str(later), now=NOW + later
        )


async def test_a_team_keeps_its_calendar_and_people_their_own_hours(
    team: int, boss: Viewer
) -> None:
    amal, badr = await agent(team), await agent(team)
    await save_calendar("morning", zone="Asia/Riyadh", weekly=MORNING, exceptions={}, now=NOW)
    await actions.set_team_hours(team, calendar="morning", by=boss, now=NOW)
    await works(badr, EVENING, boss)
    early = await waiting(team)
    await actions.hand_out([team], at=NOW)
    assert await who(early) == amal.id
    late = await waiting(team)
    await actions.turn_shifts(now=NOW + 2 * HOUR)
    await actions.hand_out([team], at=NOW + 2 * HOUR)
    assert await who(late) == badr.id
    # A calendar written anew counts for the team at once.
    await save_calendar(
        "morning", zone="Asia/Riyadh", weekly=EVENING, exceptions={}, now=NOW + 3 * HOUR
    )
    await actions.keep_team_hours(badr.id, by=boss, now=NOW + 3 * HOUR)
    waits = await waiting(team)
    assert await actions.turn_shifts(now=NOW + 3 * HOUR) == 1
    assert await who(waits) is not None
    with pytest.raises(Invalid):
        await actions.set_team_hours(team, calendar="no such", by=boss, now=NOW)


async def test_only_supervisors_of_a_team_write_its_peoples_hours(team: int, boss: Viewer) -> None:
    amal = await agent(team)
    stranger = await make.viewer(supervisor_of=(await make.team(),))
    with pytest.raises(Forbidden):
        await works(amal, MORNING, stranger)
    with pytest.raises(Forbidden):
        await actions.set_team_hours(team, calendar=None, by=stranger, now=NOW)
    with pytest.raises(Invalid):
        await works(amal, MORNING, boss, zone="Asia/Nowhere")
    assert await sql.value("SELECT count(*) FROM shifts") == 0
    await works(amal, MORNING, boss)
    await works(amal, EVENING, boss)
    kept = await sql.rows("SELECT superseded_at IS NULL AS current FROM shifts ORDER BY id")
    assert [row["current"] for row in kept] == [False, True]


async def overflowing(team: int, to: int, *, minutes: int = 5) -> None:
    await sql.run(
        "UPDATE teams SET overflow_team_id = $2, patience_minutes = $3 WHERE id = $1",
        team,
        to,
        minutes,
    )


async def test_what_waits_where_nobody_is_goes_to_the_next_team_and_never_back(
    team: int, boss: Viewer
) -> None:
    first, second = team, await make.team()
    amal, badr = await agent(first, presence="offline"), await agent(second)
    await overflowing(first, second)
    await overflowing(second, first)
    ticket_id = await waiting(first)
    await actions.sweep(now=NOW)
    await actions.sweep(now=NOW + timedelta(minutes=4))
    assert await who(ticket_id) is None
    await actions.sweep(now=NOW + timedelta(minutes=5))
    assert await who(ticket_id) == badr.id
    assert ("team_changed", "overflowed") in await told(ticket_id)
    assert "nobody_found" not in {kind for kind, _ in await told(ticket_id)}
    # Now the second team is deserted and somebody is in the first: the ticket has been there.
    await people.set_presence(badr.id, "away", now=NOW + HOUR)
    await people.set_presence(amal.id, "online", now=NOW + HOUR)
    for minutes in (75, 76, 90, 120):
        await actions.sweep(now=NOW + timedelta(minutes=minutes))
    assert await who(ticket_id) is None
    assert (await told(ticket_id)).count(("team_changed", "overflowed")) == 1
    assert ("nobody_found", "nobody_online") in await told(ticket_id)


async def test_it_goes_past_teams_in_which_nobody_is_either(team: int, boss: Viewer) -> None:
    first, second, third = team, await make.team(), await make.team()
    await agent(first, presence="away")
    await agent(second, presence="offline")
    await overflowing(first, second)
    await overflowing(second, third)
    ticket_id = await waiting(first)
    await actions.sweep(now=NOW)
    await actions.sweep(now=NOW + timedelta(minutes=6))
    assert await told(ticket_id) == [
        ("waits_for_agent", "nobody_online"),
        ("nobody_found", "nobody_online"),
    ]
    carla = await agent(third)
    await actions.sweep(now=NOW + timedelta(minutes=7))
    assert await who(ticket_id) == carla.id


async def test_a_team_that_is_only_full_keeps_its_tickets(team: int, boss: Viewer) -> None:
    first, second = team, await make.team()
    await agent(first, capacity=0)
    await agent(second)
    await overflowing(first, second)
    ticket_id = await waiting(first)
    await actions.sweep(now=NOW)
    await actions.sweep(now=NOW + timedelta(minutes=10))
    assert await who(ticket_id) is None
    assert (await told(ticket_id))[-1] == ("nobody_found", "everyone_full")


async def test_patience_begins_when_the_last_one_leaves(team: int, boss: Viewer) -> None:
    first, second = team, await make.team()
    amal, badr = await agent(first, capacity=0), await agent(second)
    await overflowing(first, second)
    ticket_id = await waiting(first)
    await actions.sweep(now=NOW)
    await people.set_presence(amal.id, "offline", now=NOW + HOUR)
    await actions.sweep(now=NOW + HOUR)
    assert await who(ticket_id) is None
    await actions.sweep(now=NOW + HOUR + timedelta(minutes=5))
    assert await who(ticket_id) == badr.id


@pytest.mark.parametrize("how", ["deactivated", "no longer in the team"])
async def test_who_leaves_for_good_gives_back_everything(db: Settings, how: str) -> None:
    team = await sql.value("SELECT id FROM teams WHERE slug = 'intake'")
    amal = await agent(team)
    touched, pending = await waiting(team), await waiting(team)
    await actions.hand_out([team], at=NOW)
    await tickets.note(touched, by=amal, text="بدأت", form_key="n", now=NOW)
    await tickets.set_status(pending, status="pending", by=amal, form_key="p", now=NOW)
    badr = await agent(team)
    if how == "deactivated":
        await people.set_active(amal.id, active=False, now=NOW)
    else:
        await people.set_membership(amal.id, team="intake", role=None, now=NOW)
    assert await who(touched) == badr.id
    assert await who(pending) != amal.id
    assert ("assigned", "left_gave_back") in await told(touched)


async def test_who_joins_a_team_while_online_gets_what_waits_there(db: Settings) -> None:
    team = await sql.value("SELECT id FROM teams WHERE slug = 'intake'")
    amal = await agent(await make.team())
    ticket_id = await waiting(team)
    await people.set_membership(amal.id, team="intake", role="agent", now=NOW)
    assert await who(ticket_id) == amal.id
    there = await sql.rows("SELECT until FROM attendances WHERE team_id = $1", team)
    assert [row["until"] for row in there] == [None]


async def test_words_of_a_decline_stay_out_of_the_events(team: int, boss: Viewer) -> None:
    amal = await agent(team)
    ticket_id = await waiting(team)
    await actions.hand_out([team], at=NOW)
    await actions.decline(ticket_id, reason="other", words=" هذا يخص مكتب جدة ", by=amal, now=NOW)
    assert await sql.value("SELECT words FROM declines") == "هذا يخص مكتب جدة"
    assert not await sql.value("SELECT count(*) FROM events WHERE data::text LIKE '%جدة%'")
    with pytest.raises(Invalid):
        await actions.decline(ticket_id, reason="other", words="x" * 501, by=amal, now=NOW)


async def test_supervisors_are_told_once_a_team_that_nobody_could_be_found(db: Settings) -> None:
    team, other = await make.team(), await make.team()
    head = await make.user(supervisor_of=(team,))
    stranger = await make.user(supervisor_of=(other,))
    ticket_ids = [await waiting(team) for _ in range(3)]
    await actions.hand_out([team], at=NOW)

    async def told_of(user_id: int) -> int:
        found: int = await sql.value(
            """
            SELECT count(*) FROM notice_alarms a JOIN notices n ON n.id = a.notice_id
            JOIN alarms x ON x.id = a.alarm_id AND x.kind = 'nobody_found' WHERE n.user_id = $1
            """,
            user_id,
        )
        return found

    await actions.sweep(now=NOW + timedelta(minutes=4))
    assert await told_of(head) == 0
    for minutes in (5, 6, 20):
        await actions.sweep(now=NOW + timedelta(minutes=minutes))
    assert (await told_of(head), await told_of(stranger)) == (1, 0)
    badr = await agent(team)
    await actions.sweep(now=NOW + timedelta(minutes=30))
    assert {await who(one) for one in ticket_ids} == {badr.id}
    assert await sql.value("SELECT count(*) FROM alarms WHERE ended_at IS NULL") == 0
