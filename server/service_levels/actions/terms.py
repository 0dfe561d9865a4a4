"""Save calendars: a new row each time, the earlier one superseded and kept; say whose hours they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.db import sql
from server.kit.errors import Invalid
from server.kit.work import transaction
from sla import SlaError, unmeant
from sla.stored import calendar_of, dated_of, weekly_of


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
        wrong = unmeant(weekly_of(weekly), dated_of(exceptions))
    except (SlaError, ValueError) as error:
        raise Invalid(f"calendar: {error}", field="calendar") from error
    if wrong:
        raise Invalid(wrong[0].code, field="periods" if wrong[0].first else "days")
    async with transaction():
        await sql.run(
            "UPDATE calendars SET superseded_at = $2 WHERE name = $1 AND superseded_at IS NULL",
            name,
            now,
        )
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


async def set_lead(team_id: int, *, lead_id: int | None) -> None:
    """Say who of a team leads it; ``None`` is nobody, and then its supervisors are told instead."""
    if lead_id is not None and not await sql.value(
        """
        SELECT true FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
        WHERE m.team_id = $1 AND m.user_id = $2
        """,
        team_id,
        lead_id,
    ):
        raise Invalid("not_in_team", field=f"lead-{team_id}")
    await sql.run("UPDATE teams SET lead_id = $2 WHERE id = $1", team_id, lead_id)


async def set_channel_hours(channel: str, *, calendar: str | None) -> None:
    """Say which hours a channel has of its own; ``None`` is those of the policy."""
    if calendar is None:
        await sql.run("DELETE FROM channel_calendars WHERE channel = $1", channel)
        return
    if not await _known(calendar):
        raise Invalid("no_calendar", field=f"channel-{channel}")
    await sql.run(
        """
        INSERT INTO channel_calendars (channel, calendar) VALUES ($1, $2)
        ON CONFLICT (channel) DO UPDATE SET calendar = excluded.calendar
        """,
        channel,
        calendar,
    )


async def _known(calendar: str) -> bool:
    return bool(
        await sql.value(
            "SELECT true FROM calendars WHERE name = $1 AND superseded_at IS NULL", calendar
        )
    )
