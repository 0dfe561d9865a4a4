"""Check that every stored clock is what its events say: rebuilt from them, it must come out the same."""

from dataclasses import dataclass
from datetime import date, datetime

from server.db import sql
from server.kit import log
from server.service_levels import queries
from sla import SlaError
from sla.record import clock_data, replay

BATCH = 500
KEPT = 100
"""So many differences are kept by name; each is in the log."""

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """A clock that is not what its events say; ``fields`` names what differs, or nothing could be rebuilt."""

    ticket_id: int
    target: str
    turn: int
    fields: tuple[str, ...]


async def begin_check(night: date) -> None:
    """Note that clocks are to be checked this night; a second listener finds it noted."""
    await sql.run(
        "INSERT INTO clock_checks (night) VALUES ($1) ON CONFLICT (night) DO NOTHING", night
    )


async def finish_check(check_id: int, *, now: datetime) -> None:
    """Check every clock, unless that has been done, and keep what was found."""
    if await sql.value("SELECT ended_at FROM clock_checks WHERE id = $1", check_id) is not None:
        return
    found = await check_clocks()
    await sql.run(
        """
        UPDATE clock_checks SET ended_at = $2, differing = $3, first = $4::jsonb,
            checked = (SELECT count(*) FROM clocks)
        WHERE id = $1 AND ended_at IS NULL
        """,
        check_id,
        now,
        len(found),
        sql.dump([[one.ticket_id, one.target, one.turn, *one.fields] for one in found[:KEPT]]),
    )


async def check_clocks() -> tuple[Difference, ...]:
    """Rebuild every clock from its transitions; log and return those that differ."""
    found: list[Difference] = []
    after = 0
    while True:
        rows = await sql.rows(
            f"""
            SELECT DISTINCT ticket_id FROM clocks WHERE ticket_id > $1
            ORDER BY ticket_id LIMIT {BATCH}
            """,
            after,
        )
        if not rows:
            return tuple(found)
        ids = [row["ticket_id"] for row in rows]
        after = ids[-1]
        found += await _differences(ids)


async def _differences(ids: list[int]) -> list[Difference]:
    # Clocks and events of one moment: between two statements a clock may move on.
    stored = await sql.rows(
        """
        SELECT c.ticket_id, c.target, c.turn, c.data, c.due_at, c.state, ARRAY(
            SELECT e.data::text FROM events e WHERE e.ticket_id = c.ticket_id
                AND e.kind LIKE 'clock\\_%' AND e.data ? 'step'
                AND e.data->>'clock' = c.target AND (e.data->>'turn')::int = c.turn
            ORDER BY e.seq) AS steps
        FROM clocks c WHERE c.ticket_id = ANY($1::bigint[]) ORDER BY c.ticket_id, c.id
        """,
        ids,
    )
    differing = []
    for row in stored:
        transitions = [queries.transition(text) for text in row["steps"]]
        await queries.know_calendars(
            one.calendar_version for one in transitions if one.calendar_version is not None
        )
        data = sql.load(row["data"])
        try:
            clock = replay(transitions, queries.known_calendar)
            rebuilt = clock_data(clock)
            told = {**data, "row_due_at": row["due_at"], "row_state": row["state"]}
            said = {**rebuilt, "row_due_at": clock.due_at, "row_state": str(clock.state)}
            fields = tuple(
                sorted(name for name in told if told[name] != said.get(name) and name not in LOOSE)
            )
        except (SlaError, KeyError):
            fields = ("transitions",)
        if fields:
            one = Difference(row["ticket_id"], row["target"], row["turn"], fields)
            differing.append(one)
            _log.error(
                "a clock differs from its events",
                ticket=one.ticket_id,
                target=one.target,
                turn=one.turn,
                fields=fields,
            )
    return differing


LOOSE = frozenset({"cancelled_because"})
"""What a clock keeps besides what it was told: the words of a reason are the event's cause."""
