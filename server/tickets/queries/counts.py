"""How many tickets each view of a person holds, never counted beyond the cap."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.kit.limits import COUNT_CAP
from server.people.queries import Viewer
from server.tickets.queries.views import ACTIVE


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of active tickets by view; one that reaches ``COUNT_CAP`` means that many or more.

    ``failed`` counts what is in quarantine and waits for a person, for administrators, ``notices`` those not read;
    ``keeps_mail`` tells whether an account keeps its mail instead of sending it.
    """

    mine: int
    mine_unread: int
    unassigned: int
    all: int
    late: int
    teams: Mapping[int, int]
    failed: int
    keeps_mail: bool
    notices: int


# Each count walks one index over at most a thousand entries and then stops: the order pins the index, and the
# cap stands in the text, or a plan made for all arguments would not know how little is wanted.
_CAPPED = f"ORDER BY last_message_at DESC LIMIT {COUNT_CAP}"
_COUNTS = f"""
WITH mine AS MATERIALIZED (
    SELECT t.id, t.last_message_seq FROM unnest($3::text[]) AS s(status) CROSS JOIN LATERAL (
        SELECT id, last_message_seq FROM tickets
        WHERE assignee_id = $1 AND status = s.status AND team_id = ANY($2::bigint[]) {_CAPPED}
    ) AS t LIMIT {COUNT_CAP}
), teams AS (
    SELECT g.team_id, n.count FROM unnest($2::bigint[]) AS g(team_id)
    CROSS JOIN LATERAL (
        SELECT count(*) FROM (
            SELECT FROM unnest($3::text[]) AS s(status) CROSS JOIN LATERAL (
                SELECT FROM tickets WHERE team_id = g.team_id AND status = s.status {_CAPPED}
            ) AS counted LIMIT {COUNT_CAP}
        ) AS capped
    ) AS n
)
SELECT
    (SELECT count(*) FROM mine) AS mine,
    (SELECT count(*) FROM mine t WHERE t.last_message_seq > coalesce((
        SELECT r.seq FROM ticket_reads r WHERE r.user_id = $1 AND r.ticket_id = t.id
    ), 0)) AS mine_unread,
    (SELECT count(*) FROM (
        SELECT FROM unnest($2::bigint[]) AS g(team_id) CROSS JOIN unnest($3::text[]) AS s(status)
        CROSS JOIN LATERAL (
            SELECT FROM tickets
            WHERE team_id = g.team_id AND status = s.status AND assignee_id IS NULL {_CAPPED}
        ) AS counted LIMIT {COUNT_CAP}
    ) AS capped) AS unassigned,
    (SELECT count(*) FROM (
        SELECT FROM unnest($2::bigint[]) AS g(team_id) CROSS JOIN LATERAL (
            SELECT FROM tickets
            WHERE team_id = g.team_id AND status IN {ACTIVE} AND next_due_at <= $4
            ORDER BY next_due_at LIMIT {COUNT_CAP}
        ) AS counted LIMIT {COUNT_CAP}
    ) AS capped) AS late,
    (SELECT count(*) FROM (
        (SELECT FROM journal WHERE state = 'failed' AND $5 LIMIT {COUNT_CAP})
        UNION ALL (SELECT FROM unreadable_mails WHERE next_try_at IS NULL AND $5 LIMIT {COUNT_CAP})
        LIMIT {COUNT_CAP}
    ) AS capped) AS failed,
    EXISTS (SELECT FROM channel_accounts WHERE settings->>'outgoing' = 'keep') AS keeps_mail,
    (SELECT count(*) FROM notices WHERE user_id = $1 AND read_at IS NULL) AS notices,
    (SELECT array_agg(team_id) FROM teams) AS team_ids,
    (SELECT array_agg(count) FROM teams) AS team_counts
"""


async def of(viewer: Viewer, *, now: datetime) -> Counts:
    """Return the counts for one person's rail."""
    (row,) = await sql.rows(_COUNTS, viewer.id, viewer.team_ids, ACTIVE, now, viewer.administrator)
    teams = dict(zip(row["team_ids"] or (), row["team_counts"] or (), strict=True))
    return Counts(
        mine=row["mine"],
        mine_unread=row["mine_unread"],
        unassigned=row["unassigned"],
        all=min(sum(teams.values()), COUNT_CAP),
        late=row["late"],
        teams=teams,
        failed=row["failed"],
        keeps_mail=row["keeps_mail"],
        notices=row["notices"],
    )
