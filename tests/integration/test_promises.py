"""Routing, clocks and deliveries react to what happens, in the transaction in which it happens."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from server.assignment import actions as assignment
from server.db import sql
from server.delivery import actions as delivery
from server.delivery import queries as deliveries
from server.events import queries as events
from server.kit import blobs, clock
from server.kit.errors import NotFound
from server.kit.settings import Settings
from server.people import actions as people
from server.service_levels import actions as service_levels
from server.service_levels import queries as promises
from server.tickets import actions as tickets
from tests.support.mails import mail
from tests.support.office import office, take, viewer

pytestmark = pytest.mark.anyio


async def ticket() -> dict[str, object]:
    row = await sql.row("SELECT * FROM tickets ORDER BY id DESC LIMIT 1")
    assert row is not None
    return dict(row)


async def states() -> dict[str, str]:
    found = await sql.rows("SELECT target, state FROM clocks ORDER BY id")
    return {row["target"]: row["state"] for row in found}


async def kinds(ticket_id: int) -> Sequence[str]:
    return [event.kind for event in await events.of_ticket(ticket_id)]


async def answer(by: str = "amal", text: str = "وصل طلبكم", key: str = "k1") -> int:
    found = await ticket()
    await tickets.reply(
        int(str(found["id"])),
        by=await viewer(by),
        text=text,
        form_key=key,
        seen_seq=int(str(found["last_seq"])),
        now=clock.now(),
    )
    return int(await sql.value("SELECT max(id) FROM deliveries"))


async def send_now(delivery_id: int) -> None:
    await sql.run(
        "UPDATE deliveries SET next_try_at = now() - interval '1 s' WHERE id = $1", delivery_id
    )
    await delivery.deliver(delivery_id)


async def test_new_tickets_go_round_the_agents_who_are_online(db: Settings) -> None:
    account = await office(("amal", "badr"))
    await take(account, *(mail(f"n {n}", sender=f"p{n}@example.org") for n in range(7)))
    await take(account, *(mail(f"m {n}", sender=f"q{n}@example.org") for n in range(3)))
    found = await sql.rows("SELECT count(*) AS n FROM tickets GROUP BY assignee_id")
    assert sorted(row["n"] for row in found) == [5, 5]


async def test_the_reasons_are_kept_with_the_event(db: Settings) -> None:
    account = await office(("amal", "badr"))
    now = clock.now()
    team = await sql.value(
        "INSERT INTO teams (slug, name_ar, name_en) VALUES ('lost', 'المفقودات', 'Lost') RETURNING id"
    )
    rule = await assignment.add_rule(
        name="lost passports",
        body={
            "when": {"all": [{"field": "words", "op": "any", "value": ["فقدت جوازي"]}]},
            "then": {"team": team, "priority": "urgent"},
        },
        position=1,
        now=now,
    )
    await take(account, mail("فقدتُ جوازي أمس في المطار"))
    found = await ticket()
    assert (found["team_id"], found["priority"], found["assignee_id"]) == (team, "urgent", None)
    routed = next(
        event for event in await events.of_ticket(int(str(found["id"]))) if event.kind == "routed"
    )
    assert any(reason.get("rule") == rule for reason in routed.data["reasons"])
    assert "waits_for_agent" in await kinds(int(str(found["id"])))


async def test_coming_online_gives_out_what_waits(db: Settings) -> None:
    account = await office(("amal", "badr"))
    for name in ("amal", "badr"):
        await people.set_presence((await viewer(name)).id, "offline", now=clock.now())
    await take(account, mail())
    assert (await ticket())["assignee_id"] is None
    amal = await viewer("amal")
    await people.set_presence(amal.id, "online", now=clock.now())
    assert (await ticket())["assignee_id"] == amal.id


async def test_clocks_start_when_the_source_took_the_mail_and_the_list_knows_the_nearest(
    db: Settings,
) -> None:
    account = await office(("amal", "badr"))
    at = clock.now() - timedelta(minutes=10)
    await take(account, mail(), at=at)
    assert await states() == {"first_response": "running", "resolution": "running"}
    assert (await ticket())["next_due_at"] == at + timedelta(minutes=60)


async def test_an_answer_is_provisional_until_it_is_accepted(db: Settings) -> None:
    account = await office(("amal", "badr"))
    await take(account, mail())
    held = await answer()
    assert (await states())["first_response"] == "answered"
    assert (await ticket())["status"] == "open"
    await send_now(held)
    assert (await states())["first_response"] == "met"
    row = await sql.row("SELECT state, accepted_at FROM deliveries")
    assert row is not None
    assert row["state"] == "sent"
    (first, _) = await promises.of_ticket(int(str((await ticket())["id"])))
    assert first.met_at == row["accepted_at"]
    kept = await sql.value("SELECT blob_hash FROM kept_mails")
    assert b"fatima@example.org" in await blobs.load(kept)


async def test_taking_an_answer_back_leaves_no_trace_on_the_clock(db: Settings) -> None:
    account = await office(("amal", "badr"))
    await take(account, mail(), at=clock.now() - timedelta(minutes=5))
    before = await ticket()
    held = await answer(text="draft")
    back = await delivery.undo(held, by=await viewer("amal"), now=clock.now())
    assert back.text == "draft"
    after = await ticket()
    assert (await states())["first_response"] == "running"
    assert after["next_due_at"] == before["next_due_at"]
    assert after["waiting_since"] == before["waiting_since"]
    await send_now(held)
    assert await sql.value("SELECT count(*) FROM kept_mails") == 0


async def test_an_answer_that_has_left_cannot_be_taken_back(db: Settings) -> None:
    account = await office(("amal", "badr"))
    await take(account, mail())
    held = await answer()
    await send_now(held)
    with pytest.raises(delivery.TooLate):
        await delivery.undo(held, by=await viewer("amal"), now=clock.now())


async def test_a_repeated_form_writes_one_answer(db: Settings) -> None:
    account = await office(("amal", "badr"))
    await take(account, mail())
    found = await ticket()
    by = await viewer("amal")

    async def send() -> tickets.Written:
        return await tickets.reply(
            int(str(found["id"])),
            by=by,
            text="hello",
            form_key="same",
            seen_seq=None,
            now=clock.now(),
        )

    first, *others = await asyncio.gather(*(send() for _ in range(5)))
    assert all(other == first for other in others)
    assert await sql.value("SELECT count(*) FROM messages WHERE direction = 'out'") == 1


async def test_newer_things_stop_an_answer_unless_it_is_sent_anyway(db: Settings) -> None:
    account = await office(("amal", "badr"))
    await take(account, mail(message_id="<one@example.org>"))
    seen = int(str((await ticket())["last_seq"]))
    await take(account, mail("wait, I found it", in_reply_to="<one@example.org>"))
    by = await viewer("amal")
    ticket_id = int(str((await ticket())["id"]))
    with pytest.raises(tickets.NewerThings):
        await tickets.reply(
            ticket_id, by=by, text="hello", form_key="k", seen_seq=seen, now=clock.now()
        )
    await tickets.reply(
        ticket_id, by=by, text="hello", form_key="k", seen_seq=None, now=clock.now()
    )
    assert await sql.value("SELECT count(*) FROM messages WHERE direction = 'out'") == 1


async def test_a_breach_is_recorded_with_its_due_time_and_only_once(db: Settings) -> None:
    account = await office(("amal", "badr"))
    at = clock.now() - timedelta(minutes=61)
    await take(account, mail(), at=at)
    await service_levels.record_breaches(now=clock.now())
    assert await service_levels.record_breaches(now=clock.now()) == 0
    found = [
        event
        for event in await events.of_ticket(int(str((await ticket())["id"])))
        if event.kind == "clock_breached"
    ]
    assert len(found) == 1
    assert datetime.fromisoformat(found[0].data["at"]) == at + timedelta(minutes=60)


async def test_pending_stops_the_clock_and_the_citizens_answer_lets_it_run_on(db: Settings) -> None:
    account = await office(("amal", "badr"))
    await take(account, mail(message_id="<one@example.org>"))
    await send_now(await answer())
    found = await ticket()
    await tickets.set_status(
        int(str(found["id"])),
        status="pending",
        by=await viewer("amal"),
        form_key="p",
        now=clock.now(),
    )
    assert (await states())["resolution"] == "paused"
    await take(account, mail("here it is", in_reply_to="<one@example.org>"))
    assert (await states())["resolution"] == "running"
    assert (await ticket())["status"] == "open"


async def test_a_ticket_of_another_team_is_not_found(db: Settings) -> None:
    account = await office(("amal", "badr"))
    await take(account, mail())
    await sql.run("INSERT INTO teams (slug, name_ar, name_en) VALUES ('other', 'أخرى', 'Other')")
    await people.add_user(
        email="eve@passports.example",
        name="eve",
        role="agent",
        team="other",
        password=None,
        now=clock.now(),
    )
    with pytest.raises(NotFound):
        await answer(by="eve")


async def test_an_answer_is_in_the_thread_of_the_citizens_mail(db: Settings) -> None:
    account = await office(("amal", "badr"))
    await take(account, mail(message_id="<one@example.org>"))
    held = await answer()
    letter = await deliveries.letter(held)
    assert letter.in_reply_to == "one@example.org"
    assert letter.references == ("one@example.org",)
    await send_now(held)
    await take(account, mail("thanks", in_reply_to=f"<{letter.provider_key}>"))
    assert await sql.value("SELECT count(*) FROM tickets") == 1
