"""Tickets that are one matter stand together for as long as somebody wants it, and lose nothing by it."""

import asyncio
from datetime import datetime, timedelta
from importlib import import_module

import asyncpg
import pytest

from server.db import sql
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.settings import Settings
from server.people.queries import viewer_of
from server.tickets import actions as tickets
from server.tickets.actions import Merged
from server.tickets.actions.standing import standing
from tests.support import factories as make
from tests.support.merging import OMAR, counter, events, row

pytestmark = pytest.mark.anyio


def us(at: object) -> int:
    assert isinstance(at, datetime)
    return round(at.timestamp() * 1_000_000)


async def test_a_merge_closes_the_one_and_its_wait_goes_over(db: Settings) -> None:
    desk = await counter()
    older, newer = await desk.asks(), await desk.asks("وهذه صورة الجواز")
    was, before = await row(older), await row(newer)
    assert await desk.merge(older, newer) == newer
    one, root = await row(older), await row(newer)
    assert (one["status"], one["waiting_since"]) == ("closed", None)
    assert (root["status"], root["waiting_since"]) == (before["status"], was["waiting_since"])
    assert await events(older, "ticket_merged", "status_changed") == [
        ("ticket_merged", {"into": newer, "number": root["number"], "status": was["status"]})
    ]
    assert await events(newer, "ticket_took_over", "status_changed") == [
        (
            "ticket_took_over",
            {
                "ticket": older,
                "number": one["number"],
                "opened_us": us(was["created_at"]),
                "waiting_us": us(was["waiting_since"]),
            },
        )
    ]
    assert await sql.value("SELECT count(*) FROM messages WHERE ticket_id = $1", older) == 1


async def test_an_undone_merge_gives_both_back_what_they_were(db: Settings) -> None:
    desk = await counter()
    one, root = await desk.asks(), await desk.asks("سؤال آخر")
    kept = ("status", "waiting_since", "last_words", "last_message_at", "assignee_id", "team_id")
    before = [{name: (await row(each))[name] for name in kept} for each in (one, root)]
    await desk.merge(one, root)
    await desk.undo(one)
    assert [{name: (await row(each))[name] for name in kept} for each in (one, root)] == before
    ((_, undone),) = await events(one, "merge_undone")
    ((_, gave),) = await events(root, "ticket_gave_back")
    assert undone["waiting_us"] == us(before[0]["waiting_since"])
    assert undone["status"] == before[0]["status"]
    assert gave["waiting_us"] == us(before[1]["waiting_since"])
    assert gave["opened_us"] == us((await row(root))["created_at"])
    assert await sql.value("SELECT count(*) FROM ticket_merges") == 0


async def test_a_form_sent_twice_merges_once(db: Settings) -> None:
    desk = await counter()
    one, root = await desk.asks(), await desk.asks("سؤال آخر")
    for _ in range(2):
        assert root == await tickets.merge(
            one, into=root, by=desk.agent, form_key="twice", now=clock.now()
        )
    for _ in range(2):
        await tickets.undo_merge(one, by=desk.agent, form_key="back", now=clock.now())
    assert len(await events(root, "ticket_took_over", "ticket_gave_back")) == 2


async def test_what_is_merged_leads_whoever_writes_on_it_to_the_root(db: Settings) -> None:
    desk = await counter()
    one, between, root = await desk.asks(), await desk.asks("ثانٍ"), await desk.asks("ثالث")
    await desk.merge(one, between)
    await desk.merge(between, root)
    by, now = desk.agent, clock.now()
    for attempt in (
        tickets.reply(one, by=by, text="x", form_key="a", seen_seq=None, now=now),
        tickets.note(one, by=by, text="x", form_key="b", now=now),
        tickets.assign(one, to=by.id, by=by, form_key="c", now=now),
        tickets.set_status(one, status="open", by=by, form_key="d", now=now),
        tickets.merge(one, into=root, by=by, form_key="e", now=now),
    ):
        with pytest.raises((Merged, Invalid)) as refused:
            await attempt
        assert isinstance(refused.value, Merged)
        assert refused.value.root == root
    assert await tickets.opened(one, by=by, now=now)


