"""Mails that a server lists but cannot hand out: others never wait for them, and people are told."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.admin import screens
from server.channel_accounts.queries import one
from server.db import sql
from server.intake import actions as intake
from server.intake.actions import unreadable as remembered
from server.intake.listeners import imap
from server.intake.listeners.imap import Fetcher
from server.intake.queries.unreadable import unreadable
from server.kit import clock
from server.kit.settings import Settings
from tests.support.dovecot import Dovecot
from tests.support.mails import mail
from tests.support.post import Post, fetching, post, until

pytestmark = pytest.mark.anyio

MAILS = [mail(f"n {n}", sender=f"p{n}@example.org") for n in range(5)]


async def put(desk: Post, *, spoilt: int) -> Any:
    """Put five mails into the mailbox of which one cannot be read; return its file."""
    uids = [await asyncio.to_thread(desk.dovecot.deliver, raw) for raw in MAILS]
    return await asyncio.to_thread(desk.dovecot.spoil, uids[spoilt])


async def counted(query: str) -> int:
    return int(await sql.value(query))


async def fetched(desk: Post, until_true: Any) -> None:
    async with fetching(Fetcher(await one(desk.account), asyncio.get_running_loop())):
        await until(until_true)


async def four_came() -> bool:
    return await counted("SELECT count(*) FROM imap_ledger") == 4


@pytest.mark.parametrize("spoilt", [0, 2, 4])
async def test_a_mail_at_which_the_server_hangs_up_does_not_stop_the_others(
    db: Settings, monkeypatch: pytest.MonkeyPatch, spoilt: int
) -> None:
    monkeypatch.setattr(imap, "LONGEST_PAUSE", timedelta(milliseconds=100))
    async with post() as desk:
        await put(desk, spoilt=spoilt)
        await fetched(desk, four_came)
        (row,) = await sql.rows("SELECT uid, attempts, reason FROM unreadable_mails")
        assert row["uid"] == spoilt + 1
        assert row["attempts"] == 1
        assert "FETCH failed" in row["reason"]


async def test_a_mail_that_the_server_refuses_does_not_stop_the_others(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lenient(Dovecot):
        def _write(self) -> None:
            super()._write()
            config = self._home / "dovecot.conf"
            config.write_text(
                config.read_text() + "\nprotocol imap {\n imap_fetch_failure = no-after\n}\n"
            )

    monkeypatch.setattr("tests.support.post.Dovecot", Lenient)
    async with post() as desk:
        await put(desk, spoilt=1)
        await fetched(desk, four_came)
        assert await counted("SELECT uid FROM unreadable_mails") == 2
        assert await sql.value("SELECT state FROM channel_accounts") == "ok"


async def test_it_is_asked_for_again_less_and_less_often_and_then_left_to_people(
    db: Settings,
) -> None:
    async with post() as desk:
        now = clock.now()
        waits = []
        for _ in range(len(remembered.PAUSES) + 1):
            await intake.remember_unreadable(desk.account, "INBOX", 7, {3: "no"}, now=now)
            (mail_,) = await sql.rows("SELECT next_try_at FROM unreadable_mails")
            waits.append(mail_["next_try_at"] and mail_["next_try_at"] - now)
        assert waits == [*remembered.PAUSES, None]


async def test_once_it_can_be_read_it_becomes_a_message_and_leaves_the_quarantine(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "LONGEST_PAUSE", timedelta(milliseconds=100))
    monkeypatch.setattr(imap, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(remembered, "PAUSES", (timedelta(0),) * 2)

    async def given_up() -> bool:
        found = "SELECT count(*) FROM unreadable_mails WHERE next_try_at IS NULL"
        return await counted(found) == 1

    async def all_came() -> bool:
        return await counted("SELECT count(*) FROM imap_ledger") == 5

    async with post() as desk:
        path = await put(desk, spoilt=2)
        await fetched(desk, given_up)
        (shown,) = (await screens.quarantine()).unreadable
        assert (shown.folder, shown.uid, shown.next_try_at) == ("INBOX", 3, None)
        await asyncio.to_thread(path.chmod, 0o600)
        await intake.ask_again(shown.id, now=clock.now())
        await fetched(desk, all_came)
        assert await unreadable() == []
        await intake.drain(desk.account)
        assert await counted("SELECT count(*) FROM tickets") == 5
        assert await counted("SELECT count(*) FROM unreadable_mails") == 0


async def test_what_left_the_server_is_forgotten(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "LONGEST_PAUSE", timedelta(milliseconds=100))

    async def forgotten() -> bool:
        return await counted("SELECT count(*) FROM unreadable_mails") == 0

    async with post() as desk:
        path = await put(desk, spoilt=2)
        await fetched(desk, four_came)
        await intake.remember_unreadable(desk.account, "INBOX", 1, {9: "no"}, now=clock.now())
        await asyncio.to_thread(path.unlink)
        await fetched(desk, forgotten)
