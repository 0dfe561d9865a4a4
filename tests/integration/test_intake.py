"""From raw bytes to one message in one ticket."""

import asyncio
import errno
from collections.abc import Sequence
from datetime import timedelta

import pytest

from channels.email import ids
from server.channel_accounts import actions as accounts
from server.db import sql
from server.intake import actions as intake
from server.intake import queries
from server.intake.actions import Delivery
from server.kit import blobs, clock
from server.kit.secrets import keys
from server.kit.settings import Settings
from tests.support.mails import mail

pytestmark = pytest.mark.anyio

KEEP = {"outgoing": "keep"}


async def mailbox(name: str = "help", address: str = "help@passports.example") -> int:
    return await accounts.add(
        "email", name=name, values={"address": address, **KEEP}, now=clock.now()
    )


async def take(account: int, *mails: bytes) -> None:
    now = clock.now()
    await intake.journal(account, [Delivery(raw, now) for raw in mails], now=now)
    await intake.drain(account)


async def tickets() -> Sequence[dict[str, object]]:
    return [dict(row) for row in await sql.rows("SELECT * FROM tickets ORDER BY id")]


async def count(table: str) -> int:
    return int(await sql.value(f"SELECT count(*) FROM {table}"))


async def test_a_mail_becomes_one_message_in_one_ticket(db: Settings) -> None:
    account = await mailbox()
    await take(account, mail())
    (ticket,) = await tickets()
    assert ticket["subject"] == "تجديد جواز السفر"
    assert ticket["contact_name"] == "Fatima Ali"
    assert ticket["last_words"] == "السلام عليكم، أين وصل طلب تجديد جوازي؟"
    assert ticket["status"] == "new"
    assert await sql.value("SELECT state FROM journal") == "done"
    kinds = [row["kind"] for row in await sql.rows("SELECT kind FROM events ORDER BY seq")]
    assert kinds[:2] == ["ticket_created", "message_received"]
    message = await sql.row("SELECT seq, said_at FROM messages")
    assert message is not None
    assert message["seq"] == ticket["last_message_seq"] == 2


async def test_the_same_mail_again_changes_nothing(db: Settings) -> None:
    account = await mailbox()
    raw = mail()
    await take(account, raw)
    await take(account, raw, raw)
    assert (await count("tickets"), await count("messages"), await count("journal")) == (1, 1, 1)


async def test_one_mail_by_two_ways_into_two_mailboxes_is_one_message_with_both(
    db: Settings,
) -> None:
    first = await mailbox()
    second = await mailbox("info", "info@passports.example")
    raw = mail()
    await take(first, raw)
    await take(
        second, b"Received: from elsewhere\r\nDelivered-To: info@passports.example\r\n" + raw
    )
    assert (await count("tickets"), await count("messages"), await count("journal")) == (1, 1, 2)
    assert await count("message_accounts") == 2


async def test_two_drains_at_once_that_share_mails_lose_and_double_none(db: Settings) -> None:
    first = await mailbox()
    second = await mailbox("info", "info@passports.example")
    mails = [mail(f"inquiry {n}", sender=f"p{n}@example.org") for n in range(60)]
    now = clock.now()
    for account, ordered in ((first, mails), (second, mails[::-1])):
        await intake.journal(account, [Delivery(raw, now) for raw in ordered], now=now)
    await asyncio.gather(intake.drain(first), intake.drain(second))
    for account in (first, second):
        await sql.run("UPDATE journal SET next_try_at = NULL")
        await intake.drain(account)
    assert (await count("tickets"), await count("messages")) == (60, 60)
    assert await count("message_accounts") == 120
    assert await sql.value("SELECT count(*) FROM journal WHERE state <> 'done'") == 0


async def test_same_id_with_other_content_is_another_message(db: Settings) -> None:
    account = await mailbox()
    await take(account, mail("one", message_id="<same@example.org>"))
    await take(account, mail("two", message_id="<same@example.org>", sender="other@example.org"))
    assert await count("messages") == 2


async def test_an_answer_to_our_signed_id_joins_its_ticket(db: Settings) -> None:
    account = await mailbox()
    await take(account, mail())
    (ticket,) = await tickets()
    ours = ids.make(
        keys("mail ids")[0], ticket=str(ticket["id"]), nonce="abc123", domain="passports.example"
    )
    await take(account, mail("شكراً", in_reply_to=f"<{ours}>"))
    assert await count("tickets") == 1
    assert await sql.value("SELECT verified FROM messages ORDER BY id DESC LIMIT 1") is True


