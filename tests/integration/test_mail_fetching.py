"""What fetching leaves on the server, takes from it, and does when the server will not have it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.channel_accounts import actions as accounts
from server.channel_accounts.queries import one
from server.db import sql
from server.intake import actions as intake
from server.intake.listeners import imap
from server.intake.listeners.imap import Fetcher, Fetchers
from server.kit import clock
from server.kit.settings import Settings
from server.tickets.queries import thread
from tests.support.mails import mail
from tests.support.post import Post, fetching, post, until

pytestmark = pytest.mark.anyio


async def on_server(desk: Post, folder: str = "INBOX") -> int:
    return len(await asyncio.to_thread(desk.dovecot.flags, folder))


async def cleared(desk: Post, left: int) -> None:
    async def done() -> bool:
        return await on_server(desk) == left

    async with fetching(Fetcher(await one(desk.account), asyncio.get_running_loop())):
        await until(done)


async def test_mail_stays_where_it_is_unless_the_account_says_otherwise(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        await desk.fetched()
        flags = await asyncio.to_thread(desk.dovecot.flags)
        assert len(flags) == 1
        assert not any(b"\\Seen" in one for one in flags.values())


async def test_mail_is_moved_once_it_has_become_a_message_and_only_then(db: Settings) -> None:
    async with post(after_fetch="move:تم/Done") as desk:
        await desk.arrives(*(mail(f"n {n}", sender=f"p{n}@example.org") for n in range(4)))
        await sql.run(
            "UPDATE journal SET state = 'failed' WHERE id = (SELECT min(id) FROM journal)"
        )
        await cleared(desk, left=1)
        assert await on_server(desk, "تم/Done") == 3
        assert await sql.value("SELECT count(*) FROM messages") == 4
        await desk.set(after_fetch="keep")
        await asyncio.to_thread(desk.dovecot.deliver, mail("later", sender="x@example.org"))
        assert await on_server(desk) == 2


async def test_mail_is_deleted_and_what_others_marked_is_left_alone(db: Settings) -> None:
    async with post(after_fetch="delete") as desk:
        await desk.arrives(mail("one"), mail("two", sender="two@example.org"))
        await sql.run("UPDATE journal SET state = 'open' WHERE id = (SELECT max(id) FROM journal)")

        def mark() -> None:
            with desk.dovecot._owner() as owner:
                owner.select_folder("INBOX")
                owner.delete_messages(owner.search())

        await asyncio.to_thread(mark)
        await cleared(desk, left=1)
        assert await sql.value("SELECT count(*) FROM messages") == 2


async def test_oversized_mail_becomes_a_ticket_that_says_its_size(db: Settings) -> None:
    async with post(max_mail_bytes=100_000) as desk:
        scan = ("scan.bin", "application/octet-stream", bytes(300_000))
        raw = mail("see the scan", files=(scan,))
        await desk.arrives(raw, mail("small", sender="x@example.org"))
        row = await sql.row("SELECT text, warnings FROM messages ORDER BY id LIMIT 1")
        assert row is not None
        assert "see the scan" in row["text"]
        assert any("over the limit" in warning for warning in row["warnings"])
        assert await sql.value("SELECT count(*) FROM tickets") == 2
        size = await sql.value(
            "SELECT (headers->>'x-oversized-bytes')::bigint FROM journal LIMIT 1"
        )
        assert size > 300_000
        ticket_id = await sql.value("SELECT min(id) FROM tickets")
        (said,) = (await thread.newest(ticket_id, kinds=())).said
        assert said.whole_bytes == size


async def test_what_slipped_through_is_fetched_when_the_whole_folder_is_compared_again(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "COMPARE_AGAIN", timedelta(seconds=1))
    monkeypatch.setattr(imap, "IDLE_SECONDS", 0.2)
    async with post() as desk:
        await desk.arrives(mail("one"), mail("two", sender="two@example.org"))
        ledger = "SELECT count(*) FROM imap_ledger"

        async def whole() -> bool:
            return int(await sql.value(ledger)) == 2

        async def connected() -> bool:
            return str(await sql.value("SELECT state FROM channel_accounts")) == "ok"

        async with fetching(Fetcher(await one(desk.account), asyncio.get_running_loop())):
            await until(connected)
            await sql.run("DELETE FROM imap_ledger WHERE uid = 1")
            await until(whole)


async def test_a_wrong_password_is_said_and_tried_again_rarely(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "LONGEST_PAUSE", timedelta(milliseconds=300))
    async with post(imap_password="not this one") as desk:
        await asyncio.to_thread(desk.dovecot.deliver, mail())
        said = "SELECT state_code FROM channel_accounts WHERE state = 'failing'"

        async def failing() -> Any:
            return await sql.value(said)

        async def works() -> bool:
            return str(await sql.value("SELECT state FROM channel_accounts WHERE enabled")) == "ok"

        fetchers = Fetchers()
        await fetchers.follow()
        await until(failing)
        assert await failing() == "SignInFailed"
        await sql.run(
            "UPDATE channel_accounts SET secrets = (SELECT secrets FROM channel_accounts WHERE id = $1)",
            await right_password(desk),
        )
        await fetchers.follow()
        await until(works)
        await intake.drain(desk.account)
        assert await sql.value("SELECT count(*) FROM tickets") == 1
        await stopped(fetchers)


async def right_password(desk: Post) -> int:
    """Make another account that is switched off and knows the password; return it."""
    values = {
        "address": "x@passports.example",
        "imap_host": desk.dovecot.host,
        "imap_user": desk.dovecot.user,
        "imap_password": desk.dovecot.password,
        "outgoing": "keep",
    }
    made = await accounts.add("email", name="x", values=values, now=clock.now())
    await sql.run("UPDATE channel_accounts SET enabled = false WHERE id = $1", made)
    return made


async def stopped(fetchers: Fetchers) -> None:
    fetchers.stop()
    for fetcher in fetchers._running.values():
        await asyncio.to_thread(fetcher._thread.join, 20)


async def test_a_server_that_is_silent_delays_no_other_mailbox(db: Settings) -> None:
    over = asyncio.Event()
    ended = asyncio.Event()

    async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()
        await writer.wait_closed()
        ended.set()

    silent = await asyncio.start_server(mute, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    async with post() as desk:
        slow = {
            "address": "slow@passports.example",
            "imap_host": "127.0.0.1",
            "imap_port": port,
            "imap_tls": "none",
            "imap_user": "x",
            "imap_password": "x",
            "outgoing": "keep",
            "timeout_seconds": 2,
        }
        await accounts.add("email", name="a slow one", values=slow, now=clock.now())
        await asyncio.to_thread(desk.dovecot.deliver, mail())

        async def fetched() -> bool:
            return int(await sql.value("SELECT count(*) FROM imap_ledger")) == 1

        fetchers = Fetchers()
        await fetchers.follow()
        await until(fetched, seconds=1.8)
        await stopped(fetchers)
        over.set()
        await ended.wait()
        silent.close()
