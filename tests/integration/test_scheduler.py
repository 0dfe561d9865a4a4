"""Nothing due is missed or doubled: with two schedulers, killed at random, away for a day, or set back an hour."""

import asyncio
import random
import subprocess
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from server import wiring
from server.db import engine
from server.intake import actions as intake
from server.intake.actions import Delivery
from server.kit import clock, jobs, secrets
from server.kit.settings import settings
from server.people import actions as people
from server.service_levels import actions as service_levels
from server.service_levels.queries import Step
from tests.support.mails import mail
from tests.support.office import office
from tests.support.processes import wait_until
from tests.support.up import TAWASUL, environment

SECRET = "a secret for tests, of forty characters!"
STEPS = (Step(50, "supervisors"), Step(100, "supervisors"))
PROMISED = timedelta(hours=30)
MANY = 240
KILLS = 14


class Office:
    """A database with an office in it, and the schedulers that watch over its promises."""

    def __init__(self, url: str, data: Path) -> None:
        self.url = url
        self._data = data
        self._listeners: list[subprocess.Popen[bytes]] = []

    def do(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do something as the desk itself would."""

        async def inside() -> Any:
            await engine.open_pool(self.url, kind="jobs", size=4)
            try:
                return await work()
            finally:
                await engine.close_pool()

        return asyncio.run(inside())

    def ask(self, query: str) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def value(self, query: str) -> Any:
        return self.ask(query)[0][0]

    def listen(self, *, offset: float = 0) -> subprocess.Popen[bytes]:
        """Start a scheduler whose clock is so many seconds ahead."""
        with (self._data / "said").open("ab") as said:
            process = subprocess.Popen(
                [*TAWASUL, "listen"],
                env=environment(
                    self._data,
                    DATABASE_URL=self.url,
                    SECRET_KEY=SECRET,
                    TESTING="1",
                    CLOCK_OFFSET=str(offset),
                ),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        self._listeners.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        self._listeners.remove(process)

    def close(self) -> None:
        for process in tuple(self._listeners):
            self.kill(process)

    def alarms(self) -> list[tuple[str, dict[str, Any]]]:
        """What was said of the schedulers themselves."""
        return self.ask(
            "SELECT kind, data FROM alarms WHERE kind IN ('scheduler_down', 'clock_back') ORDER BY id"
        )

    def breached(self) -> int:
        return int(self.value("SELECT count(*) FROM clocks WHERE state = 'breached'"))

    def all_told(self, *, offset: float = 0) -> bool:
        """Say whether every step has been taken that is due by a clock so many seconds ahead."""
        return bool(
            self.value(
                f"SELECT count(*) = 0 FROM clocks WHERE warn_at <= now() + interval '{offset} s'"
            )
        )


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("TAWASUL_DATABASE_URL", database_url)
    monkeypatch.setenv("TAWASUL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TAWASUL_SECRET_KEY", SECRET)
    monkeypatch.setenv("TAWASUL_TESTING", "1")
    cached = (settings, secrets.keys, secrets._box, jobs.broker)
    for function in cached:
        function.cache_clear()
    wiring.connect()
    made = Office(database_url, tmp_path)
    yield made
    made.close()
    for function in cached:
        function.cache_clear()


async def _open_with(due: list[datetime]) -> None:
    """An office that promises a first answer within thirty hours, with a mail for each due time."""
    mailbox = await office(
        ("amal",),
        ("huda",),
        promised={"first_response": PROMISED / timedelta(minutes=1)},
        steps=STEPS,
    )
    await people.add_user(
        email="root@passports.example",
        name="root",
        role="administrator",
        team=None,
        password=None,
        now=clock.now(),
    )
    arrived = [
        Delivery(mail(f"n {n}", sender=f"p{n}@example.org"), at - PROMISED)
        for n, at in enumerate(due)
    ]
    await intake.journal(mailbox, arrived, now=clock.now())
    await intake.drain(mailbox)


def true_times(desk: Office) -> dict[int, datetime]:
    """When each ticket's promise falls due, by when its first message was taken over by its source."""
    return {
        ticket: said_at + PROMISED
        for ticket, said_at in desk.ask("SELECT ticket_id, min(said_at) FROM messages GROUP BY 1")
    }


def check_record(desk: Office, *, breached: int) -> None:
    """Every breach and step stands once, with its true time, and was told once."""
    due = true_times(desk)
    found = desk.ask(
        """
        SELECT ticket_id, kind, data FROM events
        WHERE kind IN ('clock_breached', 'clock_warned', 'clock_escalated') ORDER BY id
        """
    )
    counts = Counter((ticket, kind) for ticket, kind, _ in found)
    assert set(counts.values()) == {1}
    assert Counter(kind for _, kind in counts) == {
        "clock_breached": breached,
        "clock_warned": len(due),
        "clock_escalated": breached,
    }
    for ticket, kind, data in found:
        half = PROMISED / 2 if kind == "clock_warned" else timedelta()
        assert datetime.fromisoformat(data["at"]) == due[ticket] - half
        assert datetime.fromisoformat(data["due_at"]) == due[ticket]
    told = dict(
        desk.ask(
            """
            SELECT u.name, count(*) FROM notice_items i JOIN notices n ON n.id = i.notice_id
            JOIN users u ON u.id = n.user_id GROUP BY 1
            """
        )
    )
    assert told == {"huda": len(due) + breached}


def test_two_schedulers_killed_at_random_miss_nothing_and_double_nothing(desk: Office) -> None:
    chance = random.Random(7)
    start = clock.now()
    due = [start + timedelta(seconds=6 + 14 * n / MANY) for n in range(MANY)]
    desk.do(lambda: _open_with(due))
    both = [desk.listen(), desk.listen()]
    wait_until(lambda: desk.value("SELECT count(*) FROM heartbeats"), seconds=30)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.2, 1.6))
        which = chance.randrange(2)
        desk.kill(both[which])
        both[which] = desk.listen()
    wait_until(lambda: desk.breached() == MANY and desk.all_told(), seconds=60)
    check_record(desk, breached=MANY)


