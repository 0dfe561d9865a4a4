"""Who is given what: drains on every change of eligibility, capacity under load, declines, returns."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.assignment import actions
from server.assignment.actions import NotYours
from server.db import sql
from server.kit.errors import Forbidden, Invalid, NotFound
from server.kit.settings import Settings
from server.people.actions import set_presence
from server.people.queries import Viewer
from server.tickets import actions as tickets
from tests.support import factories as make
from tests.support.factories import NOW


async def waiting(team_id: int, **values: Any) -> int:
    """Make a ticket whose citizen waits and that nobody has."""
    return await make.ticket(team_id, **{"status": "open", "waiting_since": NOW, **values})


async def agent(
    team_id: int, *, capacity: int = 15, topics: list[int] | None = None, **values: Any
) -> Viewer:
    found = await make.viewer(agent_of=(team_id,), **{"presence": "online", **values})
    await sql.run(
        "INSERT INTO workloads (user_id, capacity, topics) VALUES ($1, $2, $3)",
        found.id,
        capacity,
        topics,
    )
    return found


async def everybody_is_somebody_else(team_id: int) -> None:
    """Give every ticket of a team a contact of its own, so that nobody has a last agent."""
    await sql.run(
        """
        WITH made AS (INSERT INTO contacts (name, created_at)
            SELECT 'مراجع ' || id, created_at FROM tickets WHERE team_id = $1 RETURNING id)
        UPDATE tickets t SET contact_id = c.id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM made) AS c,
            (SELECT id, row_number() OVER (ORDER BY id) AS n FROM tickets WHERE team_id = $1) AS k
        WHERE k.n = c.n AND t.id = k.id
        """,
        team_id,
    )


async def who(ticket_id: int) -> int | None:
    found: int | None = await sql.value("SELECT assignee_id FROM tickets WHERE id = $1", ticket_id)
    return found


async def told(ticket_id: int) -> list[tuple[str, str]]:
    """Return the events of a ticket with the code of their first reason."""
    found = await sql.rows(
        "SELECT kind, data->'reasons'->0->>'code' AS code FROM events WHERE ticket_id = $1 ORDER BY seq",
        ticket_id,
    )
    return [(row["kind"], row["code"]) for row in found]


async def answer(ticket_id: int, by: Viewer, *, at: datetime = NOW) -> None:
    await tickets.reply(
        ticket_id, by=by, text="تم", form_key=f"a{ticket_id}", seen_seq=None, now=at
    )


async def test_an_answer_frees_room_for_the_next_in_line(db: Settings) -> None:
    team = await make.team()
    amal = await agent(team, capacity=1)
    first = await waiting(team, next_due_at=NOW)
    second = await waiting(team, next_due_at=NOW + timedelta(hours=1))
    await make.message(first)
    assert await actions.hand_out([team], at=NOW) == 1
    assert (await who(first), await who(second)) == (amal.id, None)
    assert await told(second) == [("waits_for_agent", "everyone_full")]
    await actions.hand_out([team], at=NOW)
    assert await told(second) == [("waits_for_agent", "everyone_full")]  # said once
    await answer(first, amal)
    assert await who(second) == amal.id


@pytest.mark.parametrize(
    "change", ["resolve", "hand_over", "give_to_another", "skill", "capacity", "online"]
)
async def test_every_change_of_eligibility_drains(db: Settings, change: str) -> None:
    team, other = await make.team(), await make.team()
    topic = await make.topic()
    boss = await make.viewer(administrator=True)
    amal = await agent(
        team,
        capacity=0 if change == "capacity" else 1,
        topics=[await make.topic()] if change == "skill" else None,
        presence="away" if change == "online" else "online",
    )
    busy = (
        await waiting(team, assignee_id=amal.id)
        if change in {"resolve", "hand_over", "give_to_another"}
        else 0
    )
    ticket_id = await waiting(team, topic_id=topic)
    await actions.hand_out([team], at=NOW)
    assert await who(ticket_id) is None
    key: dict[str, Any] = {"by": boss, "form_key": "k", "now": NOW}
    match change:
        case "resolve":
            await tickets.set_status(busy, status="resolved", **key)
        case "hand_over":
            await tickets.set_team(busy, team_id=other, **key)
        case "give_to_another":
            await tickets.assign(busy, to=boss.id, **key)
        case "skill":
            await actions.set_skills(
                amal.id, capacity=1, languages=["ar"], topics=[topic], by=boss, now=NOW
            )
        case "capacity":
            await actions.set_skills(
                amal.id, capacity=1, languages=["ar"], topics=None, by=boss, now=NOW
            )
        case "online":
            await set_presence(amal.id, "online", now=NOW)
    assert await who(ticket_id) == amal.id


async def test_skills_and_languages_decide_and_are_named(db: Settings) -> None:
    team = await make.team()
    parent = await make.topic()
    child = await make.topic(parent_id=parent)
    english = await agent(team, languages=["en"], topics=[parent])
    ticket_en = await waiting(team, language="en", topic_id=child)
    ticket_ar = await waiting(team, language="ar", topic_id=child)
    odd = await waiting(team, language="en", topic_id=await make.topic())
    await actions.hand_out([team], at=NOW)
    assert [await who(one) for one in (ticket_en, ticket_ar, odd)] == [english.id, None, None]
    assert await told(ticket_ar) == [("waits_for_agent", "nobody_speaks_language")]
    assert await told(odd) == [("waits_for_agent", "nobody_knows_topic")]


async def test_work_weighs_by_its_channel(db: Settings) -> None:
    team = await make.team()
    await agent(team, capacity=15)
    chats = [await waiting(team, channel="webchat") for _ in range(4)]
    mail = await waiting(team)
    await actions.hand_out([team], at=NOW)
    held = [await who(one) is not None for one in (*chats, mail)]
    assert held == [True, True, True, False, False]


async def test_a_declined_ticket_goes_to_somebody_else_and_never_back(db: Settings) -> None:
    team = await make.team()
    amal, badr = await agent(team), await agent(team)
    ticket_id = await waiting(team)
    await actions.hand_out([team], at=NOW)
    first, second = (amal, badr) if await who(ticket_id) == amal.id else (badr, amal)
    with pytest.raises(NotYours):
        await actions.decline(ticket_id, reason="not_my_topic", by=second, now=NOW)
    with pytest.raises(Invalid):
        await actions.decline(ticket_id, reason="rude words", by=first, now=NOW)
    await actions.decline(ticket_id, reason="not_my_topic", by=first, now=NOW)
    assert await who(ticket_id) == second.id
    await actions.decline(ticket_id, reason="too_much", by=second, now=NOW)
    assert await who(ticket_id) is None
    kinds = await told(ticket_id)
    assert ("assigned", "declined_not_my_topic") in kinds
    assert kinds[-1] == ("waits_for_agent", "everyone_declined")
    stranger = await make.viewer(agent_of=(await make.team(),))
    with pytest.raises(NotFound):
        await actions.decline(ticket_id, reason="other", by=stranger, now=NOW)


async def test_who_goes_away_gives_back_what_is_untouched_after_the_grace(db: Settings) -> None:
    team = await make.team()
    amal = await agent(team)
    touched, untouched = await waiting(team), await waiting(team)
    await actions.hand_out([team], at=NOW)
    await tickets.note(touched, by=amal, text="بدأت", form_key="n", now=NOW)
    badr = await agent(team)
    await set_presence(amal.id, "away", now=NOW)
    assert await actions.give_back(now=NOW + timedelta(minutes=14)) == 0
    assert await actions.give_back(now=NOW + timedelta(minutes=15)) == 1
    assert (await who(touched), await who(untouched)) == (amal.id, badr.id)
    assert ("assigned", "away_gave_back") in await told(untouched)
    assert await actions.give_back(now=NOW + timedelta(hours=2)) == 0


async def test_the_first_to_sign_in_is_not_buried(db: Settings) -> None:
    team = await make.team()
    await sql.run("UPDATE teams SET hourly_cap = 3 WHERE id = $1", team)
    made = [await waiting(team) for _ in range(5)]
    amal = await agent(team, presence="offline")
    await set_presence(amal.id, "online", now=NOW)
    held = [one for one in made if await who(one)]
    assert len(held) == 3
    await actions.sweep(now=NOW + timedelta(minutes=59))
    assert len([one for one in made if await who(one)]) == 3
    await actions.sweep(now=NOW + timedelta(minutes=61))
    assert len([one for one in made if await who(one)]) == 5


async def test_nobody_there_raises_the_alarm_once(db: Settings) -> None:
    team = await make.team()
    await agent(team, presence="offline")
    ticket_id = await waiting(team)
    await actions.hand_out([team], at=NOW)
    assert await told(ticket_id) == [("waits_for_agent", "nobody_online")]
    await actions.sweep(now=NOW + timedelta(minutes=4))
    for minutes in (5, 6, 60):
        await actions.sweep(now=NOW + timedelta(minutes=minutes))
    assert await told(ticket_id) == [
        ("waits_for_agent", "nobody_online"),
        ("nobody_found", "nobody_online"),
    ]


async def test_those_nobody_can_take_do_not_stand_in_the_way(db: Settings) -> None:
    team = await make.team()
    amal = await agent(team, languages=["ar"])
    await make.many_tickets(team, 450, assignees=(amal.id,), active=1)
    await sql.run(
        """
        UPDATE tickets SET assignee_id = NULL, status = 'open', language = 'en', waiting_since = created_at,
                           next_due_at = created_at WHERE team_id = $1
        """,
        team,
    )
    last = await waiting(team, language="ar")
    await actions.hand_out([team], at=NOW)
    assert await who(last) == amal.id


async def test_where_nobody_has_room_the_thousands_behind_are_left_alone(db: Settings) -> None:
    team = await make.team()
    amal = await agent(team, capacity=1)
    await make.many_tickets(team, 450, assignees=(amal.id,), active=1)
    await sql.run(
        "UPDATE tickets SET assignee_id = NULL, status = 'open', waiting_since = created_at WHERE team_id = $1",
        team,
    )
    assert await actions.hand_out([team], at=NOW) == 1
    assert await sql.value("SELECT count(*) FROM waiting_tickets") == 199
    call = await waiting(team, channel="hotline")
    assert await actions.hand_out([team], at=NOW) == 1
    assert await who(call) == amal.id


async def test_strategies_differ_per_team(db: Settings) -> None:
    team = await make.team()
    boss = await make.viewer(administrator=True)
    light, heavy = await agent(team), await agent(team)
    for _ in range(3):
        await waiting(team, assignee_id=heavy.id)
    way: dict[str, Any] = {
        "hourly_cap": None,
        "grace_minutes": 5,
        "patience_minutes": 5,
        "overflow_team_id": None,
        "now": NOW,
    }
    await actions.set_way(team, strategy="most_spare_capacity", by=boss, **way)
    made = [await waiting(team) for _ in range(3)]
    await actions.hand_out([team], at=NOW)
    assert [await who(one) for one in made] == [light.id] * 3
    with pytest.raises(Invalid):
        await actions.set_way(team, strategy="luck", by=boss, **way)
    with pytest.raises(Invalid):
        await actions.set_way(
            team, strategy="longest_idle", by=boss, **way | {"overflow_team_id": team}
        )
    with pytest.raises(Forbidden):
        await actions.set_way(team, strategy="longest_idle", by=light, **way)


async def test_only_supervisors_of_a_team_change_its_peoples_skills(db: Settings) -> None:
    ours, theirs = await make.team(), await make.team()
    amal = await agent(ours)
    ours_head = await make.viewer(supervisor_of=(ours,))
    theirs_head = await make.viewer(supervisor_of=(theirs,))
    skills: dict[str, Any] = {"capacity": 9, "languages": ["ar"], "topics": None, "now": NOW}
    with pytest.raises(Forbidden):
        await actions.set_skills(amal.id, by=theirs_head, **skills)
    with pytest.raises(Invalid):
        await actions.set_skills(amal.id, by=ours_head, **skills | {"topics": [404]})
    await actions.set_skills(amal.id, by=ours_head, **skills)
    assert await sql.value("SELECT capacity FROM workloads WHERE user_id = $1", amal.id) == 9


async def test_sixteen_workers_assign_everything_once_within_capacity_and_fairly(
    db: Settings,
) -> None:
    team = await make.team()
    agents = [await agent(team, capacity=100) for _ in range(20)]
    await make.many_tickets(team, 1500, assignees=(agents[0].id,), active=1)
    await sql.run(
        "UPDATE tickets SET assignee_id = NULL, status = 'open', waiting_since = created_at WHERE team_id = $1",
        team,
    )
    await everybody_is_somebody_else(team)

    async def work() -> None:
        while await actions.hand_out([team], at=NOW):
            pass

    await asyncio.gather(*(work() for _ in range(16)))
    await work()
    held = Counter(
        row["assignee_id"]
        for row in await sql.rows("SELECT assignee_id FROM tickets WHERE team_id = $1", team)
    )
    assert set(held) == {one.id for one in agents}
    assert max(held.values()) - min(held.values()) <= 1
    given = await sql.rows("SELECT ticket_id FROM events WHERE kind = 'assigned'")
    assert len(given) == len({row["ticket_id"] for row in given}) == 1500


async def test_a_full_house_is_never_overfilled_by_workers_at_once(db: Settings) -> None:
    team = await make.team()
    agents = [await agent(team, capacity=7) for _ in range(10)]
    await make.many_tickets(team, 300, assignees=(agents[0].id,), active=1)
    await sql.run(
        "UPDATE tickets SET assignee_id = NULL, status = 'open', waiting_since = created_at WHERE team_id = $1",
        team,
    )
    await asyncio.gather(*(actions.hand_out([team], at=NOW) for _ in range(16)))
    held = Counter(
        row["assignee_id"]
        for row in await sql.rows("SELECT assignee_id FROM tickets WHERE assignee_id IS NOT NULL")
    )
    assert held == {one.id: 7 for one in agents}


async def test_a_follow_up_goes_to_who_answered_last(db: Settings) -> None:
    team = await make.team()
    amal, badr = await agent(team), await agent(team)
    contact = await make.contact()
    await make.ticket(team, contact_id=contact, assignee_id=badr.id, status="closed")
    made = [await waiting(team, contact_id=contact) for _ in range(2)]
    await actions.hand_out([team], at=NOW)
    assert {await who(one) for one in made} == {badr.id}
    assert amal.id != badr.id
