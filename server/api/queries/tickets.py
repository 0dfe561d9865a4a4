"""Read tickets, what was said on them and what happened, for programs; always within the viewer's teams."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.db import sql
from server.kit.limits import API_TEXT_CHARACTERS
from server.people.queries import Viewer
from server.tickets.queries import cursors
from server.tickets.queries.cursors import NEWEST, Cursor
from server.tickets.queries.lists import Named, Someone
from server.tickets.queries.roots import roots_of

UNTOLD = ("ticket_opened", "read")
"""Who looked at what is for auditors."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A ticket as a program gets it."""

    id: int
    number: int
    subject: str
    status: str
    priority: str
    language: str | None
    channel: str
    team: Named
    topic: Named | None
    assignee: Someone | None
    contact: Someone
    created_at: datetime
    last_message_at: datetime
    last_words: str
    waiting_since: datetime | None
    next_due_at: datetime | None
    last_seq: int
    merged_into: int | None


@dataclass(frozen=True, slots=True)
class File:
    id: int
    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said; ``text`` is all of it, and ``cut`` where it is longer than anybody writes."""

    id: int
    seq: int
    direction: str
    channel: str
    said_at: datetime
    author: Someone | None
    address: str | None
    display_name: str | None
    verified: bool
    automatic: str | None
    text: str
    reply_text: str
    cut: bool
    delivery: str | None
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event; its data are ids, codes and numbers."""

    seq: int
    kind: str
    at: datetime
    actor: Someone | None
    data: Any


_OF_AGENT = """
    SELECT k.at, k.id FROM unnest($4::text[]) AS s(status) CROSS JOIN LATERAL (
        SELECT last_message_at AS at, id FROM tickets
        WHERE assignee_id = $5 AND status = s.status AND team_id = ANY($3::bigint[])
            AND (last_message_at, id) < ($1::timestamptz, $2::bigint)
        ORDER BY last_message_at DESC, id DESC LIMIT {limit}
    ) AS k ORDER BY k.at DESC, k.id DESC LIMIT {limit}
"""
_OF_CONTACT = """
    SELECT last_message_at AS at, id FROM tickets
    WHERE contact_id = $5 AND status = ANY($4::text[]) AND team_id = ANY($3::bigint[])
        AND (last_message_at, id) < ($1::timestamptz, $2::bigint)
    ORDER BY last_message_at DESC, id DESC LIMIT {limit}
"""
_MESSAGES = f"""
    SELECT m.id, m.seq, m.direction, m.channel, m.said_at, m.author_id, u.name AS author_name,
        i.address, i.display_name, m.verified, m.automatic, d.state AS delivery,
        left(m.text, {API_TEXT_CHARACTERS}) AS text, left(m.reply_text, {API_TEXT_CHARACTERS}) AS reply_text,
        length(m.text) > {API_TEXT_CHARACTERS} AS cut
    FROM messages m LEFT JOIN users u ON u.id = m.author_id LEFT JOIN identities i ON i.id = m.identity_id
    LEFT JOIN deliveries d ON d.message_id = m.id
    WHERE m.ticket_id = $1 AND m.seq > $2 ORDER BY m.seq LIMIT {{limit}}
"""


async def of_agent(user_id: int, **asked: Any) -> tuple[list[int], str | None]:
    """Return the ids of somebody's tickets, newest first, and the cursor behind them if there are more."""
    return await _keys(_OF_AGENT, user_id, **asked)


async def of_contact(contact_id: int, **asked: Any) -> tuple[list[int], str | None]:
    """Return the ids of a contact's tickets, newest first, and the cursor behind them if there are more."""
    return await _keys(_OF_CONTACT, contact_id, **asked)


async def with_number(number: int, *, viewer: Viewer) -> list[int]:
    """Return the id of the ticket with this number, if the viewer may see it."""
    found = await sql.rows(
        "SELECT id FROM tickets WHERE number = $1 AND team_id = ANY($2::bigint[]) LIMIT 1",
        number,
        viewer.team_ids,
    )
    return [row["id"] for row in found]