async def test_a_ticket_is_not_merged_into_itself_a_closed_or_an_unseen_one(db: Settings) -> None:
    desk = await counter()
    one, root, closed = await desk.asks(), await desk.asks("ثانٍ"), await desk.asks("ثالث")
    await sql.run("UPDATE tickets SET status = 'closed' WHERE id = $1", closed)
    hidden = await make.ticket(await make.team())
    for ticket_id, into, code in (
        (one, one, "merged_into_itself"),
        (one, closed, "closed"),
        (one, hidden, "not_found"),
        (hidden, one, "not_found"),
        (one, 999_999, "not_found"),
    ):
        with pytest.raises((Invalid, NotFound)) as refused:
            await desk.merge(ticket_id, into)
        assert refused.value.code == code
    await desk.merge(one, root)
    with pytest.raises(Invalid, match="merged_into_itself"):
        await desk.merge(root, one)
    with pytest.raises(Invalid, match="not_merged"):
        await desk.undo(root)
    assert await sql.value("SELECT count(*) FROM ticket_merges") == 1


async def test_a_paused_or_resolved_root_opens_for_a_citizen_who_waits(db: Settings) -> None:
    desk = await counter()
    for status in ("pending", "on_hold", "resolved"):
        one, root = await desk.asks(), await desk.asks("ثانٍ", sender=OMAR)
        await tickets.set_status(
            root, status=status, by=desk.agent, form_key=desk.key(), now=clock.now()
        )
        await desk.merge(one, root)
        assert (await row(root))["status"] == "open"
        assert (await events(root, "status_changed"))[-1][1] == {
            "from": status,
            "to": "open",
            "by": "merge",
        }


async def test_what_was_settled_brings_no_wait_and_no_age(db: Settings) -> None:
    desk = await counter()
    settled, root = await desk.asks(), await desk.asks("ثانٍ")
    await tickets.set_status(
        settled, status="resolved", by=desk.agent, form_key="done", now=clock.now()
    )
    before = await row(root)
    await desk.merge(settled, root)
    ((_, took),) = await events(root, "ticket_took_over")
    assert took["waiting_us"] is None
    assert took["opened_us"] == us(before["created_at"])
    assert (await row(root))["waiting_since"] == before["waiting_since"]
    await desk.undo(settled)
    assert (await row(settled))["status"] == "resolved"
    assert (await row(settled))["resolved_at"] is not None


async def test_a_merge_makes_room_and_its_undoing_gives_the_ticket_back(db: Settings) -> None:
    desk = await counter()
    await sql.run(
        "INSERT INTO workloads (user_id, capacity) VALUES ($1, 2) ON CONFLICT (user_id) DO UPDATE SET capacity = 2",
        desk.agent.id,
    )
    one, root, waiting = await desk.asks("1"), await desk.asks("2"), await desk.asks("3")
    assert [(await row(each))["assignee_id"] for each in (one, root, waiting)] == [
        desk.agent.id,
        desk.agent.id,
        None,
    ]
    await desk.merge(one, root)
    assert (await row(waiting))["assignee_id"] == desk.agent.id
    open_ones = await sql.rows("SELECT ticket_id FROM hand_outs WHERE ended_at IS NULL")
    assert [found["ticket_id"] for found in open_ones] == [waiting]
    assert await sql.value("SELECT count(*) FROM holdings WHERE until IS NULL") == 2
    await desk.undo(one)
    assert (await row(one))["assignee_id"] == desk.agent.id
    assert await sql.value(
        "SELECT how FROM holdings WHERE ticket_id = $1 AND until IS NULL", one
    ) == ("came_back")


async def test_what_comes_back_to_somebody_who_has_left_waits_for_anybody(db: Settings) -> None:
    desk = await counter()
    one, root = await desk.asks("1"), await desk.asks("2")
    leaver = await make.user(agent_of=(int(str((await row(one))["team_id"])),))
    await tickets.assign(one, to=leaver, by=desk.agent, form_key="over", now=clock.now())
    await desk.merge(one, root)
    await sql.run("DELETE FROM memberships WHERE user_id = $1", leaver)
    await desk.undo(one)
    back, given = (await events(one, "assigned"))[-2:]
    assert back[1]["reasons"] == [{"code": "left_gave_back", "agent": leaver}]
    assert given[1]["to"] == (await row(one))["assignee_id"] == desk.agent.id


