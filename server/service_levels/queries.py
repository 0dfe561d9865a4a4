"""Read calendars, policies and clocks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from server.db import sql
from sla import Calendar
from sla.clock import Clock, Kind, Target
from sla.record import clock_of

_calendars: dict[int, Calendar] = {}
"""Calendars by row; rows never change, so what was read once stays right."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A set of promises, for the tickets that its conditions fit; ``None`` fits everything."""

    id: int
    name: str
    calendar_id: int
    priority: str | None
    channel: str | None
    topic_id: int | None
    allowed_minutes: Mapping[str, float]
    pauses_in: frozenset[str]

    def fits(self, ticket: "TicketTerms") -> bool:
        return (
            self.priority in {None, ticket.priority}
            and self.channel in {None, ticket.channel}
            and (self.topic_id is None or self.topic_id in ticket.topics)
        )


@dataclass(frozen=True, slots=True)
class TicketTerms:
    """What decides which policy a ticket is under; ``topics`` is its topic and that topic's ancestors."""

    id: int
    priority: str
    channel: str
    topics: frozenset[int]


async def policies() -> tuple[Policy, ...]:
    """Return the policies in force, in their order, each with its calendar of today."""
    found = await sql.rows(
        """
        SELECT p.id, p.name, c.id AS calendar_id, p.priority, p.channel, p.topic_id,
               p.allowed_minutes, p.pauses_in
        FROM policies p JOIN calendars c ON c.name = p.calendar AND c.superseded_at IS NULL
        WHERE p.superseded_at IS NULL ORDER BY p.position, p.id LIMIT 1000
        """
    )
    return tuple(
        Policy(
            id=row["id"],
            name=row["name"],
            calendar_id=row["calendar_id"],
            priority=row["priority"],
            channel=row["channel"],
            topic_id=row["topic_id"],
            allowed_minutes=sql.load(row["allowed_minutes"]),
            pauses_in=frozenset(row["pauses_in"]),
        )
        for row in found
    )


async def terms(ticket_ids: Sequence[int]) -> dict[int, TicketTerms]:
    """Return what policies ask of these tickets."""
    found = await sql.rows(
        """
        SELECT t.id, t.priority, t.channel, ARRAY(
            WITH RECURSIVE line AS (
                SELECT id, parent_id, 1 AS depth FROM topics WHERE id = t.topic_id
                UNION ALL SELECT p.id, p.parent_id, l.depth + 1 FROM topics p
                JOIN line l ON p.id = l.parent_id AND l.depth < 20)
            SELECT id FROM line) AS topics
        FROM tickets t WHERE t.id = ANY($1::bigint[])
        """,
        list(ticket_ids),
    )
    return {
        row["id"]: TicketTerms(row["id"], row["priority"], row["channel"], frozenset(row["topics"]))
        for row in found
    }


async def targets(ticket_terms: Iterable[TicketTerms]) -> dict[int, dict[Kind, Target]]:
    """Return what each ticket is promised by the first policy that fits it."""
    every = await policies()
    await know_calendars([policy.calendar_id for policy in every])
    made = {policy.id: _targets(policy) for policy in every}
    return {
        ticket.id: next((made[policy.id] for policy in every if policy.fits(ticket)), {})
        for ticket in ticket_terms
    }


def _targets(policy: Policy) -> dict[Kind, Target]:
    return {
        Kind(kind): Target(
            kind=Kind(kind),
            allowed=timedelta(minutes=minutes),
            calendar=_calendars[policy.calendar_id],
            calendar_version=policy.calendar_id,
            policy_version=policy.id,
            pauses_in=policy.pauses_in,
        )
        for kind, minutes in policy.allowed_minutes.items()
    }


async def clocks(ticket_ids: Sequence[int]) -> dict[int, tuple[Clock, ...]]:
    """Return all clocks of each ticket, oldest first."""
    found = await sql.rows(
        "SELECT ticket_id, data FROM clocks WHERE ticket_id = ANY($1::bigint[]) ORDER BY id",
        list(ticket_ids),
    )
    read = [(row["ticket_id"], sql.load(row["data"])) for row in found]
    await know_calendars([data["calendar"] for _, data in read])
    made: dict[int, tuple[Clock, ...]] = {}
    for ticket_id, data in read:
        made[ticket_id] = (*made.get(ticket_id, ()), clock_of(data, _calendars.__getitem__))
    return made


async def of_ticket(ticket_id: int) -> tuple[Clock, ...]:
    """Return a ticket's clocks, oldest first."""
    return (await clocks([ticket_id])).get(ticket_id, ())


async def know_calendars(calendar_ids: Iterable[int]) -> None:
    """Read the calendars that this process has not read yet."""
    if missing := set(calendar_ids) - _calendars.keys():
        for row in await sql.rows(
            "SELECT id, zone, weekly, exceptions FROM calendars WHERE id = ANY($1::bigint[])",
            sorted(missing),
        ):
            _calendars[row["id"]] = calendar(
                row["zone"], sql.load(row["weekly"]), sql.load(row["exceptions"])
            )


def calendar(zone: str, weekly: Mapping[str, Any], exceptions: Mapping[str, Any]) -> Calendar:
    """Build a calendar from its stored form: weekdays ``"0"`` (Monday) to ``"6"``, dates, ``HH:MM`` windows."""
    return Calendar(
        zone,
        {int(day): [_window(window) for window in windows] for day, windows in weekly.items()},
        {
            date.fromisoformat(day): [_window(window) for window in windows]
            for day, windows in exceptions.items()
        },
    )


def _window(window: Sequence[str]) -> tuple[time, time]:
    start, end = window
    return time.fromisoformat(start), time(0) if end == "24:00" else time.fromisoformat(end)


async def lock_due(*, now: datetime, limit: int = 200) -> tuple[int, ...]:
    """Lock the tickets whose clocks have fallen due, the longest due first; pass over those in other hands."""
    found = await sql.rows(
        """
        SELECT t.id FROM clocks c JOIN tickets t ON t.id = c.ticket_id
        WHERE c.state = 'running' AND c.due_at < $1 ORDER BY c.due_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED
        """,
        now,
        limit,
    )
    return tuple(sorted({row["id"] for row in found}))
