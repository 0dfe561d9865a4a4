"""At their moments policies tell people and change tickets: once, with the cause, and only while a clock runs."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.alarms import actions as alarms
from server.channel_accounts import actions as accounts
from server.db import sql
from server.events import queries as events
from server.kit import clock
from server.kit.settings import Settings
from server.people import actions as people
from server.service_levels import actions as service_levels
from server.service_levels import queries as promises
from server.service_levels.queries import Step
from server.tickets import actions as tickets
from tests.support.mails import mail
from tests.support.mailserver import mail_server
from tests.support.office import office, person, take, viewer

pytestmark = pytest.mark.anyio

HOUR = timedelta(minutes=60)


async def late(minutes: float, *steps: Step) -> int:
    """Let a mail that waits for so long stand under these steps; return its ticket."""
    account = await office(("amal", "badr"), ("huda",), steps=steps)
    await take(account, mail(), at=clock.now() - timedelta(minutes=minutes))
    return int(await sql.value("SELECT max(id) FROM tickets"))


async def name_in_step(step: int, field: str, number: int) -> None:
    """Let a step name a team or person that was made after the policy."""
    await sql.run(
        "UPDATE policies SET steps = jsonb_set(steps, $1::text[], to_jsonb($2::bigint))",
        [str(step), field],
        number,
    )
    promises._steps.clear()


async def happened(ticket_id: int, *kinds: str) -> list[dict[str, Any]]:
    return [one.data for one in await events.of_ticket(ticket_id) if one.kind in kinds]


async def row(ticket_id: int) -> dict[str, Any]:
    found = await sql.row("SELECT * FROM tickets WHERE id = $1", ticket_id)
    assert found is not None
    return dict(found)


async def told(name: str) -> list[int]:
    found = await sql.rows(
        """
        SELECT i.percent FROM notices n JOIN notice_items i ON i.notice_id = n.id
        JOIN users u ON u.id = n.user_id WHERE u.name = $1 ORDER BY 1
        """,
        name,
    )
    return [one["percent"] for one in found]


async def step_forward(minutes: float = 0) -> None:
    now = clock.now() + timedelta(minutes=minutes)
    while await service_levels.record_breaches(now=now):
        pass
    while await service_levels.take_steps(now=now):
        pass


async def test_the_chain_goes_from_the_agent_by_the_lead_and_the_supervisors_to_a_team(
    db: Settings,
) -> None:
    ticket_id = await late(
        0,
        Step(50, "agent"),
        Step(100, "lead"),
        Step(100, "supervisors", late_by=30),
        Step(100, "team", late_by=60),
    )
    team = (await row(ticket_id))["team_id"]
    has_it = (
        "amal" if (await viewer("amal")).id == (await row(ticket_id))["assignee_id"] else "badr"
    )
    other = {"amal": "badr", "badr": "amal"}[has_it]
    lead = (await viewer(other)).id
    await service_levels.set_lead(team, lead_id=lead)
    await name_in_step(3, "to_id", team)
    for minutes, agents, leads, supervisors in (
        (31, [50], [], []),
        (61, [50], [100], []),
        (91, [50], [100], [150]),
        (121, [50, 200], [100, 200], [150, 200]),
    ):
        await step_forward(minutes)
        assert await told(has_it) == agents
        assert await told(other) == leads
        assert await told("huda") == supervisors


async def test_an_office_outside_the_desk_is_written_to_once_for_many_promises(
    db: Settings,
) -> None:
    step = Step(100, "office", late_by=30, address="director@authority.example")
    with mail_server() as server:
        account = await office(("amal",), (), steps=(step,))
        leaving = await accounts.add(
            "email",
            name="alarms",
            values={
                "address": "alarms@passports.example",
                "smtp_host": "127.0.0.1",
                "smtp_port": str(server.port),
                "smtp_tls": "none",
            },
            now=clock.now(),
        )
        await alarms.choose_account(leaving)
        mails = (mail(f"n {n}", sender=f"p{n}@example.org") for n in range(3))
        await take(account, *mails, at=clock.now() - timedelta(minutes=91))
        await step_forward()
        while await alarms.send_due(now=clock.now() + timedelta(minutes=2)):
            pass
        (sent,) = server.mails
    assert sent["To"] == "director@authority.example"
    assert sent["Auto-Submitted"]
    text = sent.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one
    assert "fatima" not in text
    assert "/alarms" not in text
    assert await sql.value("SELECT escalations FROM dispatches WHERE office_id IS NOT NULL") == 3


async def test_a_team_without_a_lead_has_its_supervisors_told(db: Settings) -> None:
    await late(61, Step(100, "lead"))
    await step_forward()
    assert await told("huda") == [100]


async def test_whoever_takes_note_stops_every_later_step(db: Settings) -> None:
    ticket_id = await late(
        61, Step(100, "supervisors"), Step(100, "agent", late_by=30, raise_to="urgent")
    )
    await step_forward()
    huda = await viewer("huda")
    notice = await sql.value("SELECT max(id) FROM notices WHERE user_id = $1", huda.id)
    await service_levels.acknowledge(notice, by=huda, now=clock.now())
    await step_forward(31)
    assert (await row(ticket_id))["priority"] == "normal"
    (_, noted) = await happened(ticket_id, "clock_escalated")
    assert noted["noted"] is True
    assert noted["told"] == []


async def test_whoever_takes_note_of_a_warning_is_still_told_that_the_promise_is_broken(
    db: Settings,
) -> None:
    ticket_id = await late(
        46,
        Step(75, "supervisors"),
        Step(90, "supervisors"),
        Step(100, "supervisors", raise_to="urgent"),
    )
    await step_forward()
    huda = await viewer("huda")
    notice = await sql.value("SELECT max(id) FROM notices WHERE user_id = $1", huda.id)
    await service_levels.acknowledge(notice, by=huda, now=clock.now())
    await step_forward(10)
    assert [one.get("noted") for one in await happened(ticket_id, "clock_warned")] == [None, True]
    await step_forward(16)
    (broken,) = await happened(ticket_id, "clock_escalated")
    assert huda.id in broken["told"]
    assert (await row(ticket_id))["priority"] == "urgent"


async def test_a_step_raises_gives_back_and_tags_and_says_by_what(db: Settings) -> None:
    ticket_id = await late(
        61, Step(100, "supervisors", raise_to="next", give_to="queue", tag="متأخرة")
    )
    had = (await row(ticket_id))["assignee_id"]
    assert had is not None
    for who in ("amal", "badr"):
        await people.set_presence((await viewer(who)).id, "offline", now=clock.now())
    await step_forward()
    after = await row(ticket_id)
    assert (after["priority"], after["assignee_id"], after["tags"]) == ("high", None, ["متأخرة"])
    policy = await sql.value("SELECT id FROM policies")
    cause = {"by": "policy", "policy": policy, "clock": "first_response"}
    assert await happened(ticket_id, "priority_changed") == [
        {"from": "normal", "to": "high", **cause}
    ]
    assert {"from": had, "to": None, **cause} in await happened(ticket_id, "assigned")
    tag = await sql.value("SELECT id FROM tags WHERE name = 'متأخرة'")
    assert await happened(ticket_id, "tagged") == [{"tag": tag, **cause}]
    assert await sql.value("SELECT count(*) FROM hand_outs WHERE ended_at IS NULL") == 0


async def test_a_ticket_given_back_finds_somebody_else_in_its_new_team(db: Settings) -> None:
    ticket_id = await late(0, Step(100, give_to="team"))
    other = await sql.value(
        "INSERT INTO teams (slug, name_ar, name_en) VALUES ('second', 'الثاني', 'Second') RETURNING id"
    )
    ziad = await person("ziad", team="second")
    await people.set_presence(ziad, "online", now=clock.now())
    await name_in_step(0, "give_id", other)
    await step_forward(61)
    after = await row(ticket_id)
    assert (after["team_id"], after["assignee_id"]) == (other, ziad)


async def test_nobody_is_given_tickets_of_a_team_they_have_left(db: Settings) -> None:
    ticket_id = await late(0, Step(100, give_to="user"))
    had = (await row(ticket_id))["assignee_id"]
    huda = (await viewer("huda")).id
    await name_in_step(0, "give_id", huda)
    await sql.run("DELETE FROM memberships WHERE user_id = $1", huda)
    await step_forward(61)
    assert (await row(ticket_id))["assignee_id"] == had


async def test_a_team_that_is_gone_is_given_nothing(db: Settings) -> None:
    ticket_id = await late(0, Step(100, "supervisors", give_to="team", give_id=4711))
    before = await row(ticket_id)
    await step_forward(61)
    after = await row(ticket_id)
    assert (after["team_id"], after["assignee_id"]) == (before["team_id"], before["assignee_id"])
    assert await told("huda") == [100]


async def test_two_promises_that_fall_due_together_are_told_apart(db: Settings) -> None:
    same = {"first_response": 60, "resolution": 60}
    account = await office(("amal",), ("huda",), promised=same, steps=(Step(100, "supervisors"),))
    await take(account, mail(), at=clock.now() - timedelta(minutes=61))
    await step_forward()
    ticket_id = int(await sql.value("SELECT max(id) FROM tickets"))
    huda = (await viewer("huda")).id
    found = await happened(ticket_id, "clock_escalated")
    assert sorted(one["clock"] for one in found) == ["first_response", "resolution"]
    assert [one["told"] for one in found] == [[huda], [huda]]


async def test_what_a_step_changes_leaves_the_promise_as_it_was_given(db: Settings) -> None:
    ticket_id = await late(31, Step(50, raise_to="urgent"))
    now = clock.now()
    await service_levels.save_policy(
        "urgent", calendar="always", allowed_minutes={"first_response": 5}, priority="urgent", position=1, now=now
    )  # fmt: skip
    await sql.run("UPDATE policies SET position = 2 WHERE name = 'standard'")
    (before, _) = await promises.of_ticket(ticket_id)
    await step_forward()
    assert (await row(ticket_id))["priority"] == "urgent"
    assert (await promises.of_ticket(ticket_id))[0].due_at == before.due_at
    assert await service_levels.check_clocks() == ()


async def test_two_schedulers_take_a_step_once(db: Settings) -> None:
    account = await office(("amal",), ("huda",), steps=(Step(100, "supervisors", raise_to="next"),))
    mails = (mail(f"n {n}", sender=f"p{n}@example.org") for n in range(30))
    await take(account, *mails, at=clock.now() - timedelta(minutes=61))
    now = clock.now()
    await asyncio.gather(*(service_levels.take_steps(now=now) for _ in range(4)))
    await step_forward()
    for kind in ("clock_escalated", "priority_changed"):
        assert await sql.value("SELECT count(*) FROM events WHERE kind = $1", kind) == 30
    assert await sql.value("SELECT count(*) FROM tickets WHERE priority = 'high'") == 30


async def test_nothing_is_done_to_a_ticket_whose_clock_was_paused_or_answered(db: Settings) -> None:
    ticket_id = await late(0, Step(50, "agent", raise_to="urgent"))
    name = "amal" if (await viewer("amal")).id == (await row(ticket_id))["assignee_id"] else "badr"
    by = await viewer(name)
    seq = (await row(ticket_id))["last_seq"]
    await tickets.reply(
        ticket_id, by=by, text="وصل طلبكم", form_key="k", seen_seq=seq, now=clock.now()
    )
    await tickets.set_status(ticket_id, status="pending", by=by, form_key="p", now=clock.now())
    await step_forward(400)
    assert (await row(ticket_id))["priority"] == "normal"
    assert await happened(ticket_id, "clock_warned", "clock_escalated") == []


async def test_a_step_whose_moment_is_moved_into_the_future_is_taken_again(db: Settings) -> None:
    ticket_id = await late(61, Step(100, "supervisors"))
    await step_forward()
    at = clock.now()
    closed = {(at + timedelta(hours=3, days=n)).date().isoformat(): [] for n in (-1, 0, 1)}
    await service_levels.save_calendar(
        "always",
        zone="Asia/Riyadh",
        weekly={str(day): [["00:00", "24:00"]] for day in range(7)},
        exceptions=closed,
        now=at,
    )
    await service_levels.order_following(calendar="always", by=None, now=at)
    while await service_levels.follow_terms(now=clock.now()):
        pass
    await step_forward(60 * 24 * 4)
    found = await happened(ticket_id, "clock_escalated")
    assert [one["clock"] for one in found].count("first_response") == 2


async def test_before_the_office_closes_the_last_chance_is_told(db: Settings) -> None:
    account = await office(("amal",), (), steps=(Step(to="agent", before_close=60),))
    now = clock.now()
    closes = (now + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    local = closes + timedelta(hours=3)  # in Riyadh
    opens = local - timedelta(hours=9)
    weekly = {str(day): [[f"{opens:%H:%M}", f"{local:%H:%M}"]] for day in range(7)}
    await service_levels.save_calendar(
        "always", zone="Asia/Riyadh", weekly=weekly, exceptions={}, now=now
    )
    await service_levels.save_policy(
        "standard",
        calendar="always",
        allowed_minutes={"first_response": 240},
        steps=(Step(to="agent", before_close=60),),
        position=1,
        now=now,
    )
    await take(account, mail(), at=closes - timedelta(hours=4, minutes=30))
    ticket_id = int(await sql.value("SELECT max(id) FROM tickets"))
    await service_levels.take_steps(now=closes - timedelta(minutes=61))
    assert await happened(ticket_id, "clock_closing") == []
    await service_levels.take_steps(now=closes - timedelta(minutes=60))
    (said,) = await happened(ticket_id, "clock_closing")
    assert said["at"] == (closes - timedelta(minutes=60)).isoformat()
    assert said["percent"] == 87


async def test_a_clock_of_a_retired_policy_runs_on_with_its_steps(db: Settings) -> None:
    ticket_id = await late(0, Step(100, "supervisors"))
    await service_levels.retire_policy("standard", now=clock.now())
    await step_forward(61)
    assert str((await promises.of_ticket(ticket_id))[0].state) == "breached"
    assert await told("huda") == [100]


async def test_a_policy_whose_row_is_gone_stops_no_loop(db: Settings) -> None:
    ticket_id = await late(0, Step(100, "supervisors"))
    await sql.run("DELETE FROM policies")
    promises._steps.clear()
    await step_forward(61)
    assert str((await promises.of_ticket(ticket_id))[0].state) == "breached"
    assert await told("huda") == []
