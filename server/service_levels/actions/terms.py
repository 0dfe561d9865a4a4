"""Save calendars and policies: a new row each time, the earlier one superseded and kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.db import sql
from server.kit.errors import Invalid, NotFound
from server.kit.work import transaction
from server.service_levels.queries import Step
from sla import SlaError
from sla.clock import Kind
from sla.stored import calendar_of

USUAL_STEPS = (Step(75, "agent"), Step(100, "supervisors"))
MOST_PERCENT = 1000


async def save_calendar(
    name: str,
    *,
    zone: str,
    weekly: Mapping[str, object],
    exceptions: Mapping[str, object],
    periods: Sequence[Mapping[str, object]] = (),
    by: int | None = None,
    now: datetime,
) -> int:
    """Save a calendar; an earlier one of that name is superseded, and clocks that began by it keep it.

    ``periods`` is what the exceptions were written as, for whoever edits them next.
    """
    try:
        calendar_of(zone, weekly, exceptions)
    except (SlaError, ValueError) as error:
        raise Invalid(f"calendar: {error}", field="calendar") from error
    async with transaction():
        await _supersede("calendars", name, now=now)
        return int(
            await sql.value(
                """
                INSERT INTO calendars (name, zone, weekly, exceptions, periods, author_id, created_at)
                VALUES ($1, $2, $3::jsonb, $4::jsonb, $5::jsonb, $6, $7) RETURNING id
                """,
                name,
                zone,
                sql.dump(weekly),
                sql.dump(exceptions),
                sql.dump(periods),
                by,
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
    steps: Sequence[Step] = USUAL_STEPS,
    by: int | None = None,
    now: datetime,
) -> int:
    """Save a policy; an earlier one of that name is superseded. Open tickets stay under what they began with."""
    for kind, minutes in allowed_minutes.items():
        if kind not in set(Kind) or minutes <= 0:
            raise Invalid(f"allowed_minutes: {kind} must be a target with a time above zero")
    if any(not 0 < step.percent <= MOST_PERCENT for step in steps):
        raise Invalid("steps", field="steps")
    async with transaction():
        await _supersede("policies", name, now=now)
        return int(
            await sql.value(
                """
                INSERT INTO policies (name, position, calendar, priority, channel, topic_id, allowed_minutes,
                                      pauses_in, steps, author_id, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9::jsonb, $10, $11) RETURNING id
                """,
                name,
                position,
                calendar,
                priority,
                channel,
                topic_id,
                sql.dump(allowed_minutes),
                list(pauses_in),
                sql.dump([{"percent": s.percent, "to": s.to, "user": s.user_id} for s in steps]),
                by,
                now,
            )
        )


async def retire_policy(name: str, *, now: datetime) -> None:
    """Promise nobody by this policy any more; tickets that are under it stay so."""
    if not await _supersede("policies", name, now=now):
        raise NotFound


async def _supersede(table: str, name: str, *, now: datetime) -> int:
    return await sql.run(
        f"UPDATE {table} SET superseded_at = $2 WHERE name = $1 AND superseded_at IS NULL",
        name,
        now,
    )
