"""Let the clocks of tickets react to what happens, many tickets at a time; record breaches when they are due."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.errors import Invalid
from server.kit.work import transaction
from server.service_levels import queries
from sla import SlaError
from sla.clock import Clock, Kind
from sla.happenings import Happening, What, react
from sla.record import clock_data, transition_data

GRACE = timedelta(hours=1)
"""No reopened ticket is late in the same second."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

REACTS_TO = frozenset(
    {
        "message_received",
        "reply_written",
        "delivery_sent",
        "delivery_undone",
        "delivery_failed",
        "status_changed",
        "priority_changed",
        "topic_changed",
    }
)


def happening(event: Event, at: datetime) -> Happening | None:
    """Say what an event means for clocks, if anything."""
    message = event.data.get("message")
    found: Happening | None = None
    match event.kind:
        case "message_received" if "automatic" not in event.data:
            found = Happening(
                What.CITIZEN_MESSAGE, _instant(event.data["said_us"]), message=message
            )
        case "reply_written":
            found = Happening(What.PUBLIC_REPLY, at, message=message)
        case "delivery_sent":
            found = Happening(
                What.REPLY_ACCEPTED, _instant(event.data["accepted_us"]), message=message
            )
        case "delivery_undone":
            found = Happening(What.REPLY_UNDONE, at, message=message)
        case "delivery_failed":
            found = Happening(What.REPLY_FAILED, at, message=message)
        case "status_changed":
            found = Happening(What.STATUS, at, status=event.data["to"], grace=GRACE)
        case "priority_changed" | "topic_changed":
            found = Happening(What.TARGETS, at, cause=event.kind)
    return found


def _instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


async def run_clocks(events: Sequence[Event], at: datetime) -> None:
    """React to events of locked tickets."""
    happenings: dict[int, list[Happening]] = {}
    for event in events:
        if (what := happening(event, at)) is not None:
            happenings.setdefault(event.ticket_id, []).append(what)
    await _apply(happenings, at=at)


async def record_breaches(*, now: datetime) -> int:
    """Record what has fallen due; return how many tickets were touched. Each breach carries its due time."""
    async with transaction():
        due = await queries.lock_due(now=now)
        await _apply({ticket_id: [Happening(What.DUE, now)] for ticket_id in due}, at=now)
        return len(due)


async def _apply(happenings: Mapping[int, Sequence[Happening]], *, at: datetime) -> None:
    if not happenings:
        return
    ids = sorted(happenings)
    clocks = await queries.clocks(ids)
    promised = await queries.targets((await queries.terms(ids)).values())
    changed: dict[tuple[int, str, int], tuple[int, Clock]] = {}
    due: list[tuple[int, datetime | None]] = []
    events: list[Event] = []
    for ticket_id in ids:
        current = clocks.get(ticket_id, ())
        for what in happenings[ticket_id]:
            outcome = react(current, what, promised.get(ticket_id, {}))
            current = outcome.clocks
            for clock in outcome.changed:
                changed[ticket_id, str(clock.kind), clock.turn] = (ticket_id, clock)
            events += [
                Event(ticket_id, f"clock_{step.step}", transition_data(step))
                for step in outcome.transitions
            ]
            due.append((ticket_id, outcome.next_due_at))
    if not changed:
        return
    await _store(list(changed.values()), dict(due))
    await emit(events, at=at)


async def _store(changed: Sequence[tuple[int, Clock]], due: Mapping[int, datetime | None]) -> None:
    await sql.run(
        """
        INSERT INTO clocks (ticket_id, target, turn, state, due_at, data)
        SELECT ticket_id, target, turn, state, due_at, data::jsonb
        FROM unnest($1::bigint[], $2::text[], $3::int[], $4::text[], $5::timestamptz[], $6::text[])
            AS c(ticket_id, target, turn, state, due_at, data)
        ON CONFLICT (ticket_id, target, turn) DO UPDATE
            SET state = excluded.state, due_at = excluded.due_at, data = excluded.data
        """,
        *sql.columns(
            [
                (
                    ticket_id,
                    str(clock.kind),
                    clock.turn,
                    str(clock.state),
                    clock.due_at,
                    sql.dump(clock_data(clock)),
                )
                for ticket_id, clock in changed
            ],
            6,
        ),
    )
    await sql.run(
        """
        UPDATE tickets t SET next_due_at = d.due_at
        FROM unnest($1::bigint[], $2::timestamptz[]) AS d(id, due_at) WHERE t.id = d.id
        """,
        *sql.columns(list(due.items()), 2),
    )


async def save_calendar(
    name: str,
    *,
    zone: str,
    weekly: Mapping[str, object],
    exceptions: Mapping[str, object],
    now: datetime,
) -> int:
    """Save a calendar; an earlier one of that name is superseded, and clocks that began by it keep it."""
    try:
        queries.calendar(zone, weekly, exceptions)
    except (SlaError, ValueError) as error:
        raise Invalid(f"calendar: {error}", field="calendar") from error
    async with transaction():
        await _supersede("calendars", name, now=now)
        return int(
            await sql.value(
                """
                INSERT INTO calendars (name, zone, weekly, exceptions, created_at)
                VALUES ($1, $2, $3::jsonb, $4::jsonb, $5) RETURNING id
                """,
                name,
                zone,
                sql.dump(weekly),
                sql.dump(exceptions),
                now,
            )
        )


async def save_policy(
    name: str,
    *,
    calendar: str,
    allowed_minutes: Mapping[str, float],
    pauses_in: Sequence[str] = ("pending",),
    priority: str | None = None,
    channel: str | None = None,
    topic_id: int | None = None,
    position: int,
    now: datetime,
) -> int:
    """Save a policy; an earlier one of that name is superseded. Open tickets stay under what they began with."""
    for kind, minutes in allowed_minutes.items():
        if kind not in set(Kind) or minutes <= 0:
            raise Invalid(f"allowed_minutes: {kind} must be a target with a time above zero")
    async with transaction():
        await _supersede("policies", name, now=now)
        return int(
            await sql.value(
                """
                INSERT INTO policies (name, position, calendar, priority, channel, topic_id, allowed_minutes,
                                      pauses_in, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9) RETURNING id
                """,
                name,
                position,
                calendar,
                priority,
                channel,
                topic_id,
                sql.dump(allowed_minutes),
                list(pauses_in),
                now,
            )
        )


async def _supersede(table: str, name: str, *, now: datetime) -> None:
    await sql.run(
        f"UPDATE {table} SET superseded_at = $2 WHERE name = $1 AND superseded_at IS NULL",
        name,
        now,
    )
