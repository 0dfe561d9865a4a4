"""Nothing is lost and nothing doubled, whatever is killed, stolen, cut or stopped meanwhile."""

import contextlib
import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import psutil
import psycopg
import pytest

from server.kit import embedded_postgres
from tests.support.dovecot import Dovecot
from tests.support.mails import mail
from tests.support.processes import living_in, running, wait_until
from tests.support.up import Up, tawasul

ADDRESS = "help@passports.example"
KILLS = 24
EACH_WAY = 250


class Desk:
    """A running `tawasul up`, its database and its SMTP port."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.smtp_port: int = probe.getsockname()[1]
        self.up = Up(data, SMTP_PORT=str(self.smtp_port))
        self.up.ready()

    def ask(self, query: str) -> Any:
        with psycopg.connect(embedded_postgres.url(self.data), autocommit=True) as connection:
            row = connection.execute(query.encode()).fetchone()
            return row and row[0]

    def tell(self, statement: str) -> None:
        with psycopg.connect(embedded_postgres.url(self.data), autocommit=True) as connection:
            connection.execute(statement.encode())

    def add_mailbox(self, **settings: str | int) -> None:
        given = {"address": ADDRESS, "outgoing": "keep"} | settings
        words = [word for name, value in given.items() for word in ("--set", f"{name}={value}")]
        done = tawasul(self.data, "account", "add", "email", "--name", "help", *words)
        assert done.returncode == 0, done.stderr

    def send(self, raw: bytes) -> None:
        """Hand over one mail as a relay does: again and again until somebody says 250."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with (
                contextlib.suppress(OSError, smtplib.SMTPException),
                smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=15) as smtp,
            ):
                if not smtp.sendmail("citizen@example.org", [ADDRESS], raw):
                    return
            time.sleep(0.1)
        raise AssertionError("nobody took the mail")

    def wait_for(self, tickets: int, *, seconds: float = 120) -> None:
        def done() -> bool:
            waiting = self.ask("SELECT count(*) FROM journal WHERE state <> 'done'")
            return waiting == 0 and self.ask("SELECT count(*) FROM messages") >= tickets

        wait_until(lambda: _quietly(done), seconds=seconds)


def _quietly(true: Callable[[], bool]) -> bool:
    try:
        return true()
    except psycopg.Error:
        return False


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.up.end()
    wait_until(lambda: not living_in(tmp_path))


def _mails(way: str, how_many: int) -> list[bytes]:
    return [
        mail(
            f"{way} inquiry number {n}",
            sender=f"{way}{n}@example.org",
            message_id=f"<{way}.{n}@example.org>",
        )
        for n in range(how_many)
    ]


def _exactly(desk: Desk, sent: Sequence[str]) -> None:
    with psycopg.connect(embedded_postgres.url(desk.data)) as connection:
        rows = connection.execute("SELECT external_id, ticket_id FROM messages").fetchall()
    assert sorted(row[0] for row in rows) == sorted(sent)
    assert len({row[1] for row in rows}) == desk.ask("SELECT count(*) FROM tickets") == len(sent)


def test_500_mails_while_everything_is_killed_at_random_become_500_tickets(desk: Desk) -> None:
    with Dovecot() as dovecot:
        desk.add_mailbox(
            imap_host=dovecot.host,
            imap_port=dovecot.port,
            imap_tls="none",
            imap_user=dovecot.user,
            imap_password=dovecot.password,
        )
        fetched, pushed = _mails("imap", EACH_WAY), _mails("smtp", EACH_WAY)
        kills: list[str] = []

        def kill_at_random() -> None:
            chance = Random(20)
            while len(kills) < KILLS:
                time.sleep(chance.uniform(0.05, 0.6))
                word = chance.choice(("serve", "work", "listen"))
                for pid in running(word, below=desk.up.process.pid):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        psutil.Process(pid).kill()
                        kills.append(word)

        killer = threading.Thread(target=kill_at_random)
        killer.start()
        with ThreadPoolExecutor(4) as senders:
            sent = [senders.submit(desk.send, raw) for raw in pushed]
            for start in range(0, EACH_WAY, 25):
                dovecot.deliver_many(fetched[start : start + 25])
            dovecot.change_uidvalidity()
            for each in sent:
                each.result()
        killer.join()
        assert len(kills) >= 20
        assert set(kills) == {"serve", "work", "listen"}
        desk.wait_for(2 * EACH_WAY)
        ids = [f"{way}.{n}@example.org" for way in ("imap", "smtp") for n in range(EACH_WAY)]
        _exactly(desk, ids)
        assert not any(b"\\Seen" in flags for flags in dovecot.flags().values())


def test_stolen_bells_delay_and_lose_nothing(desk: Desk) -> None:
    desk.add_mailbox()
    desk.tell(
        """
        CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER thief BEFORE INSERT ON dramatiq.queue FOR EACH ROW EXECUTE FUNCTION steal();
        """
    )
    for raw in _mails("bell", 30):
        desk.send(raw)
    assert desk.ask("SELECT count(*) FROM journal WHERE state = 'open'") == 30
    desk.tell("DROP TRIGGER thief ON dramatiq.queue")
    desk.wait_for(30, seconds=30)
    _exactly(desk, [f"bell.{n}@example.org" for n in range(30)])


def test_the_database_may_stop_and_come_back_under_load(desk: Desk) -> None:
    desk.add_mailbox()
    with ThreadPoolExecutor(4) as senders:
        sent = [senders.submit(desk.send, raw) for raw in _mails("load", 120)]
        time.sleep(0.5)
        for pid in living_in(desk.data / "postgres"):
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(pid).kill()
        for each in sent:
            each.result()
    desk.wait_for(120)
    _exactly(desk, [f"load.{n}@example.org" for n in range(120)])


def test_a_mailbox_whose_uids_are_void_is_read_again_without_doubling(desk: Desk) -> None:
    with Dovecot() as dovecot:
        dovecot.deliver_many(_mails("one", 20))
        desk.add_mailbox(
            imap_host=dovecot.host,
            imap_port=dovecot.port,
            imap_tls="none",
            imap_user=dovecot.user,
            imap_password=dovecot.password,
        )
        desk.wait_for(20)
        dovecot.change_uidvalidity()
        dovecot.deliver_many(_mails("two", 5))
        desk.wait_for(25)
        _exactly(
            desk,
            [f"one.{n}@example.org" for n in range(20)]
            + [f"two.{n}@example.org" for n in range(5)],
        )
        wait_until(lambda: desk.ask("SELECT count(*) FROM imap_ledger") == 45, seconds=30)
