"""Mail to and from tickets that are merged: it reaches the one in which they go on, whoever merges meanwhile."""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from server.db import sql
from server.delivery import actions as delivery
from server.kit import blobs, clock
from server.kit.errors import Invalid
from server.kit.settings import Settings
from server.tickets import actions as tickets
from server.tickets.actions import Merged
from server.tickets.queries import roots
from tests.support.mails import mail
from tests.support.merging import FATIMA, OMAR, counter, events, row
from tests.support.post import report

pytestmark = pytest.mark.anyio


async def place_of(message_id: int) -> tuple[int, bool]:
    found = await sql.row("SELECT ticket_id, verified FROM messages WHERE id = $1", message_id)
    assert found is not None
    return found["ticket_id"], found["verified"]


async def newest() -> int:
    return int(await sql.value("SELECT max(id) FROM messages"))


async def sent_id(delivery_id: int) -> str:
    return f"<{await sql.value('SELECT provider_key FROM deliveries WHERE id = $1', delivery_id)}>"


async def test_an_answer_to_a_merged_ticket_reaches_the_root_and_opens_it(db: Settings) -> None:
    desk = await counter()
    one, two, root = await desk.asks(), await desk.asks("2", sender=OMAR), await desk.asks("3")
    ours = await sent_id(await desk.answers(one))
    await desk.merge(one, two)
    await desk.merge(two, root)
    await tickets.set_status(
        root, status="resolved", by=desk.agent, form_key="done", now=clock.now()
    )
    await desk.takes(mail("شكرا", sender=FATIMA, in_reply_to=ours))
    assert await place_of(await newest()) == (root, True)
    assert (await row(root))["status"] == "open"
    assert (await row(one))["status"] == "closed"
    assert await place_of(await desk.adds(two, "وأنا؟", sender=OMAR)) == (root, True)
    await desk.undo(two)
    assert await place_of(await desk.adds(two, "وأنا؟", sender=OMAR)) == (two, True)
    assert await place_of(await desk.adds(one, "وأنا؟")) == (two, True)


async def test_a_stranger_gains_nothing_by_a_merge(db: Settings) -> None:
    desk = await counter()
    one, root = await desk.asks(), await desk.asks("2", sender=OMAR)
    await desk.merge(one, root)
    number = (await row(one))["number"]
    message = await desk.adds(one, "أنا محاميها", sender="Stranger <x@elsewhere.example>")
    stranger, _ = await place_of(message)
    assert stranger not in {one, root}
    assert (await row(stranger))["linked_ticket_id"] == root
    await desk.takes(mail("؟", sender="Stranger <x@elsewhere.example>", subject=f"#{number}"))
    linked, _ = await place_of(await newest())
    assert linked not in {one, root}
    assert (await row(linked))["linked_ticket_id"] == root


async def test_a_closed_root_takes_nothing_more_but_what_comes_is_linked_to_it(
    db: Settings,
) -> None:
    desk = await counter()
    one, root = await desk.asks(), await desk.asks("2")
    await desk.merge(one, root)
    await tickets.set_status(
        root, status="resolved", by=desk.agent, form_key="done", now=clock.now()
    )
    assert await tickets.close_resolved(now=clock.now() + timedelta(days=15)) == 1
    new, verified = await place_of(await desk.adds(one, "ومتى؟"))
    assert new not in {one, root}
    assert verified
    assert (await row(new))["linked_ticket_id"] == root
    await desk.undo(one)
    assert (await row(one))["status"] == "new"
    assert await place_of(await desk.adds(one, "ومتى؟")) == (one, True)


async def test_whom_another_copies_is_not_copied_to_the_roots_citizen(db: Settings) -> None:
    desk = await counter(copy_followers="on")
    one, root = await desk.asks(sender=OMAR), await desk.asks("2")
    await desk.merge(one, root)
    refers_to = await sql.value("SELECT external_id FROM messages WHERE ticket_id = $1", one)
    await desk.takes(
        mail("3", sender=OMAR, cc="Lawyer <law@elsewhere.example>", in_reply_to=refers_to)
    )
    assert await place_of(await newest()) == (root, True)
    delivery_id = await desk.answers(root)
    recipients = await sql.value("SELECT recipients FROM deliveries WHERE id = $1", delivery_id)
    assert [one["address"] for one in sql.load(recipients)] == ["fatima@example.org"]
    answer = await desk.adds(root, "4", sender="Lawyer <law@elsewhere.example>")
    assert await place_of(answer) == (root, True)


