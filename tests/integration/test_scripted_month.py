"""A month at the desk by its own actions ends with clocks equal to what somebody at the door would reckon.

Ramadan hours, a feast moved after sighting, a night without an hour, reopenings, pauses, a transfer, an answer
taken back, tickets merged, parted again and split, and policies edited with and without the open tickets. What
each clock should have counted is written down here by hand, in stretches, and walked minute by minute; nothing of
the reckoning is the desk's.
"""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.channel_accounts import actions as accounts
from server.db import sql
from server.delivery import actions as delivery
from server.intake import actions as intake
from server.intake.actions import Delivery
from server.kit import clock
from server.kit.settings import Settings
from server.people.queries import Viewer, viewer_of
from server.service_levels import actions as service_levels
from server.tickets import actions as tickets
from tests.support import factories as make
from tests.support.mails import mail
from tests.unit.sla.wallclock import WallClock, Windows

pytestmark = pytest.mark.anyio

ZONE = "Asia/Beirut"  # the clocks go forward on 29 March 2026, at midnight
MINUTE = timedelta(minutes=1)
END = "04-06 12:00"
WEEK: dict[int, Windows] = dict.fromkeys(range(5), ((time(8), time(15, 30)),))
NIGHTS: dict[int, Windows] = {5: ((time(22), time(2)),), 6: ((time(22), time(2)),)}
ALWAYS: dict[int, Windows] = dict.fromkeys(range(7), ((time(0), time(0)),))
FASTING: Windows = ((time(9), time(14)),)


def span(first: date, last: date, windows: Windows) -> dict[date, Windows]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {day: windows for day in days if day.weekday() < 5}