def test_a_day_without_a_scheduler_is_recorded_with_its_true_times_and_said_once(
    desk: Office,
) -> None:
    start = clock.now()
    due = [start + timedelta(minutes=20 * n + 5) for n in range(60)]
    desk.do(lambda: _open_with(due))
    first = desk.listen()
    wait_until(lambda: desk.value("SELECT count(*) FROM heartbeats"), seconds=30)
    desk.kill(first)
    assert desk.breached() == 0
    desk.listen(offset=86_400)
    desk.listen(offset=86_400)
    wait_until(lambda: desk.breached() == len(due) and desk.all_told(offset=86_400), seconds=60)
    wait_until(desk.alarms, seconds=30)
    check_record(desk, breached=len(due))
    ((kind, data),) = desk.alarms()
    assert kind == "scheduler_down"
    assert data["breaches"] == len(due)
    assert datetime.fromisoformat(data["until_at"]) - datetime.fromisoformat(
        data["from_at"]
    ) > timedelta(hours=23)
    # The administrator hears of the day, not of each promise; the supervisor of all of them at once.
    told = desk.ask(
        """
        SELECT name, promises, alarms FROM notices n JOIN users u ON u.id = n.user_id
        CROSS JOIN LATERAL (SELECT count(*) AS promises FROM notice_items WHERE notice_id = n.id) AS i
        CROSS JOIN LATERAL (SELECT count(*) AS alarms FROM notice_alarms t JOIN alarms a ON a.id = t.alarm_id
            WHERE t.notice_id = n.id AND a.kind = 'scheduler_down') AS a
        WHERE promises + alarms > 0 ORDER BY 1
        """
    )
    assert told == [("huda", 2 * len(due), 0), ("root", 0, 1)]


def test_a_clock_set_back_an_hour_doubles_nothing_and_takes_nothing_back(desk: Office) -> None:
    start = clock.now()
    due = [start + timedelta(minutes=n) for n in (10, 20, 30, 70, 80)]
    desk.do(lambda: _open_with(due))
    ahead = desk.listen(offset=3600)
    wait_until(lambda: desk.breached() == 3 and desk.all_told(offset=3600), seconds=60)
    desk.kill(ahead)
    back = desk.listen()
    wait_until(lambda: [kind for kind, _ in desk.alarms()] == ["clock_back"], seconds=60)
    beaten = desk.value("SELECT max(at) FROM heartbeats")
    wait_until(lambda: desk.value("SELECT max(at) FROM heartbeats") > beaten, seconds=30)
    assert desk.breached() == 3
    desk.kill(back)
    ahead = desk.listen(offset=5400)
    wait_until(lambda: desk.breached() == 5 and desk.all_told(offset=5400), seconds=60)
    check_record(desk, breached=5)
    difference = desk.do(service_levels.check_clocks)
    assert difference == ()
