"""Read policies: which hold, which of them a ticket is under, what is promised by it, and what its steps are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from server.db import sql
from server.service_levels.queries.calendars import know_calendars, known_calendar
from sla.clock import Kind, Target

WHOLE = 100
"""Per cent of a promise at which it is due."""

_steps: dict[int, "tuple[Step, ...]"] = {}
"""The steps of policies by row; rows never change in what they promise and ask for."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done at one moment of a promise: who is told, and what becomes of the ticket.

    The moment is when so many per cent of the open time and ``late_by`` more minutes of it are used; beyond
    100 it is late. With ``before_close`` it is so many minutes before the last closing at which there is
    still something to be done. ``to`` is ``agent``, ``lead``, ``supervisors``, ``team``, ``user``, ``office``
    or nobody; ``to_id`` names the team or the user, ``address`` the office. ``raise_to`` is a priority or
    ``next``; ``give_to`` is ``queue``, ``team`` or ``user``, the latter two named by ``give_id``.
    """

    percent: int = WHOLE
    to: str = ""
    to_id: int | None = None
    late_by: int = 0
    before_close: int = 0
    address: str = ""
    raise_to: str = ""
    give_to: str = ""
    give_id: int | None = None
    tag: str = ""

    @property
    def key(self) -> str:
        """Name the moment, so that a clock remembers which of its moments have come."""
        if self.before_close:
            return f"close-{self.before_close}"
        return f"{self.percent}+{self.late_by}" if self.late_by else str(self.percent)


@dataclass(frozen=True, slots=True)
class Policy:
    """A set of promises, for the tickets that its conditions fit; ``None`` fits everything.

    ``own_hours`` lets the hours of the ticket's team or channel count, where these have hours of their own.
    """

    id: int
    name: str
    calendar: str
    calendar_id: int
    position: int
    allowed_minutes: Mapping[str, float]
    pauses_in: frozenset[str]
    steps: tuple[Step, ...] = ()
    priority: str | None = None
    channel: str | None = None
    topic_id: int | None = None
    team_id: int | None = None
    account_id: int | None = None
    contact_class: str | None = None
    own_hours: bool = False

    def fits(self, ticket: "TicketTerms") -> bool:
        """Say whether a ticket comes under this policy."""
        return (
            self.priority in {None, ticket.priority}
            and self.channel in {None, ticket.channel}
            and self.team_id in {None, ticket.team_id}
            and self.account_id in {None, ticket.account_id}
            and self.contact_class in {None, ticket.contact_class}
            and (self.topic_id is None or self.topic_id in ticket.topics)
        )


@dataclass(frozen=True, slots=True)
class TicketTerms:
    """What decides which policy a ticket is under; ``topics`` is its topic and that topic's ancestors.

    ``asked`` is the policy that a rule named for it: while that is in force, conditions decide nothing.
    ``calendar_id`` is the calendar that its team, else its channel has of its own.
    """

    id: int
    priority: str
    channel: str
    topics: frozenset[int]
    team_id: int
    account_id: int
    contact_class: str
    asked: str | None = None
    calendar_id: int | None = None


async def policies(*, at: datetime) -> tuple[Policy, ...]:
    """Return the policies in force at an instant, in their order, each with its calendar of today."""
    found = await sql.rows(
        """
        SELECT p.id, p.name, p.calendar, c.id AS calendar_id, p.position, p.allowed_minutes, p.pauses_in,
               p.steps, p.priority, p.channel, p.topic_id, p.team_id, p.account_id, p.contact_class, p.own_hours
        FROM policies p JOIN calendars c ON c.name = p.calendar AND c.superseded_at IS NULL
        WHERE p.starts_at <= $1 AND (p.superseded_at IS NULL OR p.superseded_at > $1)
            AND (p.ends_at IS NULL OR p.ends_at > $1)
        ORDER BY p.position, p.id LIMIT 1000
        """,
        at,
    )
    return tuple(
        Policy(
            **{
                **row,
                "allowed_minutes": sql.load(row["allowed_minutes"]),
                "pauses_in": frozenset(row["pauses_in"]),
                "steps": read_steps(row["steps"]),
            }
        )
        for row in found
    )


async def terms(ticket_ids: Sequence[int]) -> dict[int, TicketTerms]:
    """Return what policies ask of these tickets."""
    found = await sql.rows(
        """
        SELECT t.id, t.priority, t.channel, t.team_id, t.channel_account_id AS account_id,
            CASE WHEN c.vip THEN 'vip' ELSE 'ordinary' END AS contact_class,
            asked.name AS asked, coalesce(tc.id, cc.id) AS calendar_id, ARRAY(
            WITH RECURSIVE line AS (
                SELECT id, parent_id, 1 AS depth FROM topics WHERE id = t.topic_id
                UNION ALL SELECT p.id, p.parent_id, l.depth + 1 FROM topics p
                JOIN line l ON p.id = l.parent_id AND l.depth < 20)
            SELECT id FROM line) AS topics
        FROM tickets t JOIN contacts c ON c.id = t.contact_id JOIN teams m ON m.id = t.team_id
        LEFT JOIN policies asked ON asked.id = t.asked_policy_id
        LEFT JOIN calendars tc ON tc.name = m.calendar AND tc.superseded_at IS NULL
        LEFT JOIN channel_calendars h ON h.channel = t.channel
        LEFT JOIN calendars cc ON cc.name = h.calendar AND cc.superseded_at IS NULL
        WHERE t.id = ANY($1::bigint[])
        """,
        list(ticket_ids),
    )
    return {row["id"]: TicketTerms(**{**row, "topics": frozenset(row["topics"])}) for row in found}


async def targets(
    ticket_terms: Iterable[TicketTerms], *, at: datetime
) -> dict[int, dict[Kind, Target]]:
    """Return what each ticket is promised by the first policy in force that fits it."""
    every = await policies(at=at)
    found: dict[int, dict[Kind, Target]] = {}
    asked = list(ticket_terms)
    await know_calendars_of(every, asked)
    made: dict[tuple[int, int], dict[Kind, Target]] = {}
    for ticket in asked:
        policy = fitting(every, ticket)
        if policy is None:
            found[ticket.id] = {}
            continue
        key = (policy.id, hours_of(policy, ticket))
        if key not in made:
            made[key] = targets_of(policy, key[1])
        found[ticket.id] = made[key]
    return found


def fitting(every: Sequence[Policy], ticket: TicketTerms) -> Policy | None:
    """Return the policy in force that a rule named, else the first that fits."""
    named = (policy for policy in every if ticket.asked and policy.name == ticket.asked)
    fit = (policy for policy in every if policy.fits(ticket))
    return next(named, None) or next(fit, None)


def hours_of(policy: Policy, ticket: TicketTerms) -> int:
    """Return the calendar by which a policy counts for a ticket."""
    own = ticket.calendar_id if policy.own_hours else None
    return policy.calendar_id if own is None else own


async def know_calendars_of(every: Iterable[Policy], asked: Iterable[TicketTerms]) -> None:
    """Read every calendar by which these policies may count for these tickets."""
    own = {ticket.calendar_id for ticket in asked if ticket.calendar_id is not None}
    await know_calendars({policy.calendar_id for policy in every} | own)


def targets_of(policy: Policy, calendar_id: int) -> dict[Kind, Target]:
    """Return the targets of a policy by a calendar that is known."""
    calendar = known_calendar(calendar_id)
    return {
        Kind(kind): Target(
            kind=Kind(kind),
            allowed=timedelta(minutes=minutes),
            calendar=calendar,
            calendar_version=calendar_id,
            policy_version=policy.id,
            pauses_in=policy.pauses_in,
        )
        for kind, minutes in policy.allowed_minutes.items()
    }


async def with_own_hours(policy_ids: Iterable[int]) -> dict[int, int]:
    """Return which of these versions let hours of teams and channels count, with their own calendar of today."""
    found = await sql.rows(
        """
        SELECT p.id, c.id AS calendar_id FROM policies p
        JOIN calendars c ON c.name = p.calendar AND c.superseded_at IS NULL
        WHERE p.own_hours AND p.id = ANY($1::bigint[])
        """,
        sorted(set(policy_ids)),
    )
    return {row["id"]: row["calendar_id"] for row in found}


async def steps(policy_ids: Iterable[int]) -> Mapping[int, tuple[Step, ...]]:
    """Return the steps of policies, of superseded ones too."""
    if missing := set(policy_ids) - _steps.keys():
        for row in await sql.rows(
            "SELECT id, steps FROM policies WHERE id = ANY($1::bigint[])", sorted(missing)
        ):
            _steps[row["id"]] = read_steps(row["steps"])
    return _steps


def read_steps(text: str) -> tuple[Step, ...]:
    """Read steps as they are stored, in their order."""
    return msgspec.json.decode(text, type=tuple[Step, ...])


def written_steps(found: Sequence[Step]) -> list[dict[str, Any]]:
    """Write steps as they are stored: what is not asked for is left out."""
    usual = Step()
    fields = Step.__dataclass_fields__
    return [
        {
            name: getattr(one, name)
            for name in fields
            if name == "percent" or getattr(one, name) != getattr(usual, name)
        }
        for one in found
    ]