RAMADAN = span(date(2026, 2, 18), date(2026, 3, 18), FASTING)
PLANNED = RAMADAN | span(date(2026, 3, 19), date(2026, 3, 21), ())
SIGHTED = RAMADAN | span(date(2026, 3, 20), date(2026, 3, 23), ()) | {date(2026, 3, 19): FASTING}
OFFICE = WallClock(ZONE, WEEK, SIGHTED, MINUTE)
BY_PLAN = WallClock(ZONE, WEEK, PLANNED, MINUTE)
NIGHT = WallClock(ZONE, NIGHTS, {}, MINUTE)
ROUND = WallClock("Europe/London", ALWAYS, {}, MINUTE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


@dataclass(frozen=True)
class Expected:
    """One clock: so many hours, counted at these doors from these moments until the next is written."""

    ticket: str
    target: str
    hours: float
    counted: tuple[tuple[WallClock | None, str], ...]
    ended: str = ""
    unanswered: bool = False
    turn: int = 1

    def due(self) -> datetime:
        """Walk through the month, a minute at a time; a door that is ``None`` is a pause."""
        left = timedelta(hours=self.hours)
        now = at(self.counted[0][1])
        while left > timedelta(0):
            begun = [door for door, since in self.counted if at(since) <= now]
            if begun[-1] is not None and begun[-1].is_open(now):
                left -= MINUTE
            now += MINUTE
        return now

    def late(self, due: datetime) -> bool:
        return due < at(self.ended or END)

    def state(self, due: datetime) -> str:
        if self.unanswered:
            return "cancelled"
        if self.ended:
            return "met_late" if self.late(due) else "met"
        return "breached" if self.late(due) else "running"


EXPECTED = (
    # Answered and resolved in Ramadan hours, before anything moved.
    Expected("plain", "first_response", 4, ((BY_PLAN, "03-16 11:00"),), "03-17 09:31"),
    Expected("plain", "resolution", 60, ((BY_PLAN, "03-16 11:00"),), "03-17 12:00"),
    # Two hours were left when the feast moved: on the day that became a working day, not after it.
    Expected("feast", "first_response", 4, ((OFFICE, "03-18 12:00"),), "03-19 10:31"),
    Expected("feast", "resolution", 50, ((OFFICE, "03-18 12:00"),), "03-31 10:00"),
    # Kept its sixty hours when the policy was edited for new tickets, and lost ten when all followed.
    Expected("edited", "first_response", 4, ((OFFICE, "03-24 07:30"),), "03-24 09:01"),
    Expected("edited", "next_response", 6, ((OFFICE, "03-25 09:00"),), "03-26 12:01"),
    Expected("edited", "resolution", 50, ((OFFICE, "03-24 07:30"),)),
    # Came after the first edit: two hours, and resolved before the second.
    Expected("after", "first_response", 2, ((OFFICE, "03-24 09:00"),), "03-24 11:31"),
    Expected("after", "resolution", 40, ((OFFICE, "03-24 09:00"),), "03-25 15:00"),
    # Resolved, and opened again by its contact on a Saturday night: the same clock goes on.
    Expected("again", "first_response", 2, ((OFFICE, "03-24 09:00"),), "03-24 10:01"),
    Expected("again", "next_response", 6, ((OFFICE, "03-28 23:00"),), "03-30 13:01"),
    Expected(
        "again",
        "resolution",
        40,
        ((OFFICE, "03-24 09:00"), (None, "03-25 09:00"), (OFFICE, "03-28 23:00")),
        "04-01 09:00",
    ),
    # Stood still while its contact, then another office had to act; followed the edit while it stood.
    Expected("paused", "first_response", 2, ((OFFICE, "03-24 08:30"),), "03-24 09:01"),
    Expected(
        "paused",
        "resolution",
        50,
        ((OFFICE, "03-24 08:30"), (None, "03-24 12:00"), (OFFICE, "03-27 09:00")),
        "04-02 15:00",
    ),
    # Became urgent: what was counted by office hours stays, then every hour counts, over the change of clocks.
    # Resolved without an answer: the broken promise stays on record, and nobody waits for it any more.
    Expected(
        "urgent",
        "first_response",
        2,
        ((OFFICE, "03-27 15:00"), (ROUND, "03-28 10:00")),
        "03-30 09:00",
        unanswered=True,
    ),
    Expected(
        "urgent", "resolution", 30, ((OFFICE, "03-27 15:00"), (ROUND, "03-28 10:00")), "03-30 09:00"
    ),
    # Handed over to another team: nothing begins anew.
    Expected("moved", "first_response", 2, ((OFFICE, "03-25 10:00"),), "03-25 11:31"),
    Expected("moved", "resolution", 50, ((OFFICE, "03-25 10:00"),)),
    # Its answer was taken back within the seconds in which that is possible, so it was never given.
    Expected("undone", "first_response", 3, ((OFFICE, "03-30 09:00"),), "03-30 13:01"),
    Expected("undone", "resolution", 50, ((OFFICE, "03-30 09:00"),)),
    # The night desk, in the night in which an hour is missing.
    Expected("night", "first_response", 2, ((NIGHT, "03-28 22:30"),)),
    Expected("night", "resolution", 9, ((NIGHT, "03-28 22:30"),)),
    # One contact wrote twice. Merged, the second ticket counts from the first one's wait, and what is written to
    # the first later waits in the second; of the first nothing was met and nothing was late.
    Expected("elder", "first_response", 2, ((OFFICE, "03-25 08:00"),), "03-25 09:30", True),
    Expected("elder", "resolution", 40, ((OFFICE, "03-25 08:00"),), "03-25 09:30", True),
    Expected("twin", "first_response", 2, ((OFFICE, "03-25 08:00"),), "03-25 09:46"),
    Expected("twin", "next_response", 6, ((OFFICE, "03-25 13:00"),), "03-26 10:01"),
    Expected("twin", "resolution", 50, ((OFFICE, "03-25 08:00"),), "04-01 12:00"),
    # Merged before the feast and parted after it. The wait of "wrong" broke the promise of its host, which stays
    # on record; the host's own wait is promised anew. "wrong" had an hour left, and has it again when it returns.
    Expected("host", "first_response", 4, ((OFFICE, "03-19 10:00"),), "03-24 09:00", True),
    Expected("host", "first_response", 4, ((OFFICE, "03-19 12:00"),), "03-24 09:31", turn=2),
    Expected("host", "resolution", 50, ((OFFICE, "03-19 12:00"),), "03-31 12:00"),
    Expected(
        "wrong",
        "first_response",
        4,
        ((OFFICE, "03-19 10:00"), (None, "03-19 13:00"), (OFFICE, "03-24 09:00")),
        "03-24 11:01",
    ),
    # Its resolution was waited for all along, merged or not.
    Expected("wrong", "resolution", 50, ((OFFICE, "03-19 10:00"),)),
    # The same in the night without an hour: three quarters of an hour were left.
    Expected("bat", "first_response", 2, ((NIGHT, "03-28 22:15"),), "03-29 01:30", True),
    Expected("bat", "first_response", 2, ((NIGHT, "03-28 23:00"),), turn=2),
    Expected("bat", "resolution", 9, ((NIGHT, "03-28 23:00"),)),
    Expected(
        "owl",
        "first_response",
        2,
        ((NIGHT, "03-28 22:15"), (None, "03-28 23:30"), (NIGHT, "03-29 01:30")),
        "03-29 22:11",
    ),
    Expected("owl", "resolution", 9, ((NIGHT, "03-28 22:15"),)),
    # Two matters in one ticket: the first message became a ticket of its own and took its wait along.
    Expected("mixed", "first_response", 3, ((OFFICE, "03-30 10:00"),), "03-30 12:46"),
    Expected("mixed", "resolution", 50, ((OFFICE, "03-30 09:00"),)),
    Expected("apart", "first_response", 3, ((OFFICE, "03-30 09:00"),), "03-30 11:31"),
    Expected("apart", "resolution", 50, ((OFFICE, "03-30 09:00"),)),
    # Merged before the feast moved and parted after it, and resolved before and opened again after: both count by
    # the days that the feast came to have, though they were over when all others were counted again.
    Expected("gone", "first_response", 4, ((OFFICE, "03-18 10:00"),), "03-18 11:31"),
    Expected("gone", "resolution", 50, ((OFFICE, "03-18 10:00"),)),
    Expected("keeper", "first_response", 4, ((OFFICE, "03-18 11:00"),), "03-18 11:31"),
    Expected("keeper", "resolution", 50, ((OFFICE, "03-18 11:00"),)),
    Expected("early", "first_response", 4, ((OFFICE, "03-17 09:00"),), "03-17 10:01"),
    Expected("early", "next_response", 8, ((OFFICE, "03-19 10:00"),), "03-24 09:01"),
    Expected(
        "early",
        "resolution",
        50,
        ((OFFICE, "03-17 09:00"), (None, "03-17 12:00"), (OFFICE, "03-19 10:00")),
    ),
    # Merged and parted within a minute: as if it had never been.
    Expected("brief", "first_response", 3, ((OFFICE, "03-31 09:00"),), "03-31 11:31"),
    Expected("brief", "resolution", 50, ((OFFICE, "03-31 09:00"),)),
    Expected("quick", "first_response", 3, ((OFFICE, "03-31 10:00"),), "03-31 11:31"),
    Expected("quick", "resolution", 50, ((OFFICE, "03-31 10:00"),)),
)


class Month:
    """The desk, and a hand that does what the script says when it says so."""

    def __init__(self, account: int, by: Viewer) -> None:
        self.account, self.by = account, by
        self.ids: dict[str, int] = {}
        self._keys = (f"month-{n}" for n in itertools.count())
        self._steps = 0

    async def do(self, moment: datetime, work: Callable[[datetime], Awaitable[Any]]) -> Any:
        """Do something at its moment; the breach loop comes by only now and then."""
        with clock.standing_at(moment):
            done = await work(moment)
            self._steps += 1
            if self._steps % 3 == 0:
                await self.look(moment)
        return done

    async def look(self, now: datetime) -> None:
        while await service_levels.record_breaches(now=now):
            pass
        while await service_levels.take_steps(now=now):
            pass

    async def writes(self, ticket: str, when: str, *, sender: str = "") -> None:
        async def arrive(now: datetime) -> None:
            earlier = await sql.value(
                """
                SELECT external_id FROM messages WHERE ticket_id = $1
                ORDER BY direction = 'out' DESC, seq DESC LIMIT 1
                """,
                self.ids.get(ticket),
            )
            raw = mail(
                when,
                sender=f"{sender or ticket}@example.org",
                in_reply_to=f"<{earlier}>" if earlier else "",
            )
            await intake.journal(self.account, [Delivery(raw, now)], now=now)
            await intake.drain(self.account)
            self.ids.setdefault(ticket, await sql.value("SELECT max(id) FROM tickets"))

        await self.do(at(when), arrive)

    async def answers(self, ticket: str, when: str, *, undone: bool = False) -> None:
        """Answer; the mail is taken a minute later, or the answer taken back after five seconds."""

        async def write(now: datetime) -> None:
            await tickets.reply(
                self.ids[ticket],
                by=self.by,
                text="وصل طلبكم",
                form_key=next(self._keys),
                seen_seq=None,
                now=now,
            )

        await self.do(at(when), write)
        row = await sql.value(
            "SELECT max(id) FROM deliveries WHERE ticket_id = $1", self.ids[ticket]
        )
        if undone:
            moment = at(when) + timedelta(seconds=5)
            await self.do(moment, lambda now: delivery.undo(row, by=self.by, now=now))
        else:
            await self.do(at(when) + MINUTE, lambda _: delivery.deliver(row))

    async def merges(self, ticket: str, into: str, when: str) -> None:
        await self.change(ticket, when, tickets.merge, into=self.ids[into])

    async def parts(self, ticket: str, when: str) -> None:
        await self.change(ticket, when, tickets.undo_merge)

    async def splits(self, ticket: str, when: str, new: str) -> None:
        """Let the first message of a ticket become a ticket of its own."""
        first = await sql.value(
            "SELECT id FROM messages WHERE ticket_id = $1 ORDER BY seq LIMIT 1", self.ids[ticket]
        )
        self.ids[new] = await self.do(
            at(when),
            lambda now: tickets.split(first, by=self.by, form_key=next(self._keys), now=now),
        )

    async def status(self, ticket: str, when: str, status: str) -> None:
        await self.change(ticket, when, tickets.set_status, status=status)

    async def change(
        self, ticket: str, when: str, verb: Callable[..., Awaitable[object]], **to: Any
    ) -> None:
        await self.do(
            at(when),
            lambda now: verb(
                self.ids[ticket], by=self.by, form_key=next(self._keys), now=now, **to
            ),
        )


async def policy(now: datetime, first: float, following: float, resolution: float) -> None:
    await service_levels.save_policy(
        "standard",
        calendar="office",
        allowed_minutes={
            "first_response": first * 60,
            "next_response": following * 60,
            "resolution": resolution * 60,
        },
        pauses_in=("pending", "on_hold"),
        position=9,
        now=now,
    )


async def hours(name: str, door: WallClock, now: datetime) -> None:
    await service_levels.save_calendar(
        name,
        zone=door.zone,
        weekly={str(day): _typed(windows) for day, windows in door.weekly.items()},
        exceptions={day.isoformat(): _typed(windows) for day, windows in door.exceptions.items()},
        now=now,
    )


def _typed(windows: Windows) -> list[list[str]]:
    return [
        [f"{start:%H:%M}", f"{end:%H:%M}" if end != time(0) else "24:00"] for start, end in windows
    ]


async def follow(now: datetime, *, calendar: str | None = None, policy: str | None = None) -> None:
    await service_levels.order_following(calendar=calendar, policy=policy, by=None, now=now)
    while await service_levels.follow_terms(now=now):
        pass


async def begin() -> Month:
    """The office as it stands before the month."""
    now = at("03-01 08:00")
    with clock.standing_at(now):
        await hours("office", BY_PLAN, now)
        await hours("nights", NIGHT, now)
        await hours("always", ROUND, now)
        await policy(now, 4, 8, 60)
        topic = await make.topic()
        for name, calendar, condition, allowed, position in (
            ("urgent", "always", {"priority": "urgent"}, (2, 30), 1),
            ("night desk", "nights", {"topic_id": topic}, (2, 9), 2),
        ):
            await service_levels.save_policy(
                name,
                calendar=calendar,
                allowed_minutes={
                    "first_response": allowed[0] * 60,
                    "resolution": allowed[1] * 60,
                },
                position=position,
                now=now,
                **condition,
            )
        account = await accounts.add(
            "email",
            name="help",
            values={"address": "help@passports.example", "outgoing": "keep"},
            now=now,
        )
        found = await viewer_of(await make.user(administrator=True))
        assert found is not None
        return Month(account, found)


async def until_the_edit(month: Month) -> None:
    """Ramadan, the feast, and the days in which the policy changes for new tickets only."""
    await month.writes("plain", "03-16 11:00")
    await month.writes("early", "03-17 09:00")
    await month.answers("plain", "03-17 09:30")
    await month.answers("early", "03-17 10:00")
    await month.status("plain", "03-17 12:00", "resolved")
    await month.status("early", "03-17 12:00", "resolved")
    await month.writes("gone", "03-18 10:00")
    await month.writes("keeper", "03-18 11:00")
    await month.answers("gone", "03-18 11:30")
    await month.answers("keeper", "03-18 11:30")
    await month.writes("feast", "03-18 12:00")
    await month.merges("gone", "keeper", "03-18 12:00")

    async def sighted(now: datetime) -> None:
        await hours("office", OFFICE, now)
        await follow(now, calendar="office")

    await month.do(at("03-18 20:00"), sighted)
    await month.writes("wrong", "03-19 10:00")
    await month.writes("early", "03-19 10:00")
    await month.answers("feast", "03-19 10:30")
    await month.writes("host", "03-19 12:00")
    await month.merges("wrong", "host", "03-19 13:00")
    await month.writes("edited", "03-24 07:30")
    await month.do(at("03-24 08:00"), lambda now: policy(now, 2, 8, 40))
    await month.writes("paused", "03-24 08:30")
    await month.answers("edited", "03-24 09:00")
    await month.answers("paused", "03-24 09:00")
    await month.answers("early", "03-24 09:00")
    await month.parts("wrong", "03-24 09:00")
    await month.parts("gone", "03-24 09:00")
    await month.writes("after", "03-24 09:00")
    await month.writes("again", "03-24 09:00")
    await month.answers("host", "03-24 09:30")
    await month.answers("again", "03-24 10:00")
    await month.answers("wrong", "03-24 11:00")
    await month.answers("after", "03-24 11:30")
    await month.status("paused", "03-24 12:00", "pending")
    await month.writes("elder", "03-25 08:00")
    await month.writes("edited", "03-25 09:00")
    await month.writes("twin", "03-25 09:00", sender="elder")
    await month.status("again", "03-25 09:00", "resolved")
    await month.merges("elder", "twin", "03-25 09:30")
    await month.answers("twin", "03-25 09:45")
    await month.writes("moved", "03-25 10:00")
    other = await make.team()
    # Who now may see the other team, too.
    month.by = await viewer_of(month.by.id) or month.by
    await month.change("moved", "03-25 10:30", tickets.set_team, team_id=other)
    await month.answers("moved", "03-25 11:30")
    await month.writes("elder", "03-25 13:00")
    await month.status("after", "03-25 15:00", "resolved")


async def from_the_edit(month: Month) -> None:
    """All follow the policy; then the night without an hour."""
    topic = await sql.value("SELECT max(id) FROM topics")

    async def edit_for_all(now: datetime) -> None:
        await policy(now, 3, 6, 50)
        await follow(now, policy="standard")

    await month.do(at("03-26 09:00"), edit_for_all)
    await month.answers("twin", "03-26 10:00")
    await month.status("paused", "03-26 10:00", "on_hold")
    await month.answers("edited", "03-26 12:00")
    await month.status("paused", "03-27 09:00", "open")
    await month.writes("urgent", "03-27 15:00")
    await month.change("urgent", "03-28 10:00", tickets.set_priority, priority="urgent")
    await month.writes("owl", "03-28 22:15")
    await month.change("owl", "03-28 22:15", tickets.set_topic, topic_id=topic)
    await month.writes("night", "03-28 22:30")
    await month.change("night", "03-28 22:30", tickets.set_topic, topic_id=topic)
    await month.writes("again", "03-28 23:00")
    await month.writes("bat", "03-28 23:00")
    await month.change("bat", "03-28 23:00", tickets.set_topic, topic_id=topic)
    await month.merges("owl", "bat", "03-28 23:30")
    await month.parts("owl", "03-29 01:30")
    await month.answers("owl", "03-29 22:10")
    await month.status("urgent", "03-30 09:00", "resolved")
    await month.writes("undone", "03-30 09:00")
    await month.writes("mixed", "03-30 09:00")
    await month.writes("mixed", "03-30 10:00")
    await month.answers("undone", "03-30 10:00", undone=True)
    await month.splits("mixed", "03-30 11:00", "apart")
    await month.answers("apart", "03-30 11:30")
    await month.answers("mixed", "03-30 12:45")
    await month.answers("again", "03-30 13:00")
    await month.answers("undone", "03-30 13:00")
    await month.writes("brief", "03-31 09:00")
    await month.writes("quick", "03-31 10:00")
    await month.status("feast", "03-31 10:00", "resolved")
    await month.merges("brief", "quick", "03-31 11:00")
    await month.parts("brief", "03-31 11:00")
    await month.answers("brief", "03-31 11:30")
    await month.answers("quick", "03-31 11:30")
    await month.status("host", "03-31 12:00", "resolved")
    await month.status("again", "04-01 09:00", "resolved")
    await month.status("twin", "04-01 12:00", "resolved")
    await month.status("paused", "04-02 15:00", "resolved")
    await month.look(at(END))


async def test_a_month_ends_with_clocks_as_somebody_at_the_door_would_reckon(db: Settings) -> None:
    month = await begin()
    await until_the_edit(month)
    await from_the_edit(month)
    names = {ticket_id: name for name, ticket_id in month.ids.items()}
    stored = {
        (names[row["ticket_id"]], row["target"], row["turn"]): (row["due_at"], row["state"])
        for row in await sql.rows("SELECT ticket_id, target, turn, due_at, state FROM clocks")
    }
    due = {one: one.due() for one in EXPECTED}
    reckoned = {(one.ticket, one.target, one.turn): (at, one.state(at)) for one, at in due.items()}
    assert stored == reckoned
    breached = [
        (names[row["ticket_id"]], row["target"], row["turn"], datetime.fromisoformat(row["at"]))
        for row in await sql.rows(
            """
            SELECT ticket_id, data->>'clock' AS target, (data->>'turn')::int AS turn, data->>'at' AS at
            FROM events WHERE kind = 'clock_breached'
            """
        )
    ]
    late = [(one.ticket, one.target, one.turn, at) for one, at in due.items() if one.late(at)]
    assert sorted(breached) == sorted(late)
    assert await service_levels.check_clocks() == ()