async def test_a_signed_id_from_a_stranger_is_let_in_unverified_and_adds_no_party(
    db: Settings,
) -> None:
    account = await mailbox()
    await take(account, mail())
    (ticket,) = await tickets()
    ours = ids.make(
        keys("mail ids")[0], ticket=str(ticket["id"]), nonce="abc123", domain="x.example"
    )
    await take(account, mail("me too", sender="mallory@evil.example", in_reply_to=f"<{ours}>"))
    assert await count("tickets") == 1
    assert await sql.value("SELECT verified FROM messages ORDER BY id DESC LIMIT 1") is False
    assert await count("ticket_parties") == 1


async def test_a_forged_id_opens_nothing(db: Settings) -> None:
    account = await mailbox()
    await take(account, mail())
    (ticket,) = await tickets()
    forged = ids.make(b"k" * 32, ticket=str(ticket["id"]), nonce="abc123", domain="x.example")
    await take(account, mail("let me in", sender="mallory@evil.example", in_reply_to=f"<{forged}>"))
    assert await count("tickets") == 2


async def test_a_stranger_who_quotes_a_ticket_number_gets_a_ticket_of_his_own_linked_to_it(
    db: Settings,
) -> None:
    account = await mailbox()
    await take(account, mail())
    (ticket,) = await tickets()
    subject = f"بخصوص التذكرة {ticket['number']}"
    await take(account, mail("tell me", sender="mallory@evil.example", subject=subject))
    _, other = await tickets()
    assert other["linked_ticket_id"] == ticket["id"]
    assert other["contact_id"] != ticket["contact_id"]


async def test_a_second_mail_of_the_same_batch_joins_the_first_and_order_is_kept(
    db: Settings,
) -> None:
    account = await mailbox()
    first = mail("first", message_id="<one@example.org>")
    second = mail("second", in_reply_to="<one@example.org>")
    await take(account, first, second)
    texts = [
        row["text"].strip() for row in await sql.rows("SELECT text FROM messages ORDER BY seq")
    ]
    assert await count("tickets") == 1
    assert texts == ["first", "second"]


async def test_a_message_reopens_a_resolved_ticket_and_a_closed_one_gets_a_successor(
    db: Settings,
) -> None:
    account = await mailbox()
    await take(account, mail(message_id="<one@example.org>"))
    await sql.run("UPDATE tickets SET status = 'resolved', resolved_at = now()")
    await take(account, mail("still waiting", in_reply_to="<one@example.org>"))
    (ticket,) = await tickets()
    assert (ticket["status"], ticket["resolved_at"]) == ("open", None)
    await sql.run("UPDATE tickets SET status = 'closed'")
    await take(account, mail("again", in_reply_to="<one@example.org>"))
    _, successor = await tickets()
    assert successor["linked_ticket_id"] == ticket["id"]


async def test_a_mail_heard_of_late_tells_since_when_its_citizen_has_waited(db: Settings) -> None:
    account, now = await mailbox(), clock.now()
    for raw, waited in (
        (mail(message_id="<one@example.org>"), timedelta(minutes=5)),
        (mail("sent before", in_reply_to="<one@example.org>"), timedelta(minutes=30)),
        (mail("sent after", in_reply_to="<one@example.org>"), timedelta(minutes=1)),
    ):
        await intake.journal(account, [Delivery(raw, now - waited)], now=now)
        await intake.drain(account)
    (ticket,) = await tickets()
    assert ticket["waiting_since"] == now - timedelta(minutes=30)


