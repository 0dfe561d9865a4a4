"""Save and retire policies: a new row each time, in force from one instant until another.

Versions of one name follow one another without a gap or an overlap: each ends where the next begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.kit.errors import Invalid, NotFound
from server.kit.work import transaction
from server.service_levels.queries import Step, written_steps
from sla.clock import Kind

USUAL_STEPS = (Step(75, "agent"), Step(100, "supervisors"))
MOST_PERCENT = 1000
MOST_MINUTES = 100_000


@dataclass(frozen=True, slots=True)
class _Version:
    id: int
    starts_at: datetime
    superseded_at: datetime | None


async def save_policy(
    name: str,
    *,
    calendar: str,
    allowed_minutes: Mapping[str, float],
    pauses_in: Sequence[str] = ("pending",),
    priority: str | None = None,
    channel: str | None = None,
    topic_id: int | None = None,
    team_id: int | None = None,
    account_id: int | None = None,
    contact_class: str | None = None,
    position: int,
    steps: Sequence[Step] = USUAL_STEPS,
    own_hours: bool = False,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    instead_of: int | None = None,
    by: int | None = None,
    now: datetime,
) -> int:
    """Save a policy, in force from now or from a later instant on; the version before it ends there.

    Of the conditions ``None`` fits everything. ``instead_of`` is a planned version that is given up for this
    one. Open tickets stay under what they began with.
    """
    _demand_meant(allowed_minutes, steps)
    start = now if starts_at is None else max(starts_at, now)
    if ends_at is not None and ends_at <= start:
        raise Invalid("range_inverted", field="ends")
    async with transaction():
        await _withdraw(name, instead_of, now=now)
        following = await _make_room(name, start, ends_at, now=now)
        return int(
            await sql.value(
                """
                INSERT INTO policies (name, position, calendar, priority, channel, topic_id, team_id, account_id,
                    contact_class, allowed_minutes, pauses_in, steps, own_hours, starts_at, ends_at, superseded_at,
                    author_id, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12::jsonb, $13, $14, $15, $16, $17, $18)
                RETURNING id
                """,
                name,
                position,
                calendar,
                priority,
                channel,
                topic_id,
                team_id,
                account_id,
                contact_class,
                sql.dump(allowed_minutes),
                list(pauses_in),
                sql.dump(written_steps(steps)),
                own_hours,
                start,
                ends_at,
                following,
                by,
                now,
            )
        )


async def retire_policy(name: str, *, now: datetime) -> None:
    """Promise nobody by this policy any more; tickets that are under it stay so."""
    touched = await sql.run(
        """
        UPDATE policies SET superseded_at = greatest(starts_at, $2)
        WHERE name = $1 AND (superseded_at IS NULL OR superseded_at > $2)
        """,
        name,
        now,
    )
    if not touched:
        raise NotFound


async def withdraw_policy(policy_id: int, *, now: datetime) -> None:
    """Give up a version that has not begun; the one before it goes on."""
    async with transaction():
        name = await sql.value("SELECT name FROM policies WHERE id = $1", policy_id)
        if name is None or not await _withdraw(name, policy_id, now=now):
            raise NotFound


def _demand_meant(allowed_minutes: Mapping[str, float], steps: Sequence[Step]) -> None:
    for kind, minutes in allowed_minutes.items():
        if kind not in set(Kind):
            raise Invalid("no_such_target", field="allowed")
        if not minutes > 0:
            raise Invalid("target_zero", field=kind)
    if any(
        not 0 < step.percent <= MOST_PERCENT
        or not 0 <= step.late_by <= MOST_MINUTES
        or not 0 <= step.before_close <= MOST_MINUTES
        for step in steps
    ):
        raise Invalid("steps", field="steps")
    if len({step.key for step in steps}) < len(steps):
        raise Invalid("step_twice", field="steps")


async def _withdraw(name: str, policy_id: int | None, *, now: datetime) -> bool:
    """Take a planned version out of the line; the one before it reaches to where it would have."""
    if policy_id is None:
        return False
    planned = await sql.row(
        """
        UPDATE policies p SET superseded_at = p.starts_at FROM policies old
        WHERE p.id = $1 AND p.name = $2 AND p.starts_at > $3 AND old.id = p.id
            AND (old.superseded_at IS NULL OR old.superseded_at > old.starts_at)
        RETURNING p.starts_at, old.superseded_at
        """,
        policy_id,
        name,
        now,
    )
    if planned is None:
        return False
    await sql.run(
        """
        UPDATE policies SET superseded_at = $3
        WHERE name = $1 AND superseded_at = $2 AND starts_at < $2
        """,
        name,
        planned["starts_at"],
        planned["superseded_at"],
    )
    # What was to follow it on its day has nothing to follow then.
    await sql.run(
        "UPDATE term_changes SET done_at = $3 WHERE policy = $1 AND starts_at = $2 AND done_at IS NULL",
        name,
        planned["starts_at"],
        now,
    )
    return True


async def demand_room(
    name: str,
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    instead_of: int,
    now: datetime,
) -> None:
    """Refuse dates that other versions of the policy do not leave free."""
    versions = [one for one in await _versions(name, now=now) if one.id != instead_of]
    _following(versions, now if starts_at is None else max(starts_at, now), ends_at, now=now)


async def _make_room(
    name: str, start: datetime, end: datetime | None, *, now: datetime
) -> datetime | None:
    """End the version in whose time ``start`` lies; return when the next one begins."""
    versions = await _versions(name, now=now)
    following = _following(versions, start, end, now=now)
    for one in versions:
        if one.starts_at <= start and (one.superseded_at is None or one.superseded_at > start):
            await sql.run("UPDATE policies SET superseded_at = $2 WHERE id = $1", one.id, start)
    return following


async def _versions(name: str, *, now: datetime) -> list[_Version]:
    """Return what is in force and planned, locked against another change meanwhile."""
    found = await sql.rows(
        """
        SELECT id, starts_at, superseded_at FROM policies
        WHERE name = $1 AND (superseded_at IS NULL OR superseded_at > $2 AND superseded_at > starts_at)
        ORDER BY starts_at FOR UPDATE
        """,
        name,
        now,
    )
    return [_Version(**row) for row in found]


def _following(
    versions: Sequence[_Version], start: datetime, end: datetime | None, *, now: datetime
) -> datetime | None:
    """Return when the version after ``start`` begins; raise :class:`Invalid` for what overlaps."""
    if any(one.starts_at == start and start > now for one in versions):
        raise Invalid("starts_same", field="starts")
    following = min((one.starts_at for one in versions if one.starts_at > start), default=None)
    if end is not None and following is not None and end > following:
        raise Invalid("dates_overlap", field="ends")
    return following