async def test_a_held_answer_of_a_merged_ticket_leaves_and_its_failure_is_seen_on_the_root(
    db: Settings,
) -> None:
    desk = await counter()
    one, root = await desk.asks(), await desk.asks("2", sender=OMAR)
    await desk.answers(root)
    delivery_id = await desk.answers(one, leaves=False)
    asked = await sql.value("SELECT min(said_at) FROM messages WHERE ticket_id = $1", one)
    await desk.merge(one, root)
    assert (await row(root))["waiting_since"] is None
    await desk.leaves(delivery_id)
    assert await sql.value("SELECT state FROM deliveries WHERE id = $1", delivery_id) == "sent"
    kept = await sql.value("SELECT blob_hash FROM kept_mails WHERE delivery_id = $1", delivery_id)
    ours = message_from_bytes(await blobs.load(kept), policy=default)
    await desk.takes(report(ours, "fatima@example.org"))
    assert await sql.value("SELECT state FROM deliveries WHERE id = $1", delivery_id) == "failed"
    assert len(await events(one, "delivery_failed")) == 1
    assert (await row(root))["waiting_since"] == asked
    assert (await row(one))["waiting_since"] is None
    await desk.answers(root)
    assert (await row(root))["waiting_since"] is None
    await desk.undo(one)
    assert (await row(one))["waiting_since"] == asked


async def test_an_answer_taken_back_after_the_merge_lets_the_root_wait(db: Settings) -> None:
    desk = await counter()
    one, root = await desk.asks(), await desk.asks("2")
    await desk.answers(root)
    delivery_id = await desk.answers(one, leaves=False)
    await desk.merge(one, root)
    await delivery.undo(delivery_id, by=desk.agent, now=clock.now())
    assert (await row(root))["waiting_since"] is not None


async def test_no_message_is_lost_while_tickets_are_merged_and_parted(db: Settings) -> None:
    desk = await counter()
    one, two, root = await desk.asks("1"), await desk.asks("2"), await desk.asks("3")
    ids = [
        await sql.value("SELECT external_id FROM messages WHERE ticket_id = $1", ticket_id)
        for ticket_id in (one, two, root)
    ]

    async def write() -> None:
        for number in range(12):
            await desk.takes(
                *(
                    mail(f"{number} {place}", in_reply_to=ids[place], subject="Re:")
                    for place in random.Random(number).sample(range(3), 3)
                )
            )

    async def part_and_merge() -> None:
        for number in range(12):
            into = (root, two)[number % 2]
            await desk.merge(one, into)
            await asyncio.sleep(0)
            await desk.undo(one)

    await asyncio.gather(write(), part_and_merge())
    assert await sql.value("SELECT count(*) FROM journal WHERE state <> 'done'") == 0
    assert await sql.value("SELECT max(lone_failures) FROM journal") == 0
    assert await sql.value("SELECT count(*) FROM messages WHERE direction = 'in'") == 3 + 36
    assert await sql.value("SELECT count(*) FROM tickets") == 3
    # Whatever came while a ticket was merged was said to its root.
    astray = await sql.value(
        """
        SELECT count(*) FROM events e WHERE e.kind = 'message_received' AND (
            SELECT kind FROM events b WHERE b.ticket_id = e.ticket_id AND b.seq < e.seq
                AND b.kind IN ('ticket_merged', 'merge_undone') ORDER BY b.seq DESC LIMIT 1) = 'ticket_merged'
        """
    )
    assert astray == 0


@pytest.mark.parametrize("seed", range(6))
async def test_any_merges_and_undoings_keep_one_root_and_end_as_they_began(
    db: Settings, seed: int
) -> None:
    chance = random.Random(seed)
    desk = await counter()
    every = [await desk.asks(str(number)) for number in range(7)]
    for ticket_id in chance.sample(every, 3):
        status = chance.choice(("open", "pending", "on_hold", "resolved"))
        await tickets.set_status(
            ticket_id, status=status, by=desk.agent, form_key=desk.key(), now=clock.now()
        )
    before = {ticket_id: await row(ticket_id) for ticket_id in every}
    parents: dict[int, int] = {}

    def top(ticket_id: int) -> int:
        while ticket_id in parents:
            ticket_id = parents[ticket_id]
        return ticket_id

    for _ in range(25):
        one, other = chance.choice(every), chance.choice(every)
        if chance.random() < 0.6:
            refused = one in parents or top(other) == one
            try:
                assert await desk.merge(one, other) == top(other)
                assert not refused
                parents[one] = top(other)
            except (Invalid, Merged):
                assert refused
        elif one in parents:
            await desk.undo(one)
            del parents[one]
        await agrees(every, parents, top)
    while parents:
        one = chance.choice(list(parents))
        await desk.undo(one)
        del parents[one]
    opened = {
        found["ticket_id"]
        for found in await sql.rows(
            "SELECT ticket_id FROM events WHERE kind = 'status_changed' AND data->>'by' = 'merge'"
        )
    }
    for ticket_id in every:
        after = await row(ticket_id)
        assert after["waiting_since"] == before[ticket_id]["waiting_since"]
        assert after["last_words"] == before[ticket_id]["last_words"]
        assert after["status"] == ("open" if ticket_id in opened else before[ticket_id]["status"])


async def agrees(every: list[int], parents: dict[int, int], top: Callable[[int], int]) -> None:
    assert await roots.roots_of(every) == {ticket_id: top(ticket_id) for ticket_id in every}
    for ticket_id in every:
        assert ((await row(ticket_id))["status"] == "closed") == (ticket_id in parents)
    waits = {
        found["id"]: found["waiting_since"]
        for found in await sql.rows("SELECT id, waiting_since FROM tickets")
    }
    assert all(waits[ticket_id] is None for ticket_id in parents)
