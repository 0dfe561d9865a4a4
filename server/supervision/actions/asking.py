"""Say which teams ask citizens how it went."""

from server.db import sql
from server.kit.errors import Invalid, NotFound
from server.kit.limits import RATING_HOURS
from server.people.queries import Viewer


async def set_asking(team_id: int, *, asks: bool, hours: int, by: Viewer) -> None:
    """Let a team ask or not; what was resolved before it began to ask is not asked about."""
    if team_id not in by.supervised:
        raise NotFound
    if not 1 <= hours <= RATING_HOURS:
        raise Invalid("rating_hours", field="hours")
    await sql.run(
        "UPDATE teams SET asks_rating = $2, rating_hours = $3 WHERE id = $1", team_id, asks, hours
    )
