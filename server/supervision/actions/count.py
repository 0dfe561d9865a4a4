"""Count closed days once, and again when something about them changed; the current day is never kept."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.db import sql
from server.kit.settings import settings
from server.kit.work import transaction
from server.supervision.days import instants
from server.supervision.queries import facts

VERSION = 4
"""Raised whenever the counts mean something else than before: then every day is counted again."""
AT_ONCE = 20
REST = timedelta(minutes=1)
"""A day that keeps changing is counted again no more often than this."""


async def count_days(*, now: datetime) -> int:
    """Count days that never were, the newest first, then those that changed; return how many."""
    zone = ZoneInfo(settings().zone)
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    await _know_days(yesterday, zone)
    found = await sql.rows(
        f"""
        SELECT day FROM report_days
        WHERE (counted_at IS NULL OR changed_at IS NOT NULL AND counted_at <= $1) AND day <= $2
        ORDER BY counted_at NULLS FIRST, day DESC LIMIT {AT_ONCE}
        """,
        now - REST,
        yesterday,
    )
    for row in found:
        await _count(row["day"], zone, now=now)
    return len(found)


async def rebuild() -> None:
    """Have every day counted again; until one is, reports count its rows."""
    async with transaction():
        await sql.run("UPDATE report_days SET counted_at = NULL")
        for table in ("report_promises", "report_volumes"):
            await sql.run(f"DELETE FROM {table}")


async def _know_days(yesterday: date, zone: ZoneInfo) -> None:
    """Have a row for every day up to yesterday; start afresh where days or counts mean something else now."""
    async with transaction():
        terms = f"{VERSION} {zone.key}"
        if await sql.run("UPDATE report_progress SET terms = $1 WHERE terms <> $1", terms):
            await rebuild()
            await sql.run("DELETE FROM report_days")
        await sql.run(
            """
            INSERT INTO report_days (day)
            SELECT generate_series(coalesce(
                (SELECT max(day) + 1 FROM report_days),
                (SELECT min((created_at AT TIME ZONE $2)::date) FROM tickets)
            ), $1::date, interval '1 day')::date
            ON CONFLICT DO NOTHING
            """,
            yesterday,
            zone.key,
        )


async def _count(day: date, zone: ZoneInfo, *, now: datetime) -> None:
    """Replace what is kept of a day by what its rows come to."""
    async with transaction():
        # With the day's row locked first, whatever changed before has been seen, and later changes wait to be noted.
        await sql.run(
            "UPDATE report_days SET counted_at = $2, changed_at = NULL WHERE day = $1", day, now
        )
        span: tuple[object, ...] = (*instants((day, day), zone), zone.key, await _teams())
        for table, query in (
            ("report_promises", facts.promises(facts.BYS)),
            ("report_volumes", facts.volumes(facts.BYS)),
        ):
            await sql.run(f"DELETE FROM {table} WHERE day = $1", day)
            await sql.run(f"INSERT INTO {table} ({facts.COLUMNS[table]}) {query}", *span)


async def _teams() -> Sequence[int]:
    return [row["id"] for row in await sql.rows("SELECT id FROM teams")]