async def test_automatic_mail_moves_nothing(db: Settings) -> None:
    account = await mailbox()
    await take(account, mail(message_id="<one@example.org>"))
    await sql.run("UPDATE tickets SET status = 'pending', waiting_since = NULL")
    out_of_office = (("Auto-Submitted", "auto-replied"),)
    await take(account, mail("غائب", in_reply_to="<one@example.org>", headers=out_of_office))
    (ticket,) = await tickets()
    assert (ticket["status"], ticket["waiting_since"]) == ("pending", None)
    assert await count("messages") == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 2000,
        b"From: a@example.org\n\n",
        mail(message_id=None, subject=None),
        mail(subject="<script>alert(1)</script>\x07" * 50),
        mail(files=(("../../etc/passwd\u202egnp.exe", "image/png", b"\x89PNG"),)),
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/pl",
    ],
)
async def test_odd_mail_is_a_ticket_all_the_same(db: Settings, raw: bytes) -> None:
    account = await mailbox()
    await take(account, raw)
    assert await sql.value("SELECT state FROM journal") == "done"
    assert await count("messages") == 1


async def test_a_30_megabyte_mail_keeps_its_attachment_byte_for_byte(db: Settings) -> None:
    account = await mailbox()
    content = bytes(range(256)) * 4 * 1024 * 22
    await take(account, mail(files=(("scan.bin", "application/octet-stream", content),)))
    row = await sql.row("SELECT size, blob_hash FROM attachments")
    assert row is not None
    assert await blobs.load(row["blob_hash"]) == content


async def test_what_fails_alone_goes_to_quarantine_and_comes_back_by_retry(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await mailbox()
    poison = mail("poison", sender="poison@example.org")
    good = mail("good", sender="good@example.org")
    import channels.email.parse as parser

    read = parser.read

    def breaks(raw: bytes, *rest: object) -> object:
        if b"poison" in raw:
            raise KeyError("a bug of the parser")
        return read(raw, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(parser, "read", breaks)
    await take(account, poison, good)
    assert await count("tickets") == 1
    for _ in range(10):
        await sql.run("UPDATE journal SET next_try_at = NULL WHERE state = 'open'")
        await intake.drain(account)
    (failed,) = await queries.entries("failed")
    assert failed.error == "KeyError"
    assert await queries.raw(failed.id) == poison
    monkeypatch.setattr(parser, "read", read)
    await intake.retry(failed.id)
    await intake.drain(account)
    assert await count("tickets") == 2
    assert await queries.entries("failed") == ()


async def test_a_ticket_can_be_made_of_a_failed_entry_by_hand(db: Settings) -> None:
    account = await mailbox()
    now = clock.now()
    (entry,) = await intake.journal(account, [Delivery(b"unreadable", now)], now=now)
    await sql.run("UPDATE journal SET state = 'failed', error = 'KeyError'")
    await intake.make_ticket(entry, now=now)
    assert await sql.value("SELECT text FROM messages") == "unreadable"
    assert await sql.value("SELECT state FROM journal") == "done"


async def test_a_full_disk_loses_nothing_and_counts_against_no_mail(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await mailbox()
    real = blobs._store

    def full(content: bytes) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(blobs, "_store", full)
    with pytest.raises(OSError, match="No space left"):
        await take(account, mail(files=(("a.bin", "application/octet-stream", b"abc"),)))
    row = await sql.row("SELECT state, lone_failures, attempts FROM journal")
    assert row is not None
    assert tuple(row) == ("open", 0, 0)
    assert await sql.value("SELECT state_code FROM channel_accounts") == "ENOSPC"
    monkeypatch.setattr(blobs, "_store", real)
    await sql.run("UPDATE journal SET next_try_at = NULL")
    await intake.drain(account)
    assert await count("attachments") == 1
    assert await sql.value("SELECT state FROM channel_accounts") == "ok"


async def test_the_sweep_finds_what_nobody_was_rung_for(db: Settings) -> None:
    account = await mailbox()
    now = clock.now()
    await intake.journal(account, [Delivery(mail(), now)], now=now)
    assert await queries.unrung(now=now) == ()
    assert await queries.unrung(now=now + timedelta(seconds=6)) == (account,)
    await intake.drain(account)
    assert await queries.unrung(now=now + timedelta(seconds=60)) == ()


async def test_source_time_is_believed_within_thirty_days_only(db: Settings) -> None:
    account = await mailbox()
    now = clock.now()
    old = Delivery(mail("old"), now - timedelta(days=90))
    future = Delivery(mail("future"), now + timedelta(days=1))
    await intake.journal(account, [old, future], now=now)
    found = [
        row["source_time"] for row in await sql.rows("SELECT source_time FROM journal ORDER BY id")
    ]
    assert found == [now - timedelta(days=30), now]
