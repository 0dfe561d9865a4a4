"""Write what an agent can do and carry, and how a team hands out."""

from collections.abc import Collection
from datetime import datetime
from typing import get_args

from routing import Strategy
from server.assignment.actions.hand_out import ask
from server.assignment.queries import teams_to_look_at
from server.db import sql
from server.kit.errors import Forbidden, Invalid, NotFound
from server.kit.work import transaction
from server.people.queries import Viewer

LANGUAGES = ("ar", "en")
MOST = 150
CAP = range(1, 1001)
GRACE = range(1, 1441)


async def set_skills(
    user_id: int,
    *,
    capacity: int,
    languages: Collection[str],
    topics: Collection[int] | None,
    by: Viewer,
    now: datetime,
) -> None:
    """Say what somebody can take; ``topics`` of None are all of them. What waits for such a person goes to them."""
    if not 0 <= capacity <= MOST:
        raise Invalid("not_possible", field="capacity")
    if not languages or not set(languages) <= set(LANGUAGES):
        raise Invalid("required", field="languages")
    async with transaction():
        teams = await sql.rows("SELECT team_id FROM memberships WHERE user_id = $1", user_id)
        if not teams:
            raise NotFound
        if by.supervised.isdisjoint(row["team_id"] for row in teams):
            raise Forbidden
        known = await sql.value(
            "SELECT count(*) FROM topics WHERE id = ANY($1::bigint[])", list(topics or ())
        )
        if known != len(set(topics or ())):
            raise Invalid("topic", field="topics")
        await sql.run(
            "UPDATE users SET languages = $2 WHERE id = $1", user_id, sorted(set(languages))
        )
        await sql.run(
            """
            INSERT INTO workloads (user_id, capacity, topics) VALUES ($1, $2, $3)
            ON CONFLICT (user_id) DO UPDATE SET capacity = excluded.capacity, topics = excluded.topics
            """,
            user_id,
            capacity,
            None if topics is None else sorted(set(topics)),
        )
        ask(await teams_to_look_at(agents=[user_id]), at=now)


async def set_way(
    team_id: int,
    *,
    strategy: str,
    hourly_cap: int | None,
    grace_minutes: int,
    patience_minutes: int,
    overflow_team_id: int | None,
    by: Viewer,
    now: datetime,
) -> None:
    """Say how a team hands out, and what becomes of its tickets when nobody is there."""
    if team_id not in by.supervised:
        raise Forbidden
    if strategy not in get_args(Strategy):
        raise Invalid("not_possible", field="strategy")
    if hourly_cap is not None and hourly_cap not in CAP:
        raise Invalid("not_possible", field="hourly_cap")
    if grace_minutes not in GRACE:
        raise Invalid("not_possible", field="grace_minutes")
    if patience_minutes not in GRACE:
        raise Invalid("not_possible", field="patience_minutes")
    known = await sql.value("SELECT true FROM teams WHERE id = $1", overflow_team_id)
    if overflow_team_id is not None and (overflow_team_id == team_id or not known):
        raise Invalid("not_possible", field="overflow_team")
    async with transaction():
        await sql.run(
            """
            UPDATE teams SET strategy = $2, hourly_cap = $3, grace_minutes = $4, patience_minutes = $5,
                             overflow_team_id = $6 WHERE id = $1
            """,
            team_id,
            strategy,
            hourly_cap,
            grace_minutes,
            patience_minutes,
            overflow_team_id,
        )
        ask([team_id], at=now)
