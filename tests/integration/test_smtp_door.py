"""What the SMTP and LMTP listener answers, and what is on disk when it does."""

import asyncio
import smtplib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from channels.email.senders import LookUp
from server.channel_accounts import actions as accounts
from server.db import sql
from server.intake.actions import drain
from server.intake.listeners.smtp import listen
from server.kit import blobs, clock
from server.kit.settings import Settings
from tests.support.mails import mail

pytestmark = pytest.mark.anyio

OURS, ALSO_OURS = "help@passports.example", "info@passports.example"


def nobody_to_ask() -> LookUp:
    raise OSError("no name server in tests")


@pytest.fixture
async def port(db: Settings) -> AsyncIterator[int]:
    for name, address in (("help", OURS), ("info", ALSO_OURS)):
        values = {"address": address, "outgoing": "keep"}
        await accounts.add("email", name=name, values=values, now=clock.now())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    server = await listen(replace(db, smtp_port=free), look_up=nobody_to_ask)
    yield free
    server.close()


async def told(port: int, say: Callable[[smtplib.SMTP], object]) -> object:
    """Talk to the listener from another thread, as a relay would."""

    def talk() -> object:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as relay:
            return say(relay)

    return await asyncio.to_thread(talk)


async def test_250_means_that_it_is_in_the_journal(port: int) -> None:
    raw = mail()
    assert await told(port, lambda relay: relay.sendmail("a@example.org", [OURS], raw)) == {}
    assert await sql.value("SELECT count(*) FROM journal") == 1


async def test_an_address_that_is_not_ours_is_refused_at_once(port: int) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        await told(port, lambda relay: relay.sendmail("a@example.org", ["b@example.org"], mail()))
    assert refused.value.recipients["b@example.org"][0] == 550
    assert await sql.value("SELECT count(*) FROM journal") == 0


async def test_a_mail_to_two_of_our_addresses_is_one_message_in_both(port: int) -> None:
    await told(port, lambda relay: relay.sendmail("a@example.org", [OURS, ALSO_OURS], mail()))
    for row in await sql.rows("SELECT id FROM channel_accounts"):
        await drain(row["id"])
    assert await sql.value("SELECT count(*) FROM messages") == 1
    assert await sql.value("SELECT count(*) FROM message_accounts") == 2


async def test_a_full_disk_is_answered_with_later_and_nothing_half_is_kept(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_content: bytes) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(blobs, "_store", full)
    large = mail(files=(("scan.bin", "application/octet-stream", b"x" * 200_000),))
    with pytest.raises(smtplib.SMTPDataError) as later:
        await told(port, lambda relay: relay.sendmail("a@example.org", [OURS], large))
    assert later.value.smtp_code == 451
    assert await sql.value("SELECT count(*) FROM journal") == 0


async def test_a_mail_that_is_too_large_is_refused_for_good(port: int) -> None:
    huge = b"Subject: big\r\n\r\n" + b"x" * 70 + b"\r\n" * 1 + (b"y" * 998 + b"\r\n") * 43_000
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        await told(port, lambda relay: relay.sendmail("a@example.org", [OURS], huge))
    assert refused.value.smtp_code == 552


async def test_a_line_longer_than_the_standard_allows_is_taken(port: int) -> None:
    raw = b"Subject: long\r\n\r\n" + b"z" * 1_000_000 + b"\r\n"
    assert await told(port, lambda relay: relay.sendmail("a@example.org", [OURS], raw)) == {}
    assert await sql.value("SELECT size FROM journal") >= 1_000_000


async def test_lmtp_hears_an_answer_for_each_recipient(port: int) -> None:
    def talk(relay: smtplib.SMTP) -> list[bytes]:
        assert relay.docmd("LHLO", "relay.example")[0] == 250
        relay.docmd("MAIL", "FROM:<a@example.org>")
        for address in (OURS, ALSO_OURS):
            relay.docmd("RCPT", f"TO:<{address}>")
        assert relay.docmd("DATA")[0] == 354
        relay.send(mail().replace(b"\n", b"\r\n") + b"\r\n.\r\n")
        return [relay.getreply()[1], relay.getreply()[1]]

    assert await told(port, talk) == [b"2.0.0 kept", b"2.0.0 kept"]
    assert await sql.value("SELECT count(*) FROM journal") == 2
