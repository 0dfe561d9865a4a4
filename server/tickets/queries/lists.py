"""Lists of tickets, a page at a time.

A list over several groups (a team and a status) takes the first rows of each from its index and merges
them. Asked for at once, small groups would make PostgreSQL read past all the tickets of the large ones.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from server.db import sql
from server.kit.limits import LIST_PAGE
from server.people.queries import Viewer
from server.tickets.queries import cursors
from server.tickets.queries.cursors import NEWEST, OLDEST, Cursor
from server.tickets.queries.roots import merged_numbers
from server.tickets.queries.views import ACTIVE, Kind, View


@dataclass(frozen=True, slots=True)
class Named:
    """What an administrator named, in both languages."""

    id: int
    ar: str
    en: str


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who works here."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A ticket as a list shows it. ``unread`` means that something was said which the viewer has not seen.

    ``merged_into`` is the number of the ticket in which a merged one goes on.
    """

    id: int
    number: int
    contact_name: str
    channel: str
    subject: str
    last_words: str
    last_message_at: datetime
    status: str
    priority: str
    topic: Named | None
    assignee: Someone | None
    waiting_since: datetime | None
    next_due_at: datetime | None
    next_warn_at: datetime | None
    unread: bool
    tags: tuple[str, ...] = ()
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and the cursor of the next page if there is one."""

    rows: tuple[Listed, ...]
    next_after: str | None


# $1 the viewer, $2 $3 the cursor, $4 team ids, $5 statuses; for late ones $6 the present. The limit stands in
# the text: as a parameter it would be unknown to a plan made for all arguments, which then scans the table.
_BY_TEAM = """
    SELECT k.at, k.id FROM unnest($4::bigint[]) AS g(team_id) CROSS JOIN unnest($5::text[]) AS s(status)
    CROSS JOIN LATERAL (
        SELECT last_message_at AS at, id FROM tickets
        WHERE team_id = g.team_id AND status = s.status {condition}
            AND (last_message_at, id) < ($2::timestamptz, $3::bigint)
        ORDER BY last_message_at DESC, id DESC LIMIT {limit}
    ) AS k
    ORDER BY k.at DESC, k.id DESC LIMIT {limit}
"""
_MINE = """
    SELECT k.at, k.id FROM unnest($5::text[]) AS s(status)
    CROSS JOIN LATERAL (
        SELECT last_message_at AS at, id FROM tickets
        WHERE assignee_id = $1 AND status = s.status AND team_id = ANY($4::bigint[])
            AND (last_message_at, id) < ($2::timestamptz, $3::bigint)
        ORDER BY last_message_at DESC, id DESC LIMIT {limit}
    ) AS k
    ORDER BY k.at DESC, k.id DESC LIMIT {limit}
"""
# The statuses stand in the text as well: that is how PostgreSQL sees that the partial index fits.
_LATE = """
    SELECT k.at, k.id FROM unnest($4::bigint[]) AS g(team_id)
    CROSS JOIN LATERAL (
        SELECT next_due_at AS at, id FROM tickets
        WHERE team_id = g.team_id AND status IN {active} AND status = ANY($5::text[])
            AND next_due_at <= $6 AND (next_due_at, id) > ($2::timestamptz, $3::bigint)
        ORDER BY next_due_at, id LIMIT {limit}
    ) AS k
    ORDER BY k.at, k.id LIMIT {limit}
"""
# Tagged tickets are few beside all the others: the tag's own index finds them, and only they are sorted.
_TAGGED = """
    SELECT last_message_at AS at, id FROM tickets
    WHERE tags <> '{{}}' AND tags @> ARRAY[{tag}::text] AND team_id = ANY($4::bigint[])
        AND status = ANY($5::text[]) {condition}
        AND (last_message_at, id) < ($2::timestamptz, $3::bigint)
    ORDER BY last_message_at DESC, id DESC LIMIT {limit}
"""
_OF_KIND: dict[Kind, str] = {
    "mine": "AND assignee_id = $1",
    "unassigned": "AND assignee_id IS NULL",
    "late": "AND next_due_at <= $7",
}
_KEYS: dict[Kind, tuple[str, str]] = {
    "all": (_BY_TEAM, ""),
    "team": (_BY_TEAM, ""),
    "unassigned": (_BY_TEAM, "AND assignee_id IS NULL"),
    "mine": (_MINE, ""),
    "late": (_LATE, ""),
}
_ROWS = """
WITH keys AS MATERIALIZED ({keys})
SELECT k.at AS key_at, t.id, t.number, t.contact_name, t.channel, t.subject, t.last_words,
    t.last_message_at, t.status, t.priority, t.waiting_since, t.next_due_at, t.next_warn_at,
    t.topic_id, o.name_ar, o.name_en, t.assignee_id, u.name AS assignee_name,
    t.last_message_seq > coalesce(r.seq, 0) AS unread, t.tags
FROM keys k
JOIN tickets t ON t.id = k.id
LEFT JOIN topics o ON o.id = t.topic_id
LEFT JOIN users u ON u.id = t.assignee_id
LEFT JOIN ticket_reads r ON r.user_id = $1 AND r.ticket_id = t.id
ORDER BY k.at {direction}, k.id {direction}
"""


@cache
def _query(kind: Kind, limit: int) -> str:
    keys, condition = _KEYS[kind]
    return _ROWS.format(
        keys=keys.format(condition=condition, active=ACTIVE, limit=limit),
        direction="ASC" if kind == "late" else "DESC",
    )


@cache
def _tagged(kind: Kind, limit: int) -> str:
    keys = _TAGGED.format(tag="$6", condition=_OF_KIND.get(kind, ""), limit=limit)
    return _ROWS.format(keys=keys, direction="DESC")


async def page(
    view: View, *, viewer: Viewer, now: datetime, after: str | None = None, limit: int = LIST_PAGE
) -> Page:
    """Return the page of a view that begins behind the cursor ``after``."""
    first = OLDEST if view.kind == "late" and not view.tag else NEWEST
    begin = cursors.read(after) if after else first
    arguments = [viewer.id, begin.at, begin.id, view.team_ids, view.statuses]
    if view.tag:
        arguments.append(view.tag)
    if view.kind == "late":
        arguments.append(now)
    # One more than a page holds tells whether there is a next one.
    query = _tagged if view.tag else _query
    found = await sql.rows(query(view.kind, limit + 1), *arguments)
    shown = found[:limit]
    last = Cursor(shown[-1]["key_at"], shown[-1]["id"]) if len(found) > limit else None
    merged = await merged_numbers([row["id"] for row in shown if row["status"] == "closed"])
    rows = tuple(_listed(row, merged.get(row["id"])) for row in shown)
    return Page(rows, cursors.write(last) if last else None)


def _listed(row: Any, merged_into: int | None) -> Listed:
    return Listed(
        id=row["id"],
        number=row["number"],
        contact_name=row["contact_name"],
        channel=row["channel"],
        subject=row["subject"],
        last_words=row["last_words"],
        last_message_at=row["last_message_at"],
        status=row["status"],
        priority=row["priority"],
        topic=Named(row["topic_id"], row["name_ar"], row["name_en"]) if row["topic_id"] else None,
        assignee=Someone(row["assignee_id"], row["assignee_name"]) if row["assignee_id"] else None,
        waiting_since=row["waiting_since"],
        next_due_at=row["next_due_at"],
        next_warn_at=row["next_warn_at"],
        unread=row["unread"],
        tags=tuple(row["tags"]),
        merged_into=merged_into,
    )
