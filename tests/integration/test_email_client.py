"""Sending and fetching against real servers: aiosmtpd in this process, Dovecot beside it."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from channels.email import client
from channels.email.check import check
from channels.email.fetched import Fetched, Oversized
from channels.email.imap import Mailbox
from channels.email.senders import NobodyAnswers
from channels.email.settings import Settings, load
from channels.errors import (
    ChannelError,
    RecipientGone,
    Refused,
    SignInFailed,
    TemporaryFailure,
    Unreachable,
)
from tests.support.certificates import self_signed
from tests.support.dovecot import Dovecot
from tests.support.processes import wait_until

MAIL = b"From: a@example.org\r\nSubject: %d\r\n\r\nwords\r\n"


@dataclass
class Post:
    """What an SMTP server answers and what it was given."""

    rcpt: dict[str, str] = field(default_factory=dict)
    data: str = "250 2.0.0 queued as 1"
    hang_up_after_data: bool = False
    taken: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: Any, _session: Session, envelope: Envelope
    ) -> str:
        self.taken.append(envelope)
        if self.hang_up_after_data:
            server.transport.abort()
        return self.data


def only_the_right_password(
    server: object, session: object, envelope: object, mechanism: str, data: LoginPassword
) -> AuthResult:
    return AuthResult(success=data.password == b"right", handled=data.password == b"right")


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def smtp(post: Post) -> Iterator[Settings]:
    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=closed_port(),
        authenticator=only_the_right_password,
        auth_require_tls=False,
    )
    controller.start()
    yield smtp_settings(controller.port)
    controller.stop()


def nobody_to_ask(name: str, _kind: str) -> list[Any]:
    raise NobodyAnswers(name)


def smtp_settings(port: int, **more: object) -> Settings:
    return load(
        {
            "address": "help@passports.example",
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_tls": "none",
            "timeout_seconds": 5,
            **more,
        }
    )


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def send(settings: Settings, *recipients: str) -> client.Taken:
    return await client.send(MAIL % 1, settings, recipients=recipients or ("a@example.org",))


async def test_a_mail_arrives_as_it_was_written(smtp: Settings, post: Post) -> None:
    said = await send(smtp, "a@example.org", "b@example.org")
    assert said == client.Taken("250 2.0.0 queued as 1")
    assert post.taken[0].mail_from == "help@passports.example"
    assert post.taken[0].rcpt_tos == ["a@example.org", "b@example.org"]
    assert post.taken[0].content == MAIL % 1


async def test_lines_that_are_one_dot_do_not_end_the_mail(smtp: Settings, post: Post) -> None:
    await client.send(b"Subject: x\r\n\r\n.\r\n..\r\nend\r\n", smtp, recipients=["a@example.org"])
    assert post.taken[0].content == b"Subject: x\r\n\r\n.\r\n..\r\nend\r\n"


async def test_an_unknown_recipient_is_gone_for_good(smtp: Settings, post: Post) -> None:
    post.rcpt["gone@example.org"] = "550 5.1.1 User unknown"
    with pytest.raises(RecipientGone) as caught:
        await send(smtp, "a@example.org", "gone@example.org")
    assert (caught.value.recipient, caught.value.code) == ("gone@example.org", "550")
    assert caught.value.retry_after is None
    assert post.taken == []


async def test_a_refusal_is_told_with_the_servers_words(smtp: Settings, post: Post) -> None:
    post.data = "554 5.7.1 looks like spam"
    with pytest.raises(Refused, match="looks like spam"):
        await send(smtp)


@pytest.mark.parametrize(
    ("answer", "minutes"), [("451 4.3.0 disk full", 2), ("450 4.7.1 Greylisted", 6)]
)
async def test_not_now_says_when_to_come_back(
    smtp: Settings, post: Post, answer: str, minutes: int
) -> None:
    post.rcpt["a@example.org"] = answer
    with pytest.raises(TemporaryFailure) as caught:
        await send(smtp)
    assert caught.value.retry_after == timedelta(minutes=minutes)


async def test_a_wire_that_breaks_after_the_data_is_tried_again(smtp: Settings, post: Post) -> None:
    post.hang_up_after_data = True
    with pytest.raises(TemporaryFailure):
        await send(smtp)
    assert len(post.taken) == 1


async def test_nobody_at_home_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        await send(smtp_settings(closed_port()))


async def test_a_server_that_never_speaks_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(Unreachable):
            await send(smtp_settings(silent.getsockname()[1], timeout_seconds=1))


async def test_a_wrong_password_is_a_failed_sign_in(smtp: Settings, post: Post) -> None:
    settings = smtp_settings(smtp.smtp_port, smtp_user="desk", smtp_password="wrong")
    with pytest.raises(SignInFailed):
        await send(settings)
    await send(smtp_settings(smtp.smtp_port, smtp_user="desk", smtp_password="right"))
    assert len(post.taken) == 1


async def test_an_address_that_cannot_be_is_refused_before_anybody_is_asked() -> None:
    with pytest.raises(Refused, match="not an address"):
        await send(smtp_settings(closed_port()), "a@b\r\nDATA")


@pytest.mark.parametrize("mode", ["tls", "starttls"])
async def test_a_secured_server_is_used_only_if_its_certificate_is_trusted(
    post: Post, tmp_path: Path, mode: str
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*self_signed(tmp_path))
    secured = {"ssl_context": context} if mode == "tls" else {"tls_context": context}
    controller = Controller(post, hostname="127.0.0.1", port=closed_port(), **secured)
    controller.start()
    try:
        with pytest.raises(Unreachable, match="certificate not trusted"):
            await send(smtp_settings(controller.port, smtp_tls=mode))
        await send(smtp_settings(controller.port, smtp_tls=mode, tls_verify=False))
    finally:
        controller.stop()
    assert len(post.taken) == 1


async def test_a_server_without_starttls_gets_no_password(smtp: Settings, post: Post) -> None:
    settings = smtp_settings(
        smtp.smtp_port, smtp_tls="starttls", smtp_user="desk", smtp_password="right"
    )
    with pytest.raises(ChannelError, match="STARTTLS"):
        await send(settings)
    assert post.taken == []


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as running:
        yield running


@pytest.fixture
def box(dovecot: Dovecot) -> Settings:
    dovecot.empty()
    return imap_settings(dovecot)


def imap_settings(dovecot: Dovecot, **more: object) -> Settings:
    return load(
        {
            "address": "help@passports.example",
            "outgoing": "keep",
            "imap_host": dovecot.host,
            "imap_port": dovecot.port,
            "imap_tls": "none",
            "imap_user": dovecot.user,
            "imap_password": dovecot.password,
            "timeout_seconds": 10,
            **more,
        }
    )


def test_fetching_gives_the_bytes_and_the_servers_time_and_changes_nothing(
    dovecot: Dovecot, box: Settings
) -> None:
    at = datetime(2026, 11, 22, 12, 46, tzinfo=UTC)
    uid = dovecot.deliver(MAIL % 1, at=at)
    with Mailbox(box) as mailbox:
        assert mailbox.select("INBOX").exists == 1
        assert list(mailbox.fetch([uid])) == [Fetched(uid, at, MAIL % 1)]
    assert b"\\Seen" not in dovecot.flags()[uid]


def test_only_what_lies_above_the_mark_is_listed(dovecot: Dovecot, box: Settings) -> None:
    first, second = dovecot.deliver(MAIL % 1), dovecot.deliver(MAIL % 2)
    with Mailbox(box) as mailbox:
        mailbox.select("INBOX")
        assert mailbox.all_uids() == [first, second]
        assert mailbox.uids_above(first) == [second]
        assert mailbox.uids_above(second) == []
        third = dovecot.deliver(MAIL % 3)
        assert mailbox.uids_above(second) == [third]


def test_a_mail_that_vanished_is_left_out_and_the_others_come(
    dovecot: Dovecot, box: Settings
) -> None:
    uids = [dovecot.deliver(MAIL % number) for number in range(3)]
    dovecot.expunge(uids[1])
    with Mailbox(box) as mailbox:
        mailbox.select("INBOX")
        assert [one.uid for one in mailbox.fetch(uids)] == [uids[0], uids[2]]


def test_of_an_oversized_mail_only_the_start_is_fetched(dovecot: Dovecot) -> None:
    dovecot.empty()
    big = MAIL % 1 + b"x" * 300_000
    uids = [dovecot.deliver(MAIL % 0), dovecot.deliver(big), dovecot.deliver(MAIL % 2)]
    with Mailbox(imap_settings(dovecot, max_mail_bytes=200_000)) as mailbox:
        mailbox.select("INBOX")
        small, large, last = mailbox.fetch(uids)
    assert isinstance(small, Fetched)
    assert isinstance(large, Oversized)
    assert isinstance(last, Fetched)
    assert (large.size, large.head) == (len(big), big[: len(large.head)])
    assert 100_000 < len(large.head) < len(big)


def test_a_backlog_comes_complete_and_in_order(dovecot: Dovecot, box: Settings) -> None:
    dovecot.deliver_many([MAIL % number for number in range(180)])
    with Mailbox(box) as mailbox:
        mailbox.select("INBOX")
        mails = list(mailbox.fetch(mailbox.all_uids()))
    assert [one.raw for one in mails if isinstance(one, Fetched)] == [
        MAIL % number for number in range(180)
    ]


def test_waiting_ends_when_a_mail_comes(dovecot: Dovecot, box: Settings) -> None:
    with Mailbox(box) as mailbox:
        mailbox.select("INBOX")
        news: list[bool] = []
        waiting = threading.Thread(target=lambda: news.append(mailbox.idle(20)))
        waiting.start()
        uid = dovecot.deliver(MAIL % 1)
        waiting.join(10)
        assert news == [True]
        assert mailbox.uids_above(0) == [uid]


def test_waiting_ends_when_it_is_interrupted(box: Settings) -> None:
    with Mailbox(box) as mailbox:
        mailbox.select("INBOX")
        mailbox.interrupt()
        assert mailbox.idle(20) is False
        assert mailbox.all_uids() == []


def test_a_server_that_restarts_is_an_error_and_everything_is_there_afterwards(
    dovecot: Dovecot, box: Settings
) -> None:
    uid = dovecot.deliver(MAIL % 1)
    with Mailbox(box) as mailbox:
        before = mailbox.select("INBOX")
        dovecot.restart()
        with pytest.raises(Unreachable):
            mailbox.all_uids()
    with Mailbox(box) as mailbox:
        assert mailbox.select("INBOX").uidvalidity == before.uidvalidity
        assert mailbox.all_uids() == [uid]


def test_a_server_that_restarts_ends_the_waiting(dovecot: Dovecot, box: Settings) -> None:
    with Mailbox(box) as mailbox:
        mailbox.select("INBOX")
        failed: list[BaseException] = []

        def wait() -> None:
            try:
                mailbox.idle(20)
            except Unreachable as error:
                failed.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        dovecot.restart()
        wait_until(lambda: failed)
        waiting.join(10)


def test_a_changed_uidvalidity_is_seen(dovecot: Dovecot, box: Settings) -> None:
    dovecot.deliver(MAIL % 1)
    with Mailbox(box) as mailbox:
        before = mailbox.select("INBOX")
    dovecot.change_uidvalidity()
    with Mailbox(box) as mailbox:
        after = mailbox.select("INBOX")
        assert after.uidvalidity != before.uidvalidity
        assert [one.raw for one in mailbox.fetch(mailbox.all_uids())] == [MAIL % 1]  # type: ignore[union-attr]


def test_a_wrong_password_on_imap_is_a_failed_sign_in(dovecot: Dovecot) -> None:
    with pytest.raises(SignInFailed), Mailbox(imap_settings(dovecot, imap_password="wrong")):
        pass


@pytest.mark.parametrize("mode", ["tls", "starttls"])
def test_a_secured_mailbox_is_read_only_if_its_certificate_is_trusted(
    dovecot: Dovecot, box: Settings, mode: str
) -> None:
    uid = dovecot.deliver(MAIL % 1)
    port = dovecot.tls_port if mode == "tls" else dovecot.port
    untrusted = imap_settings(dovecot, imap_tls=mode, imap_port=port)
    with pytest.raises(Unreachable, match="certificate not trusted"), Mailbox(untrusted):
        pass
    with Mailbox(
        imap_settings(dovecot, imap_tls=mode, imap_port=port, tls_verify=False)
    ) as mailbox:
        assert mailbox.select("INBOX").exists == 1
        assert [one.uid for one in mailbox.fetch([uid])] == [uid]
        waiting = threading.Timer(0.1, mailbox.interrupt)
        waiting.start()
        assert mailbox.idle(20) is False


def test_a_folder_that_does_not_exist_is_refused(box: Settings) -> None:
    with Mailbox(box) as mailbox, pytest.raises(Refused):
        mailbox.select("No such folder")


def test_folders_with_arabic_names_are_read(dovecot: Dovecot, box: Settings) -> None:
    uid = dovecot.deliver(MAIL % 1, folder="شكاوى")
    with Mailbox(box) as mailbox:
        assert "شكاوى" in mailbox.folders()
        mailbox.select("شكاوى")
        assert uid in mailbox.all_uids()


async def test_checking_says_in_plain_lines_what_works_and_what_does_not(
    dovecot: Dovecot, smtp: Settings
) -> None:
    both = {"outgoing": "smtp", "smtp_host": "127.0.0.1", "smtp_tls": "none"}
    good = imap_settings(dovecot, smtp_port=smtp.smtp_port, **both)
    assert all(verdict.good for verdict in await check(good, look_up=nobody_to_ask))
    bad = imap_settings(dovecot, smtp_port=closed_port(), imap_folders=["INBOX", "Nowhere"], **both)
    said = {verdict.what.partition(" folder ")[2] or verdict.what[:4]: verdict.good
            for verdict in await check(bad, look_up=nobody_to_ask)}  # fmt: skip
    assert said == {"SMTP": False, "IMAP": True, "INBOX": True, "Nowhere": False, "DNS ": True}


@pytest.mark.parametrize(
    ("records", "good", "said"),
    [
        ({}, True, "MX, SPF and DMARC records are there"),
        ({("example.org", "MX"): []}, False, "no MX record"),
        ({("example.org", "MX"): [(0, ".")]}, False, "takes no mail"),
        ({("example.org", "TXT"): [(b"google-site-verification=1",)]}, False, "no SPF record"),
        ({("example.org", "TXT"): [(b"v=spf1 -all",), (b"v=spf1 mx",)]}, False, "2 SPF records"),
        ({("example.org", "TXT"): [(b"v=spf10 -all",)]}, False, "no SPF record"),
        ({("_dmarc.example.org", "TXT"): []}, False, "no DMARC record"),
        ({("_dmarc.example.org", "TXT"): [(b"v=DMA", b"RC1; p=none")]}, True, "are there"),
    ],
)
async def test_checking_says_what_the_dns_lacks_for_the_mailbox(
    smtp: Settings, records: dict[tuple[str, str], list[Any]], good: bool, said: str
) -> None:
    held: dict[tuple[str, str], list[Any]] = {
        ("example.org", "MX"): [(10, "mx.example.org")],
        ("example.org", "TXT"): [(b"other",), (b"v=spf1 mx ", b"-all")],
        ("_dmarc.example.org", "TXT"): [(b"v=DMARC1;p=reject",)],
    }
    names = held | records
    mailbox = smtp_settings(smtp.smtp_port, address="help@Example.org")
    *_, dns = await check(mailbox, look_up=lambda name, kind: names.get((name, kind), []))
    assert (dns.what, dns.good) == ("DNS example.org", good)
    assert said in dns.said


async def test_a_domain_is_covered_by_the_dmarc_record_of_the_one_above_it(smtp: Settings) -> None:
    names: dict[tuple[str, str], list[Any]] = {
        ("help.example.org", "MX"): [(10, "mx.example.org")],
        ("help.example.org", "TXT"): [(b"v=spf1 mx -all",)],
        ("_dmarc.example.org", "TXT"): [(b"v=DMARC1; p=reject",)],
    }
    mailbox = smtp_settings(smtp.smtp_port, address="office@help.example.org")
    *_, dns = await check(mailbox, look_up=lambda name, kind: names.get((name, kind), []))
    assert dns.good


@pytest.mark.parametrize("address", ["help@example.org", "help@office"])
async def test_a_dns_that_cannot_be_asked_is_said_and_is_no_fault_of_the_account(
    smtp: Settings, address: str
) -> None:
    *_, dns = await check(smtp_settings(smtp.smtp_port, address=address), look_up=nobody_to_ask)
    assert dns.good
    assert dns.said == "cannot ask for its MX, SPF and DMARC records"


async def test_a_mailbox_is_read_beside_a_running_loop(dovecot: Dovecot, box: Settings) -> None:
    dovecot.deliver(MAIL % 1)

    def count() -> int:
        with Mailbox(box) as mailbox:
            return mailbox.select("INBOX").exists

    assert await asyncio.to_thread(count) == 1
