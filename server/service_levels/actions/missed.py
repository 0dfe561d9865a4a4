"""Let what goes on after all count by the calendars that open tickets have followed while it was over.

A promise that was given stays as it was; that a holiday was moved is no promise but a fact.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.db import sql
from server.service_levels import queries
from server.service_levels.actions.recount import Recounted, Version, by_other_calendars
from sla.clock import FINISHED, Clock, Kind, State
from sla.happenings import BY_END, ENDED
from sla.ticket import Happening, What


async def catch_up(
    clocks: Mapping[int, tuple[Clock, ...]],
    happenings: Mapping[int, Sequence[Happening]],
    *,
    at: datetime,
) -> dict[int, Recounted]:
    """Return the clocks of tickets that go on as they are by today's calendars, where that is another."""
    going_on = {
        key: clocks[key]
        for key, some in happenings.items()
        if key in clocks and any(_goes_on(one, clocks[key]) for one in some)
    }
    versions = {one.target.calendar_version for of in going_on.values() for one in of}
    current = await _followed(versions, at=at) if versions else {}
    return {
        key: by_other_calendars(of, current, cancelled=True, at=at)
        for key, of in going_on.items()
        if any(one.target.calendar_version in current for one in of)
    }


def _goes_on(happening: Happening, clocks: Sequence[Clock]) -> bool:
    if happening.what is What.STATUS and happening.status not in ENDED:
        settled = FINISHED - {State.CANCELLED}
        return any(
            one.cancelled_because == BY_END
            or (one.kind is Kind.RESOLUTION and one.state in settled)
            for one in clocks
        )
    return happening.what is What.CAME_BACK


async def _followed(versions: set[int], *, at: datetime) -> dict[int, Version]:
    """Return, of these versions of calendars, those that open tickets have left, and what they count by now."""
    found = await sql.rows(
        """
        SELECT old.id, now.id AS current FROM calendars old
        JOIN calendars now ON now.name = old.name AND now.superseded_at IS NULL
        WHERE old.id = ANY($1::bigint[]) AND EXISTS (SELECT FROM term_changes c
            WHERE c.calendar = old.name AND c.starts_at >= old.superseded_at AND c.starts_at <= $2)
        """,
        sorted(versions),
        at,
    )
    await queries.know_calendars(row["current"] for row in found)
    return {row["id"]: (row["current"], queries.known_calendar(row["current"])) for row in found}
