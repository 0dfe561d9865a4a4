"""Read who was there, who held what, and what was handed back: what fairness is told from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.fairness import Given, There
from server.db import sql
from server.people.queries import Viewer

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Held:
    """What one person had to do with a team's tickets in a period.

    ``given`` by assignment itself, ``taken`` by themselves, ``handed`` by somebody else, ``came_back`` by a
    citizen's answer; ``carried`` is the time of all open tickets they held, in seconds.
    """

    team_id: int
    user_id: int
    given: int
    taken: int
    handed: int
    came_back: int
    declined: int
    gave_back: int
    carried: float


@dataclass(frozen=True, slots=True)
class HandedBack:
    """A ticket that somebody declined, with the words they wrote."""

    ticket_id: int
    number: int
    team_id: int
    agent: str
    reason: str
    words: str
    at: datetime


async def have_patience() -> None:
    """Let the queries of this transaction take longer than a page of the desk may."""
    await sql.run("SET LOCAL statement_timeout = '15s'")


async def held(
    team_ids: Sequence[int], *, since: datetime, until: datetime, now: datetime
) -> tuple[Held, ...]:
    """Count what each person was given, took, handed back and carried in a period."""
    found = await sql.rows(
        """
        SELECT team_id, user_id,
            count(*) FILTER (WHERE how = 'given' AND since >= $2) AS given,
            count(*) FILTER (WHERE how = 'taken' AND since >= $2) AS taken,
            count(*) FILTER (WHERE how = 'handed' AND since >= $2) AS handed,
            count(*) FILTER (WHERE how = 'came_back' AND since >= $2) AS came_back,
            count(*) FILTER (WHERE ended_by = 'declined' AND until < $3) AS declined,
            count(*) FILTER (WHERE ended_by = 'gave_back' AND until < $3) AS gave_back,
            coalesce(sum(extract(epoch FROM greatest(least(until, $3, $4) - greatest(since, $2), '0')))::float,
                0) AS carried
        FROM holdings WHERE team_id = ANY($1::bigint[]) AND since < $3 AND (until IS NULL OR until >= $2)
        GROUP BY team_id, user_id LIMIT 20000
        """,
        list(team_ids),
        since,
        until,
        now,
    )
    return tuple(Held(**row) for row in found)


async def given(
    team_ids: Sequence[int], *, since: datetime, until: datetime
) -> dict[int, list[Given]]:
    """Return every ticket that assignment gave out by itself in a period, by team."""
    found = await sql.rows(
        """
        SELECT team_id, user_id, since FROM holdings
        WHERE team_id = ANY($1::bigint[]) AND how = 'given' AND since >= $2 AND since < $3
        """,
        list(team_ids),
        since,
        until,
    )
    by_team: dict[int, list[Given]] = {}
    for row in found:
        by_team.setdefault(row["team_id"], []).append(Given(row["since"], row["user_id"]))
    return by_team


async def there(
    team_ids: Sequence[int], *, since: datetime, until: datetime, now: datetime
) -> dict[int, list[There]]:
    """Return when people were there in a period, by team; who is still there was there until now."""
    found = await sql.rows(
        """
        SELECT team_id, user_id, greatest(since, $2) AS since,
            greatest(least(coalesce(until, $4), $3), since, $2) AS until
        FROM attendances
        WHERE team_id = ANY($1::bigint[]) AND since < $3 AND (until IS NULL OR until >= $2)
        """,
        list(team_ids),
        since,
        until,
        now,
    )
    by_team: dict[int, list[There]] = {}
    for row in found:
        one = There(row["user_id"], row["since"], row["until"])
        by_team.setdefault(row["team_id"], []).append(one)
    return by_team


async def handed_back(
    viewer: Viewer, *, since: datetime, until: datetime
) -> tuple[HandedBack, ...]:
    """Return the newest tickets that were declined in the teams that this person supervises."""
    found = await sql.rows(
        f"""
        SELECT t.id AS ticket_id, t.number, t.team_id, u.name AS agent, d.reason, coalesce(d.words, '') AS words, d.at
        FROM declines d JOIN tickets t ON t.id = d.ticket_id AND t.team_id = ANY($1::bigint[])
        JOIN users u ON u.id = d.user_id
        WHERE d.at >= $2 AND d.at < $3 ORDER BY d.at DESC LIMIT {SHOWN}
        """,
        sorted(viewer.supervised),
        since,
        until,
    )
    return tuple(HandedBack(**row) for row in found)


async def names(user_ids: Sequence[int]) -> dict[int, str]:
    """Return the names of people, of those too who no longer work here."""
    found = await sql.rows(
        "SELECT id, name FROM users WHERE id = ANY($1::bigint[])", list(user_ids)
    )
    return {row["id"]: row["name"] for row in found}
