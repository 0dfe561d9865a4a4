"""The queue drains whenever somebody can take more: agents fill up, go, come back, answer, decline, begin their shift.

Real web, worker and listener; mails come in by SMTP, people act through the pages. After every step nobody
carries more than they may, and the events tell that no ticket was given to two people.
"""

import contextlib
import re
import smtplib
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest

from server.kit import embedded_postgres
from tests.support.mails import mail
from tests.support.processes import living_in, wait_until
from tests.support.up import Up, tawasul

ADDRESS = "help@passports.example"
ZONE = "Asia/Riyadh"
LATER = timedelta(hours=3)
WAITS = "waiting_since IS NOT NULL AND status IN ('new', 'open', 'pending', 'on_hold')"


class Desk:
    """A running `tawasul up` with one mailbox, on a clock that can be moved by starting again."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.smtp_port: int = probe.getsockname()[1]
        self.offset = timedelta()
        self.people: list[Person] = []
        self.start()
        settings = ("--set", f"address={ADDRESS}", "--set", "outgoing=keep")
        done = tawasul(self.data, "account", "add", "email", "--name", "help", *settings)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        self.up = Up(
            self.data,
            SMTP_PORT=str(self.smtp_port),
            TESTING="1",
            UNDO_SECONDS="0",
            CLOCK_OFFSET=str(self.offset.total_seconds()),
        )
        self.address = self.up.ready()

    def start_later(self, by: timedelta) -> None:
        """Stop everything, and start again when so much time has passed."""
        self.up.end()
        self.offset += by
        self.start()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def rows(self, query: str) -> list[Any]:
        with psycopg.connect(embedded_postgres.url(self.data), autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def send(self, count: int, *, text: str = "متى أستلم جوازي؟", name: str = "c") -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=20) as smtp:
            for n in range(count):
                sender = f"{name}{n}@mail.example"
                assert smtp.sendmail(sender, [ADDRESS], mail(text, sender=sender)) == {}

    def carries(self) -> Counter[str]:
        """Count what waits for each person; under no name, what waits for nobody in particular."""
        found = self.rows(
            f"""
            SELECT coalesce(split_part(u.email, '@', 1), ''), count(*) FROM tickets t
            LEFT JOIN users u ON u.id = t.assignee_id WHERE {WAITS} GROUP BY 1
            """
        )
        return Counter(dict(found))

    def settles(self, **carried: int) -> None:
        """Wait until people carry just this, and ``rest`` tickets wait for somebody."""
        expected = Counter({("" if who == "rest" else who): many for who, many in carried.items()})
        seen: list[Counter[str]] = []

        def reached() -> bool:
            seen.append(self.carries())
            return seen[-1] == +expected

        try:
            wait_until(reached, seconds=30)
        except AssertionError:
            raise AssertionError(f"expected {expected}, last saw {seen[-1]}") from None
        self.is_sound()

    def is_sound(self) -> None:
        """Nobody carries more than they may; no ticket went to somebody while another had it."""
        over = self.rows(
            f"""
            SELECT u.email, count(*), w.capacity FROM tickets t JOIN users u ON u.id = t.assignee_id
            JOIN workloads w ON w.user_id = u.id WHERE {WAITS} GROUP BY u.email, w.capacity
            HAVING count(*) > w.capacity
            """
        )
        assert over == []
        has: dict[int, int | None] = {}
        for ticket_id, left, to in self.rows(
            """
            SELECT ticket_id, (data->>'from')::bigint, (data->>'to')::bigint FROM events
            WHERE kind = 'assigned' ORDER BY ticket_id, seq
            """
        ):
            assert has.get(ticket_id) == left
            assert None in (left, to)
            has[ticket_id] = to
        held = dict(self.rows("SELECT id, assignee_id FROM tickets WHERE assignee_id IS NOT NULL"))
        assert held == {ticket: who for ticket, who in has.items() if who is not None}

    def tickets_of(self, who: str) -> list[int]:
        found = self.rows(
            f"""
            SELECT t.id FROM tickets t JOIN users u ON u.id = t.assignee_id
            WHERE u.email LIKE '{who}@%' AND {WAITS} ORDER BY t.id
            """
        )
        return [ticket for (ticket,) in found]


class Person:
    """Somebody with a browser at the desk, and with its live stream open as long as they are here."""

    def __init__(self, desk: Desk, name: str, role: str) -> None:
        self.desk, self.name = desk, name
        team = () if role == "administrator" else ("--team", "intake")
        email = f"{name}@passports.example"
        said = tawasul(desk.data, "user", "add", email, "--role", role, *team)
        assert said.returncode == 0, said.stderr
        self.client = httpx.Client(headers={"Accept": "text/html"}, timeout=20)
        self._stream: threading.Thread | None = None
        page = self.client.get(f"{desk.address}/sign-in").text
        token = re.search(r'name="_csrf_token" value="([^"]+)"', page)
        assert token
        form = {"_csrf_token": token[1], "email": email, "password": said.stdout.split()[-1]}
        assert self.client.post(f"{desk.address}/sign-in", data=form).status_code == 303
        (found,) = desk.rows(f"SELECT id FROM users WHERE email = '{email}'")
        self.id: int = found[0]
        desk.people.append(self)

    def send(self, path: str, **form: Any) -> None:
        form["_csrf_token"] = self.client.cookies.get("csrftoken")
        answer = self.client.post(f"{self.desk.address}{path}", data=form)
        assert answer.status_code in {200, 303}, (path, answer.status_code, answer.text[-2000:])

    def act(self, ticket_id: int, verb: str, **form: Any) -> None:
        key = f"{verb} {ticket_id} {self.desk.now().timestamp()}"
        self.send(f"/tickets/{ticket_id}/{verb}", form_key=key, **form)

    def comes(self) -> None:
        """Open the live stream, as a browser does, and choose to be online."""
        self._stream = threading.Thread(target=self._listen, args=(self.desk.address,), daemon=True)
        self._stream.start()
        self.send("/presence", presence="online")

    def goes(self) -> None:
        self.send("/presence", presence="away")

    def close(self) -> None:
        """Close the browser; its stream has ended with the desk."""
        self.client.close()
        if self._stream is not None:
            self._stream.join(20)

    def _listen(self, address: str) -> None:
        with (
            contextlib.suppress(httpx.HTTPError),
            httpx.Client(cookies=self.client.cookies, timeout=None) as client,  # noqa: S113 -- it ends with the desk
            client.stream("GET", f"{address}/live") as stream,
        ):
            for _ in stream.iter_bytes():
                pass


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.up.end()
    for person in made.people:
        person.close()
    wait_until(lambda: not living_in(tmp_path))


def can(boss: Person, who: Person, capacity: int, *languages: str) -> None:
    boss.send(
        f"/assignment/people/{who.id}",
        capacity=str(capacity),
        languages=list(languages or ("ar", "en")),
        every_topic="yes",
    )


def test_the_queue_drains_on_every_change_of_eligibility(desk: Desk) -> None:
    boss = Person(desk, "boss", "administrator")
    amal, badr, carla = (Person(desk, name, "agent") for name in ("amal", "badr", "carla"))
    can(boss, amal, 3)
    can(boss, badr, 3, "ar")
    can(boss, carla, 2, "ar")
    way = {
        "strategy": "round_robin",
        "hourly_cap": "",
        "grace_minutes": "30",
        "patience_minutes": "5",
    }
    team = desk.rows("SELECT id FROM teams WHERE slug = 'intake'")[0][0]
    boss.send(f"/assignment/teams/{team}", **way, overflow_team="")
    begins = (desk.now() + LATER - timedelta(minutes=30)).astimezone(ZoneInfo(ZONE))
    shift = f"{begins:%H:%M}-{begins + timedelta(hours=8):%H:%M}"
    boss.send(
        f"/shifts/people/{carla.id}",
        own="own",
        zone=ZONE,
        do="save",
        **{f"day-{begins.weekday()}": shift},
    )

    # Nobody is there; then two come, and a third whose shift has not begun.
    desk.send(10)
    desk.settles(rest=10)
    amal.comes()
    badr.comes()
    carla.comes()
    desk.settles(amal=3, badr=3, rest=4)

    # Room is made by resolving, by answering and by declining, whose ticket waits for a third.
    amal.act(desk.tickets_of("amal")[0], "status", status="resolved")
    desk.settles(amal=3, badr=3, rest=3)
    badr.act(desk.tickets_of("badr")[0], "reply", text="وصل طلبكم", seen_seq="")
    desk.settles(amal=3, badr=3, rest=2)
    declined = desk.tickets_of("badr")[0]
    badr.send(f"/tickets/{declined}/decline", reason="other", words="يخص فرعًا آخر")
    desk.settles(amal=3, badr=3, rest=2)
    assert declined not in desk.tickets_of("badr")

    # More capacity, then a skill: what is written in English waited for somebody who reads it.
    can(boss, badr, 4, "ar")
    desk.settles(amal=3, badr=4, rest=1)
    amal.goes()
    desk.send(1, text="When will my passport be ready? I have been waiting for weeks.", name="e")
    desk.settles(amal=3, badr=4, rest=2)
    can(boss, badr, 6, "ar")
    desk.settles(amal=3, badr=4, rest=2)
    can(boss, badr, 6, "ar", "en")
    desk.settles(amal=3, badr=5, rest=1)

    # Hours later: whoever stayed away gave back what they had not touched, and a shift has begun.
    desk.start_later(LATER)
    badr.comes()
    carla.comes()
    desk.settles(badr=6, carla=2, rest=1)
    can(boss, carla, 4, "ar", "en")
    desk.settles(badr=6, carla=3)

    # Somebody no longer works here: everything finds somebody else.
    amal.comes()
    can(boss, amal, 9)
    done = tawasul(
        desk.data,
        "user",
        "deactivate",
        "badr@passports.example",
        TESTING="1",
        CLOCK_OFFSET=str(desk.offset.total_seconds()),
    )
    assert done.returncode == 0, done.stderr
    wait_until(lambda: desk.carries()[""] == 0, seconds=30)
    desk.is_sound()
    assert desk.carries()["badr"] == 0
    assert sum(desk.carries().values()) == 9
    reasons = desk.rows(
        "SELECT DISTINCT data->'reasons'->0->>'code' FROM events WHERE kind = 'assigned' AND data->>'to' IS NULL"
    )
    assert {code for (code,) in reasons} == {"declined_other", "away_gave_back", "left_gave_back"}