async def summaries(ticket_ids: Sequence[int], *, viewer: Viewer) -> tuple[Summary, ...]:
    """Return tickets in the order of their ids here; those of other teams are left out."""
    found = await sql.rows(
        """
        SELECT t.id, t.number, t.subject, t.status, t.priority, t.language, t.channel, t.team_id,
            g.name_ar AS team_ar, g.name_en AS team_en, t.topic_id, o.name_ar AS topic_ar,
            o.name_en AS topic_en, t.assignee_id, u.name AS assignee_name, t.contact_id, t.contact_name,
            t.created_at, t.last_message_at, t.last_words, t.waiting_since, t.next_due_at, t.last_seq
        FROM unnest($1::bigint[]) WITH ORDINALITY AS k(id, place) JOIN tickets t ON t.id = k.id
        JOIN teams g ON g.id = t.team_id LEFT JOIN topics o ON o.id = t.topic_id
        LEFT JOIN users u ON u.id = t.assignee_id
        WHERE t.team_id = ANY($2::bigint[]) ORDER BY k.place
        """,
        list(ticket_ids),
        viewer.team_ids,
    )
    roots = await roots_of([row["id"] for row in found if row["status"] == "closed"])
    return tuple(_summary(row, roots.get(row["id"], row["id"])) for row in found)


async def messages(ticket_id: int, *, since: int, limit: int) -> tuple[Message, ...]:
    """Return what was said after ``since``, the first thing first. The viewer's right was checked before."""
    found = await sql.rows(_MESSAGES.format(limit=limit), ticket_id, since)
    files: dict[int, list[File]] = {row["id"]: [] for row in found}
    for row in await sql.rows(
        """
        SELECT message_id, id, filename, content_type, size FROM attachments
        WHERE message_id = ANY($1::bigint[]) ORDER BY message_id, position
        """,
        list(files),
    ):
        values = dict(row)
        files[values.pop("message_id")].append(File(**values))
    return tuple(_message(row, tuple(files[row["id"]])) for row in found)


async def events(ticket_id: int, *, since: int, limit: int) -> tuple[Happened, ...]:
    """Return what happened after ``since``, the first thing first. The viewer's right was checked before."""
    found = await sql.rows(
        f"""
        SELECT e.seq, e.kind, e.at, e.actor_id, u.name AS actor_name, e.data
        FROM events e LEFT JOIN users u ON u.id = e.actor_id
        WHERE e.ticket_id = $1 AND e.seq > $2 AND e.kind <> ALL($3::text[]) ORDER BY e.seq LIMIT {limit}
        """,
        ticket_id,
        since,
        list(UNTOLD),
    )
    return tuple(
        Happened(
            row["seq"],
            row["kind"],
            row["at"],
            _someone(row["actor_id"], row["actor_name"]),
            sql.load(row["data"]),
        )
        for row in found
    )


async def first_answer(viewer: Viewer, key: str) -> Any:
    """Return what the first use of a key was answered, if there was one, whatever has become of the ticket."""
    found: str | None = await sql.value(
        "SELECT answer FROM form_keys WHERE user_id = $1 AND key = $2", viewer.id, key
    )
    return sql.load(found)


async def _keys(
    query: str,
    of_id: int,
    *,
    team_ids: Sequence[int],
    statuses: Sequence[str],
    after: str | None,
    limit: int,
) -> tuple[list[int], str | None]:
    begin = cursors.read(after) if after else NEWEST
    found = await sql.rows(
        query.format(limit=limit + 1), begin.at, begin.id, list(team_ids), list(statuses), of_id
    )
    shown = found[:limit]
    more = len(found) > limit
    cursor = cursors.write(Cursor(shown[-1]["at"], shown[-1]["id"])) if more else None
    return [row["id"] for row in shown], cursor


def _summary(row: Any, root: int) -> Summary:
    values = dict(row)
    team = Named(values.pop("team_id"), values.pop("team_ar"), values.pop("team_en"))
    topic_id, *topic = (values.pop(name) for name in ("topic_id", "topic_ar", "topic_en"))
    assignee = _someone(values.pop("assignee_id"), values.pop("assignee_name"))
    contact = Someone(values.pop("contact_id"), values.pop("contact_name"))
    return Summary(
        team=team,
        topic=Named(topic_id, *topic) if topic_id else None,
        assignee=assignee,
        contact=contact,
        merged_into=None if root == row["id"] else root,
        **values,
    )


def _message(row: Any, files: tuple[File, ...]) -> Message:
    values = dict(row)
    author = _someone(values.pop("author_id"), values.pop("author_name"))
    return Message(author=author, files=files, **values)


def _someone(user_id: int | None, name: str | None) -> Someone | None:
    return Someone(user_id, name or "") if user_id else None
