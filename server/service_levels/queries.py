"""Read calendars, policies and clocks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.db import sql
from sla import Calendar
from sla.clock import Clock, Kind, Target, Transition
from sla.record import clock_of, transition_of
from sla.stored import calendar_of

ACTIVE = "('new', 'open', 'pending', 'on_hold')"

_calendars: dict[int, Calendar] = {}
"""Calendars by row; rows never change, so what was read once stays right."""
_steps: dict[int, "tuple[Step, ...]"] = {}
"""The steps of policies by row, for the same reason."""


@dataclass(frozen=True, slots=True)
class Step:
    """Who is told when so many per cent of a promise's open time are used; beyond 100 it is late.

    ``to`` is ``agent``, ``supervisors`` or ``user``; then ``user_id`` names one.
    """

    percent: int
    to: str
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A set of promises, for the tickets that its conditions fit; ``None`` fits everything."""

    id: int
    name: str
    calendar: str
    calendar_id: int
    position: int
    priority: str | None
    channel: str | None
    topic_id: int | None
    allowed_minutes: Mapping[str, float]
    pauses_in: frozenset[str]
    steps: tuple[Step, ...] = ()

    def fits(self, ticket: "TicketTerms") -> bool:
        if ticket.asked is not None:
            return self.name == ticket.asked
        return (
            self.priority in {None, ticket.priority}
            and self.channel in {None, ticket.channel}
            and (self.topic_id is None or self.topic_id in ticket.topics)
        )


@dataclass(frozen=True, slots=True)
class TicketTerms:
    """What decides which policy a ticket is under; ``topics`` is its topic and that topic's ancestors.

    ``asked`` is the policy in force that a rule named for it; then conditions decide nothing.
    """

    id: int
    priority: str
    channel: str
    topics: frozenset[int]
    asked: str | None = None


