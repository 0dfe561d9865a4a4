"""What lies on the server, what we took over and what became of it add up, or the difference shows."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.db import sql
from server.intake import actions as intake
from server.intake.actions import Delivery
from server.intake.queries import reconciliation
from server.intake.queries.reconciliation import Figures, Reconciled
from server.kit import clock
from server.kit.settings import Settings
from tests.support.mails import mail
from tests.support.post import Post, post

pytestmark = pytest.mark.anyio


async def looked(desk: Post) -> dict[str, Reconciled]:
    await intake.reconcile(desk.account, patience=())
    return {one.folder: one for one in await reconciliation.latest()}


def equal(how_many: int) -> Figures:
    return Figures(how_many, how_many, 0, 0, how_many, 0)


async def test_numbers_are_equal_when_nothing_is_amiss(db: Settings) -> None:
    async with post() as desk:
        same = mail("twice in the mailbox")
        await desk.arrives(mail("one", sender="one@example.org"), same, same)
        now = clock.now()
        by_hand = Delivery(mail("by hand", sender="two@example.org"), now)
        await intake.journal(desk.account, [by_hand], now=now)
        await intake.drain(desk.account)
        found = await looked(desk)
        assert found["INBOX"].figures == equal(3)
        assert found["INBOX"].figures.missing == 0
        assert found[""].figures == Figures(None, 1, 0, 0, 1, 0)
        assert found[""].figures.missing == 0


async def test_a_planted_difference_shows(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(*(mail(f"n {n}", sender=f"p{n}@example.org") for n in range(4)))
        assert (await looked(desk))["INBOX"].figures == equal(4)
        await asyncio.to_thread(
            desk.dovecot.deliver, mail("nobody fetches", sender="x@example.org")
        )
        await sql.run("DELETE FROM imap_ledger WHERE uid = (SELECT min(uid) FROM imap_ledger)")
        figures = (await looked(desk))["INBOX"].figures
        assert figures is not None
        assert (figures.on_server, figures.in_journal, figures.missing) == (5, 3, 2)
        await desk.fetched()
        assert (await looked(desk))["INBOX"].figures == equal(5)
        assert await sql.value("SELECT count(*) FROM messages") == 5


async def test_what_waits_is_quarantined_or_got_lost_is_told_apart(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(*(mail(f"n {n}", sender=f"p{n}@example.org") for n in range(4)))
        states = ["open", "failed", "done", "done"]
        ids = [row["id"] for row in await sql.rows("SELECT id FROM journal ORDER BY id")]
        for entry, state in zip(ids, states, strict=True):
            await sql.run("UPDATE journal SET state = $2 WHERE id = $1", entry, state)
        await sql.run("DELETE FROM message_accounts WHERE journal_id = $1", ids[2])
        assert (await looked(desk))["INBOX"].figures == Figures(4, 4, 1, 1, 1, 1)


async def test_void_uids_count_as_missing_until_they_are_read_again(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(mail("one"), mail("two", sender="two@example.org"))
        await asyncio.to_thread(desk.dovecot.change_uidvalidity)
        figures = (await looked(desk))["INBOX"].figures
        assert figures is not None
        assert figures.missing == 2


async def test_a_server_that_cannot_be_asked_is_said_so(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        await asyncio.to_thread(desk.dovecot.stop)
        found = await looked(desk)
        assert (found["INBOX"].error, found["INBOX"].figures) == ("Unreachable", None)
        assert found[""].figures is not None
        await asyncio.to_thread(desk.dovecot.start)
        assert (await looked(desk))["INBOX"].figures == equal(1)


async def test_it_is_done_every_night_and_whenever_somebody_asks(db: Settings) -> None:
    zone = ZoneInfo("Asia/Riyadh")
    noon = datetime(2026, 11, 22, 12, 0, tzinfo=zone)
    async with post() as desk:
        await sql.run("UPDATE channel_accounts SET looked_at = $1, created_at = $1", noon)

        async def due(at: datetime) -> bool:
            return desk.account in await reconciliation.unreconciled(now=at, zone=zone)

        assert not await due(noon + timedelta(hours=15))
        assert await due(noon + timedelta(hours=16))
        await intake.ask_to_reconcile([desk.account], now=noon + timedelta(minutes=1))
        assert await due(noon + timedelta(minutes=2))
        (one,) = await reconciliation.looking()
        assert one.asked
        await sql.run("UPDATE channel_accounts SET look_asked_at = $1", clock.now())
        await intake.reconcile(desk.account, patience=())
        (one,) = await reconciliation.looking()
        assert not one.asked