async def test_both_teams_hear_of_it_and_of_what_becomes_of_a_merged_tickets_answer(
    db: Settings,
) -> None:
    desk = await counter()
    one, root = await desk.asks(), await desk.asks("2")
    delivery_id = await desk.answers(one, leaves=False)
    teams = (await row(one))["team_id"], await make.team()
    await sql.run("UPDATE tickets SET team_id = $2 WHERE id = $1", root, teams[1])
    chief = await viewer_of(await make.user(administrator=True))
    assert chief is not None
    desk.agent = chief
    heard: list[set[tuple[int, int]]] = []

    def hear(_connection: object, _pid: object, _channel: object, payload: str) -> None:
        heard.append({(ticket, team) for ticket, team in sql.load(payload).get("tickets", ())})

    listener = await asyncpg.connect(db.database_url)
    try:
        await listener.add_listener("live", hear)
        await desk.merge(one, root)
        await listener.execute("SELECT 1")
        assert {(one, teams[0]), (root, teams[1])} <= heard.pop()
        heard.clear()
        await desk.leaves(delivery_id)
        await listener.execute("SELECT 1")
        assert any({(one, teams[0]), (root, teams[1])} <= told for told in heard)
    finally:
        await listener.close()


async def test_of_two_who_merge_each_into_the_other_one_is_refused(db: Settings) -> None:
    desk = await counter()
    one, other = await desk.asks(), await desk.asks("2")
    ended = await asyncio.gather(
        desk.merge(one, other), desk.merge(other, one), return_exceptions=True
    )
    refused = [end for end in ended if isinstance(end, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], Merged | Invalid)
    assert await sql.value("SELECT count(*) FROM ticket_merges") == 1


async def test_an_answer_counts_for_a_merged_ticket_only_if_it_was_given_after_the_merge(
    db: Settings,
) -> None:
    desk = await counter()
    one, between, root = await desk.asks("1"), await desk.asks("2"), await desk.asks("3")
    asked = {each: (await row(each))["waiting_since"] for each in (one, between, root)}
    await desk.answers(between)
    await desk.merge(one, between)
    assert (await standing(between)).waiting_since == asked[one]
    await desk.answers(between)
    assert (await standing(between)).waiting_since is None
    await desk.merge(between, root)
    assert (await standing(root)).waiting_since == asked[root]
    await desk.undo(one)
    assert (await row(one))["waiting_since"] == asked[one]
    await desk.merge(one, root)
    assert (await standing(root)).waiting_since == (await row(root))["waiting_since"] == asked[one]
    await desk.answers(root)
    assert (await standing(root)).waiting_since is None
    assert (await standing(root)).opened_at == (await row(one))["created_at"]


async def test_no_more_tickets_stand_together_than_a_person_can_read(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await counter()
    every = [await desk.asks(str(number)) for number in range(4)]
    module = import_module("server.tickets.actions.merge")
    monkeypatch.setattr(module, "MERGED_TOGETHER", 3)
    await desk.merge(every[0], every[1])
    await desk.merge(every[1], every[2])
    with pytest.raises(Invalid, match="merged_too_many"):
        await desk.merge(every[2], every[3])
    with pytest.raises(Invalid, match="merged_too_many"):
        await desk.merge(every[3], every[2])


async def test_what_was_resolved_when_it_was_merged_is_not_closed_by_time(db: Settings) -> None:
    desk = await counter()
    one, root = await desk.asks(), await desk.asks("2")
    await tickets.set_status(one, status="resolved", by=desk.agent, form_key="r", now=clock.now())
    await desk.merge(one, root)
    assert await tickets.close_resolved(now=clock.now() + timedelta(days=15)) == 0
    await desk.undo(one)
    assert await tickets.close_resolved(now=clock.now() + timedelta(days=15)) == 1
