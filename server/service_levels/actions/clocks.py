"""Let the clocks of tickets react to what happens, many tickets at a time; record breaches when they are due."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.work import transaction
from server.service_levels import queries
from server.service_levels.actions.moments import next_moment, still_taken, urgent_from
from server.service_levels.queries import Taken
from sla.clock import Clock, Transition, used_at
from sla.happenings import react
from sla.record import clock_data, transition_data
from sla.ticket import Happening, Outcome, What

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
        "team_changed",
        "contact_class_changed",
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
        case "priority_changed" | "topic_changed" | "team_changed" | "contact_class_changed" if (
            event.data.get("by") != "policy"
        ):
            # What a policy's own step does to a ticket leaves the promise as it was given.
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
    clocks, taken = await queries.standing(ids)
    promised = await queries.targets((await queries.terms(ids)).values(), at=at)
    outcomes: dict[int, Outcome] = {}
    for ticket_id in ids:
        standing = before = clocks.get(ticket_id, ())
        transitions: list[Transition] = []
        for what in happenings[ticket_id]:
            outcome = react(standing, what, promised.get(ticket_id, {}))
            standing = outcome.clocks
            transitions += outcome.transitions
        outcomes[ticket_id] = _together(before, standing, transitions)
    await keep(outcomes, taken, at=at)


def _together(
    before: Sequence[Clock], after: tuple[Clock, ...], transitions: Sequence[Transition]
) -> Outcome:
    known = {id(clock) for clock in before}
    changed = tuple(clock for clock in after if id(clock) not in known)
    return Outcome(after, changed, tuple(transitions))


async def keep(
    outcomes: Mapping[int, Outcome], taken: Mapping[tuple[int, str, int], Taken], *, at: datetime
) -> None:
    """Store what changed on locked tickets, and emit the transitions."""
    changed = [(ticket_id, clock) for ticket_id, one in outcomes.items() for clock in one.changed]
    if not changed:
        return
    steps = await queries.steps(
        clock.target.policy_version for one in outcomes.values() for clock in one.clocks
    )
    rows = []
    for ticket_id, clock in changed:
        of_clock = steps.get(clock.target.policy_version, ())
        already = taken.get((ticket_id, str(clock.kind), clock.turn), {})
        already = still_taken(clock, of_clock, already, at=at)
        coming = next_moment(clock, of_clock, already)
        rows.append((ticket_id, *_row(clock), coming, _dump_taken(already)))
    await _store(rows)
    heads = []
    for ticket_id, one in outcomes.items():
        if one.changed:
            heads.append((ticket_id, one.next_due_at, urgent_from(one, steps)))
    await sql.run(
        """
        UPDATE tickets t SET next_due_at = d.due_at, next_warn_at = d.warn_at
        FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) AS d(id, due_at, warn_at)
        WHERE t.id = d.id
        """,
        *sql.columns(heads, 3),
    )
    events = [
        Event(ticket_id, f"clock_{step.step}", transition_data(step))
        for ticket_id, one in outcomes.items()
        for step in one.transitions
    ]
    await emit(events, at=at)


def _dump_taken(taken: Taken) -> str:
    return sql.dump(taken) if taken else "{}"


def _row(clock: Clock) -> tuple[object, ...]:
    decided = clock.breached_at or clock.met_at
    took = int(used_at(clock, clock.met_at).total_seconds()) if clock.met_at else None
    return (
        str(clock.kind),
        clock.turn,
        str(clock.state),
        clock.due_at,
        sql.dump(clock_data(clock)),
        clock.started_at,
        decided,
        took,
    )


async def _store(rows: Sequence[tuple[object, ...]]) -> None:
    await sql.run(
        """
        INSERT INTO clocks (ticket_id, target, turn, state, due_at, data, started_at, decided_at,
                            used_seconds, warn_at, taken)
        SELECT ticket_id, target, turn, state, due_at, data::jsonb, started_at, decided_at, used, warn_at,
            taken::jsonb
        FROM unnest($1::bigint[], $2::text[], $3::int[], $4::text[], $5::timestamptz[], $6::text[],
                    $7::timestamptz[], $8::timestamptz[], $9::int[], $10::timestamptz[], $11::text[])
            AS c(ticket_id, target, turn, state, due_at, data, started_at, decided_at, used, warn_at, taken)
        ON CONFLICT (ticket_id, target, turn) DO UPDATE
            SET state = excluded.state, due_at = excluded.due_at, data = excluded.data,
                started_at = excluded.started_at, decided_at = excluded.decided_at,
                used_seconds = excluded.used_seconds, warn_at = excluded.warn_at,
                taken = excluded.taken
        """,
        *sql.columns(rows, 11),
    )
