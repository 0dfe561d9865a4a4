"""A mailbox on a real Dovecot, and a mail server of the outside world, around a desk in this process."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid

from server.channel_accounts import actions as accounts
from server.channel_accounts.queries import one
from server.db import sql
from server.delivery import actions as delivery
from server.intake import actions as intake
from server.intake.listeners.imap import Fetcher
from server.kit import clock
from server.people import actions as people
from server.people.queries import Viewer, viewer_of
from server.tickets import actions as tickets
from server.tickets.actions import Copy
from tests.support.dovecot import Dovecot
from tests.support.mailserver import MailServer, mail_server

ADDRESS = "help@passports.example"


@dataclass(slots=True)
class Post:
    """One channel account with both its servers, and an agent who answers."""

    account: int
    dovecot: Dovecot
    outside: MailServer
    agent: Viewer
    _keys: list[int] = field(default_factory=list)

    async def arrives(self, *mails: bytes) -> None:
        """Put mails into the mailbox, and let the desk fetch and read them."""
        for raw in mails:
            await asyncio.to_thread(self.dovecot.deliver, raw)
        await self.fetched()

    async def fetched(self) -> None:
        """Let the fetcher catch up with the mailbox, and drain the journal."""
        on_server = len(await asyncio.to_thread(self.dovecot.flags))

        async def caught_up() -> bool:
            return int(await sql.value("SELECT count(*) FROM imap_ledger")) >= on_server

        async with fetching(Fetcher(await one(self.account), asyncio.get_running_loop())):
            await until(caught_up)
        await intake.drain(self.account)

    async def answer(
        self, text: str = "Your passport is ready.", *, copies: tuple[Copy, ...] | None = None
    ) -> int:
        """Answer the newest ticket; return the delivery."""
        self._keys.append(0)
        await tickets.reply(
            int(await sql.value("SELECT max(id) FROM tickets")),
            by=self.agent,
            text=text,
            copies=copies,
            form_key=f"answer {len(self._keys)}",
            seen_seq=None,
            now=clock.now(),
        )
        return int(await sql.value("SELECT max(id) FROM deliveries"))

    async def leaves(self, delivery_id: int) -> None:
        """End the undo window, or the pause after a failure, and send."""
        await sql.run(
            "UPDATE deliveries SET next_try_at = now() - interval '1 s' WHERE id = $1", delivery_id
        )
        await delivery.deliver(delivery_id)

    async def all_leave(self) -> None:
        """Send whatever waits."""
        for row in await sql.rows(
            "SELECT id FROM deliveries WHERE state IN ('held', 'queued') ORDER BY id"
        ):
            await self.leaves(row["id"])

    async def set(self, **values: object) -> None:
        """Change settings of the account."""
        await sql.run(
            "UPDATE channel_accounts SET settings = settings || $2::jsonb WHERE id = $1",
            self.account,
            sql.dump(values),
        )


@asynccontextmanager
async def fetching(fetcher: Fetcher) -> AsyncIterator[None]:
    """Run a mailbox's thread for a while; nothing of it outlives the block."""
    fetcher.start()
    try:
        yield
    finally:
        fetcher.stop()
        await asyncio.to_thread(fetcher._thread.join, 20)


async def until(true: Callable[[], Awaitable[object]], *, seconds: float = 20) -> None:
    """Return as soon as ``true()`` is; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def post(**settings: object) -> AsyncIterator[Post]:
    """Open a mailbox of the desk, with an agent who is online."""
    now = clock.now()
    user_id = await people.add_user(
        email="amal@passports.example",
        name="Amal",
        role="agent",
        team="intake",
        password=None,
        now=now,
    )
    await people.set_presence(user_id, "online", now=now)
    agent = await viewer_of(user_id)
    assert agent is not None
    with Dovecot() as dovecot, mail_server() as outside:
        values = {
            "address": ADDRESS,
            "imap_host": dovecot.host,
            "imap_port": dovecot.port,
            "imap_tls": "none",
            "imap_user": dovecot.user,
            "imap_password": dovecot.password,
            "smtp_host": "127.0.0.1",
            "smtp_port": outside.port,
            "smtp_tls": "none",
        }
        account = await accounts.add("email", name="help", values=values | settings, now=now)
        try:
            yield Post(account, dovecot, outside, agent)
        finally:
            await delivery.hang_up()


def report(
    original: EmailMessage,
    recipient: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "550 5.1.1 no such user",
    message_id: str = "",
) -> bytes:
    """Return what a mail server reports about ``original`` (RFC 3464)."""
    lines = f"""From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: {ADDRESS}
Subject: Delivery Status Notification
Date: {original["Date"]}
Message-ID: {make_msgid(domain="mx.example.org")}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain; charset=utf-8

This is the mail system at mx.example.org.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
--cut
Content-Type: text/rfc822-headers

Message-ID: {message_id or original["Message-ID"]}
Subject: x
--cut--
"""
    return lines.replace("\n", "\r\n").encode()
