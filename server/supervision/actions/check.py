"""Check that what is kept of a day is what its rows come to; a day that differs is counted again."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.db import sql
from server.kit import log
from server.kit.settings import settings
from server.kit.work import transaction
from server.supervision.actions.follow import follow_events
from server.supervision.days import instants
from server.supervision.queries import facts

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Unlike:
    """A day that is kept otherwise than its rows say; ``rows`` is how many kept rows are not as they should be."""

    day: date
    table: str
    rows: int


async def check_days(*, since: date, now: datetime) -> tuple[Unlike, ...]:
    """Compare every counted day from one on that nothing has changed; log and return what differs."""
    zone = ZoneInfo(settings().zone)
    team_ids = [row["id"] for row in await sql.rows("SELECT id FROM teams")]
    found: list[Unlike] = []
    for row in await sql.rows(
        """
        SELECT day FROM report_days WHERE day >= $1 AND counted_at IS NOT NULL AND changed_at IS NULL ORDER BY day
        """,
        since,
    ):
        found += await _differences(row["day"], zone, team_ids, now=now)
    return tuple(found)


async def _differences(
    day: date, zone: ZoneInfo, team_ids: list[int], *, now: datetime
) -> list[Unlike]:
    differing = []
    for table, query in (
        ("report_promises", facts.promises(facts.BYS)),
        ("report_volumes", facts.volumes(facts.BYS)),
    ):
        count = await sql.value(
            f"""
            WITH should AS MATERIALIZED ({query}), kept AS (
                SELECT {facts.COLUMNS[table]} FROM {table} WHERE day = $5)
            SELECT (SELECT count(*) FROM (TABLE should EXCEPT ALL TABLE kept) AS missing)
                + (SELECT count(*) FROM (TABLE kept EXCEPT ALL TABLE should) AS surplus)
            """,
            *instants((day, day), zone),
            zone.key,
            team_ids,
            day,
        )
        if count and await _is_wrong(day, now=now):
            differing.append(Unlike(day, table, count))
            _log.error("a day's counts differ", day=day.isoformat(), table=table, rows=count)
    return differing


async def _is_wrong(day: date, *, now: datetime) -> bool:
    """Say whether nothing explains the difference; something may have changed that was not followed yet."""
    while await follow_events(now=now):
        pass
    async with transaction():
        return bool(
            await sql.run(
                "UPDATE report_days SET changed_at = $2 WHERE day = $1 AND changed_at IS NULL",
                day,
                now,
            )
        )
