"""A message that is another matter becomes a ticket of its own, and nobody hears of it twice."""

import pytest

from server.db import sql
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.settings import Settings
from server.tickets import actions as tickets
from server.tickets.actions import Merged
from server.tickets.queries import thread
from tests.support import factories as make
from tests.support.mails import mail
from tests.support.merging import counter, events, row

pytestmark = pytest.mark.anyio


async def test_a_message_moves_to_a_new_ticket_that_is_linked(db: Settings) -> None:
    desk = await counter(acknowledge="on")
    ticket = await desk.asks()
    acknowledged = await sql.value("SELECT count(*) FROM deliveries")
    message = await desk.adds(ticket, "وأريد أيضا تأشيرة لأبي")
    new = await desk.split(message)
    made, left = await row(new), await row(ticket)
    moved = await sql.row("SELECT ticket_id, seq, said_at FROM messages WHERE id = $1", message)
    assert moved is not None
    assert moved["ticket_id"] == new
    assert moved["seq"] == made["last_message_seq"]
    assert made["linked_ticket_id"] == ticket
    assert made["contact_id"] == left["contact_id"]
    assert made["waiting_since"] == moved["said_at"]
    assert made["last_words"] == "وأريد أيضا تأشيرة لأبي"
    assert left["last_words"] == "متى أستلم جوازي؟"
    assert await sql.value("SELECT count(*) FROM deliveries") == acknowledged
    assert len(await events(new, "routed")) == 1
    ((_, created), (_, received)) = await events(new, "ticket_created", "message_received")
    assert created["split_from"] == created["linked_to"] == ticket
    assert created["said_us"] == received["said_us"]
    ((_, told),) = await events(ticket, "message_split")
    assert (told["message"], told["ticket"], told["number"]) == (message, new, made["number"])


async def test_the_wait_of_what_remains_is_found_again(db: Settings) -> None:
    desk = await counter()
    ticket = await desk.asks()
    await desk.answers(ticket)
    message = await desk.adds(ticket, "سؤال آخر")
    assert (await row(ticket))["waiting_since"] is not None
    await desk.split(message)
    assert (await row(ticket))["waiting_since"] is None
    ((_, told),) = await events(ticket, "message_split")
    assert told["waiting_us"] is None


async def test_a_split_is_undone_by_merging(db: Settings) -> None:
    desk = await counter()
    ticket = await desk.asks()
    new = await desk.split(await desk.adds(ticket, "سؤال آخر"))
    assert await desk.merge(new, ticket) == ticket
    assert (await row(new))["status"] == "closed"


async def test_only_a_citizens_message_that_leaves_another_behind_is_split_off(
    db: Settings,
) -> None:
    desk = await counter()
    ticket = await desk.asks()
    first = int(await sql.value("SELECT max(id) FROM messages"))
    with pytest.raises(Invalid, match="only_message"):
        await desk.split(first)
    await desk.answers(ticket)
    ours = int(await sql.value("SELECT max(id) FROM messages"))
    with pytest.raises(Invalid, match="not_split"):
        await desk.split(ours)
    hidden = await make.message(await make.ticket(await make.team()))
    for unseen in (hidden, 999_999):
        with pytest.raises(NotFound):
            await desk.split(unseen)
    second = await desk.adds(ticket, "سؤال آخر")
    await desk.merge(ticket, await desk.asks("ثالث"))
    with pytest.raises(Merged):
        await desk.split(second)
    assert await sql.value("SELECT count(*) FROM events WHERE kind = 'message_split'") == 0


async def test_a_form_sent_twice_splits_once(db: Settings) -> None:
    desk = await counter()
    message = await desk.adds(await desk.asks(), "سؤال آخر")
    made = {
        await tickets.split(message, by=desk.agent, form_key="twice", now=clock.now())
        for _ in range(2)
    }
    assert len(made) == 1
    assert await sql.value("SELECT count(*) FROM tickets") == 2


async def test_files_go_along_and_both_conversations_can_be_read(db: Settings) -> None:
    desk = await counter()
    ticket = await desk.asks()
    await desk.adds(ticket, "سؤال آخر")
    first = int(await sql.value("SELECT min(id) FROM messages"))
    await make.attachment(first)
    new = await desk.split(first)
    moved, left = await thread.newest(new, kinds=[]), await thread.newest(ticket, kinds=[])
    ((said,), (other,)) = moved.said, left.said
    assert (said.id, len(said.files)) == (first, 1)
    assert other.text.strip() == "سؤال آخر"
    assert (await thread.file(said.files[0].id, viewer=desk.agent)).message_id == first
    assert await sql.value(
        "SELECT DISTINCT journal_id FROM message_accounts WHERE message_id = $1", first
    )
    earlier = await sql.value("SELECT external_id FROM messages WHERE id = $1", first)
    await desk.takes(mail("وهذه تتمة", in_reply_to=earlier))
    assert await sql.value("SELECT ticket_id FROM messages ORDER BY id DESC LIMIT 1") == new


async def test_nobody_finds_a_split_ticket_unread_where_nothing_is_left(db: Settings) -> None:
    desk = await counter()
    ticket = await desk.asks()
    seen = int(str((await row(ticket))["last_message_seq"]))
    await desk.split(await desk.adds(ticket, "سؤال آخر"))
    assert (await row(ticket))["last_message_seq"] == seen