async def policies() -> tuple[Policy, ...]:
    """Return the policies in force, in their order, each with its calendar of today."""
    found = await sql.rows(
        """
        SELECT p.id, p.name, p.calendar, c.id AS calendar_id, p.position, p.priority, p.channel,
               p.topic_id, p.allowed_minutes, p.pauses_in, p.steps
        FROM policies p JOIN calendars c ON c.name = p.calendar AND c.superseded_at IS NULL
        WHERE p.superseded_at IS NULL ORDER BY p.position, p.id LIMIT 1000
        """
    )
    return tuple(
        Policy(
            **{
                **row,
                "allowed_minutes": sql.load(row["allowed_minutes"]),
                "pauses_in": frozenset(row["pauses_in"]),
                "steps": _read_steps(row["steps"]),
            }
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
            SELECT id FROM line) AS topics, asked.name AS asked
        FROM tickets t LEFT JOIN policies named ON named.id = t.asked_policy_id
        LEFT JOIN policies asked ON asked.name = named.name AND asked.superseded_at IS NULL
        WHERE t.id = ANY($1::bigint[])
        """,
        list(ticket_ids),
    )
    return {
        row["id"]: TicketTerms(
            row["id"], row["priority"], row["channel"], frozenset(row["topics"]), row["asked"]
        )
        for row in found
    }


async def targets(
    ticket_terms: Iterable[TicketTerms], *, every: Sequence[Policy] | None = None
) -> dict[int, dict[Kind, Target]]:
    """Return what each ticket is promised by the first policy that fits it; of those in force, or ``every``."""
    every = await policies() if every is None else every
    await know_calendars([policy.calendar_id for policy in every])
    made = {policy.id: targets_of(policy) for policy in every}
    return {
        ticket.id: next((made[policy.id] for policy in every if policy.fits(ticket)), {})
        for ticket in ticket_terms
    }


def targets_of(policy: Policy, calendar: Calendar | None = None) -> dict[Kind, Target]:
    """Return the targets of a policy, by its own calendar or another one."""
    calendar = _calendars[policy.calendar_id] if calendar is None else calendar
    return {
        Kind(kind): Target(
            kind=Kind(kind),
            allowed=timedelta(minutes=minutes),
            calendar=calendar,
            calendar_version=policy.calendar_id,
            policy_version=policy.id,
            pauses_in=policy.pauses_in,
        )
        for kind, minutes in policy.allowed_minutes.items()
    }


async def clocks(ticket_ids: Sequence[int]) -> dict[int, tuple[Clock, ...]]:
    """Return all clocks of each ticket, oldest first."""
    return (await standing(ticket_ids))[0]


async def standing(
    ticket_ids: Sequence[int],
) -> tuple[dict[int, tuple[Clock, ...]], dict[tuple[int, str, int], int]]:
    """Return all clocks of each ticket, oldest first, and how far each has been warned about, in per cent."""
    found = await sql.rows(
        """
        SELECT ticket_id, target, turn, warned, data FROM clocks
        WHERE ticket_id = ANY($1::bigint[]) ORDER BY id
        """,
        list(ticket_ids),
    )
    read = [(row["ticket_id"], sql.load(row["data"])) for row in found]
    await know_calendars([data["calendar"] for _, data in read])
    made: dict[int, tuple[Clock, ...]] = {}
    for ticket_id, data in read:
        made[ticket_id] = (*made.get(ticket_id, ()), calendar_clock(data))
    warned = {(row["ticket_id"], row["target"], row["turn"]): row["warned"] for row in found}
    return made, warned


def calendar_clock(data: Mapping[str, Any]) -> Clock:
    """Read a clock whose calendar is known."""
    return clock_of(data, _calendars.__getitem__)


async def of_ticket(ticket_id: int) -> tuple[Clock, ...]:
    """Return a ticket's clocks, oldest first."""
    return (await clocks([ticket_id])).get(ticket_id, ())


async def transitions(ticket_id: int) -> dict[tuple[str, int], tuple[Transition, ...]]:
    """Return the steps that each clock of a ticket has taken, in the order in which they were recorded."""
    return (await transitions_of([ticket_id])).get(ticket_id, {})


async def transitions_of(
    ticket_ids: Sequence[int],
) -> dict[int, dict[tuple[str, int], tuple[Transition, ...]]]:
    """Return the same for many tickets, and get to know every calendar they name."""
    found = await sql.rows(
        """
        SELECT ticket_id, data FROM events
        WHERE ticket_id = ANY($1::bigint[]) AND kind LIKE 'clock\\_%' AND data ? 'step'
        ORDER BY ticket_id, seq
        """,
        list(ticket_ids),
    )
    made: dict[int, dict[tuple[str, int], tuple[Transition, ...]]] = {}
    calendars = set()
    for row in found:
        one = transition_of(sql.load(row["data"]))
        calendars.add(one.calendar_version)
        of_one = made.setdefault(row["ticket_id"], {})
        key = (str(one.kind), one.turn)
        of_one[key] = (*of_one.get(key, ()), one)
    await know_calendars(version for version in calendars if version is not None)
    return made


def transition(text: str) -> Transition:
    """Read a transition from the data of its event."""
    return transition_of(sql.load(text))


async def know_calendars(calendar_ids: Iterable[int]) -> None:
    """Read the calendars that this process has not read yet."""
    if missing := set(calendar_ids) - _calendars.keys():
        for row in await sql.rows(
            "SELECT id, zone, weekly, exceptions FROM calendars WHERE id = ANY($1::bigint[])",
            sorted(missing),
        ):
            _calendars[row["id"]] = calendar_of(
                row["zone"], sql.load(row["weekly"]), sql.load(row["exceptions"])
            )


def known_calendar(calendar_id: int) -> Calendar:
    """Return a calendar that this process has read."""
    return _calendars[calendar_id]


async def steps(policy_ids: Iterable[int]) -> Mapping[int, tuple[Step, ...]]:
    """Return the steps of policies, of superseded ones too."""
    if missing := set(policy_ids) - _steps.keys():
        for row in await sql.rows(
            "SELECT id, steps FROM policies WHERE id = ANY($1::bigint[])", sorted(missing)
        ):
            _steps[row["id"]] = _read_steps(row["steps"])
    return _steps


def _read_steps(text: str) -> tuple[Step, ...]:
    return tuple(
        Step(one["percent"], one["to"], one.get("user"))
        for one in sorted(sql.load(text), key=lambda one: one["percent"])
    )


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


async def lock_warned(*, now: datetime, limit: int = 200) -> tuple[int, ...]:
    """Lock the tickets of which somebody must be told; the longest waiting first, passing over others' hands."""
    found = await sql.rows(
        """
        SELECT t.id FROM clocks c JOIN tickets t ON t.id = c.ticket_id
        WHERE c.warn_at <= $1 ORDER BY c.warn_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED
        """,
        now,
        limit,
    )
    return tuple(sorted({row["id"] for row in found}))
