"""Bounces, absences, loops and wrong passwords against real servers, with every process of the desk running."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import psycopg
import pytest

from server.kit import embedded_postgres
from tests.e2e.test_loss import Desk
from tests.support.dovecot import Dovecot
from tests.support.mails import mail
from tests.support.mailserver import MailServer, mail_server
from tests.support.post import report
from tests.support.processes import living_in, wait_until

STATE = "SELECT state FROM channel_accounts"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.up.end()
    wait_until(lambda: not living_in(tmp_path))


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as running:
        yield running


@pytest.fixture
def outside() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def open_mailbox(desk: Desk, dovecot: Dovecot, outside: MailServer, **settings: str | int) -> None:
    values: dict[str, str | int] = {
        "outgoing": "smtp",
        "acknowledge": "on",
        "imap_host": dovecot.host,
        "imap_port": dovecot.port,
        "imap_tls": "none",
        "imap_user": dovecot.user,
        "imap_password": dovecot.password,
        "smtp_host": "127.0.0.1",
        "smtp_port": outside.port,
        "smtp_tls": "none",
    }
    desk.add_mailbox(**values | settings)


def test_an_acknowledgement_that_bounces_and_a_responder_that_answers_it_end_there(
    desk: Desk, dovecot: Dovecot, outside: MailServer
) -> None:
    open_mailbox(desk, dovecot, outside)
    dovecot.deliver(mail("أين جوازي؟", message_id="<one@example.org>"))
    wait_until(lambda: outside.mails, seconds=30)
    (told,) = outside.mails
    assert told["Auto-Submitted"] == "auto-replied"
    wait_until(lambda: desk.ask("SELECT state FROM deliveries") == "sent", seconds=20)
    away = mail(
        "أنا في إجازة",
        in_reply_to=str(told["Message-ID"]),
        headers=(("Auto-Submitted", "auto-replied"),),
    )
    dovecot.deliver(away)
    dovecot.deliver(report(told, "fatima@example.org"))
    wait_until(lambda: desk.ask("SELECT state FROM deliveries") == "failed", seconds=30)
    desk.wait_for(4)
    assert desk.ask("SELECT count(*) FROM tickets") == 1
    assert desk.ask("SELECT error_code FROM deliveries") == "5.1.1"
    assert desk.ask("SELECT waiting_since IS NOT NULL FROM tickets")
    assert len(outside.mails) == 1


def test_two_desks_that_acknowledge_each_other_stop_at_once(
    desk: Desk, dovecot: Dovecot, outside: MailServer
) -> None:
    """The other side answers every mail of ours with a new one, hiding that it is a machine."""
    open_mailbox(desk, dovecot, outside)
    answered: list[EmailMessage] = []

    def answer_everything() -> bool:
        for one in outside.mails[len(answered) :]:
            answered.append(one)
            dovecot.deliver(
                mail(
                    f"Your case has number {len(answered)}",
                    sender="desk@other.example",
                    subject=f"Case {len(answered)}",
                )
            )
        return bool(desk.ask("SELECT count(*) FROM tickets") > len(answered))

    dovecot.deliver(mail("hello", sender="desk@other.example", subject="Case 0"))
    for _ in range(4):
        wait_until(lambda: len(outside.mails) > len(answered), seconds=30)
        wait_until(answer_everything, seconds=30)
    desk.wait_for(9)
    assert len(outside.mails) == 4
    assert desk.ask("SELECT count(*) FROM tickets") == 5
    assert desk.ask("SELECT count(*) FROM deliveries WHERE state <> 'sent'") == 0


def test_a_wrong_password_shows_and_is_put_right_without_a_restart(
    desk: Desk, dovecot: Dovecot, outside: MailServer
) -> None:
    open_mailbox(desk, dovecot, outside, imap_password="last year's")
    dovecot.deliver(mail())
    wait_until(lambda: desk.ask(STATE) == "failing", seconds=30)
    assert desk.ask("SELECT state_code FROM channel_accounts") == "SignInFailed"
    desk.tell("UPDATE channel_accounts SET name = 'old', enabled = false")
    open_mailbox(desk, dovecot, outside, address="new@passports.example")
    desk.wait_for(1, seconds=30)
    wait_until(lambda: desk.ask(f"{STATE} WHERE enabled") == "ok", seconds=30)


def test_asking_for_a_count_gives_equal_numbers_and_shows_what_is_missing(
    desk: Desk, dovecot: Dovecot, outside: MailServer
) -> None:
    open_mailbox(desk, dovecot, outside, acknowledge="off")
    dovecot.deliver_many([mail(f"n {n}", sender=f"p{n}@example.org") for n in range(12)])
    desk.wait_for(12)

    def counted() -> tuple[int, int] | None:
        with psycopg.connect(embedded_postgres.url(desk.data), autocommit=True) as connection:
            return connection.execute(
                "SELECT on_server, in_tickets FROM reconciliations WHERE folder = 'INBOX' ORDER BY id DESC"
            ).fetchone()

    desk.tell("UPDATE channel_accounts SET look_asked_at = now()")
    wait_until(lambda: counted() == (12, 12), seconds=40)
    desk.tell("DELETE FROM imap_ledger WHERE uid = 3")
    desk.tell("UPDATE channel_accounts SET look_asked_at = now()")
    wait_until(lambda: counted() == (12, 11), seconds=60)
    figures = httpx.get(f"{desk.up.ready()}/metrics").text
    assert re.search(r'tawasul_mails\{[^}]*folder="INBOX",where="missing"\} 1\.0', figures)
