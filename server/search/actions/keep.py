"""React to what is said and to tickets that move: their terms change in the same transaction.

The caller of the event holds the ticket's lock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from server.db import sql
from server.events.reactions import Event
from server.search.terms import HAS_FILE, Vector

SAID = frozenset({"message_received", "reply_written", "note_written"})
MOVED = frozenset({"routed", "team_changed"})
SPLIT = frozenset({"message_split"})
REACTS_TO = SAID | MOVED | SPLIT

_ADD = """
INSERT INTO search_documents AS d (ticket_id, team_id, at, size, terms)
SELECT t.id, t.team_id, t.last_message_at, n.size,
       array_to_tsvector(search_marks(t.team_id, t.last_message_at)) || n.terms::tsvector
FROM unnest($1::bigint[], $2::int[], $3::text[]) AS n(id, size, terms) JOIN tickets t ON t.id = n.id ORDER BY t.id
ON CONFLICT (ticket_id) DO UPDATE SET team_id = excluded.team_id, at = excluded.at, size = {size}, terms = {terms}
"""
_FURTHER = _ADD.format(
    size="d.size + excluded.size",
    terms="ts_delete(d.terms, search_marks(d.team_id, d.at)) || excluded.terms",
)
_AFRESH = _ADD.format(size="excluded.size", terms="excluded.terms")


async def index(events: Sequence[Event], _at: datetime) -> None:
    """Add what was said, and follow tickets to their teams."""
    said = [event for event in events if event.kind in SAID]
    if said:
        await _add(said)
    if moved := sorted({event.ticket_id for event in events if event.kind in MOVED}):
        await _move(moved)
    if split := sorted({event.ticket_id for event in events if event.kind in SPLIT}):
        await rebuild(split)


async def rebuild(ticket_ids: Collection[int]) -> None:
    """Write these locked tickets' terms afresh from everything said in them."""
    found = await sql.rows(
        "SELECT id FROM messages WHERE ticket_id = ANY($1::bigint[]) ORDER BY ticket_id, seq",
        list(ticket_ids),
    )
    heads = await _heads(ticket_ids)
    made = {ticket_id: _head(row) for ticket_id, row in heads.items()}
    await _fill(made, [row["id"] for row in found])
    await _write(_AFRESH, made)


async def _add(said: Sequence[Event]) -> None:
    heads = await _heads({event.ticket_id for event in said})
    # A ticket without terms is new, or older than the search: then all of it is taken up.
    if fresh := [ticket_id for ticket_id, row in heads.items() if row["size"] is None]:
        await rebuild(fresh)
    made = {
        ticket_id: Vector(size=row["size"])
        for ticket_id, row in heads.items()
        if row["size"] is not None
    }
    if made:
        await _fill(made, [event.data["message"] for event in said if event.ticket_id in made])
        for ticket_id, vector in made.items():
            vector.size -= heads[ticket_id]["size"]
        await _write(_FURTHER, made)


async def _write(statement: str, made: Mapping[int, Vector]) -> None:
    await sql.run(
        statement,
        *sql.columns([(key, vector.size, str(vector)) for key, vector in made.items()], 3),
    )


async def _move(ticket_ids: Sequence[int]) -> None:
    await sql.run(
        """
        UPDATE search_documents d SET team_id = t.team_id,
            terms = ts_delete(d.terms, search_marks(d.team_id, d.at))
                    || array_to_tsvector(search_marks(t.team_id, d.at))
        FROM tickets t WHERE t.id = d.ticket_id AND d.ticket_id = ANY($1::bigint[]) AND d.team_id <> t.team_id
        """,
        ticket_ids,
    )


async def _heads(ticket_ids: Iterable[int]) -> dict[int, Any]:
    found = await sql.rows(
        """
        SELECT t.id, t.number, t.subject, t.contact_name, d.size FROM tickets t
        LEFT JOIN search_documents d ON d.ticket_id = t.id WHERE t.id = ANY($1::bigint[]) ORDER BY t.id
        """,
        sorted(ticket_ids),
    )
    return {row["id"]: row for row in found}


def _head(row: Any) -> Vector:
    vector = Vector()
    vector.add(str(row["number"]))
    vector.add(row["subject"])
    vector.add(row["contact_name"], of_person=True)
    return vector


async def _fill(made: Mapping[int, Vector], message_ids: Sequence[int]) -> None:
    found = await sql.rows(
        """
        SELECT m.ticket_id, m.subject, m.reply_text, m.direction, i.address, i.display_name,
               ARRAY(SELECT a.filename FROM attachments a WHERE a.message_id = m.id ORDER BY a.position) AS files
        FROM messages m LEFT JOIN identities i ON i.id = m.identity_id
        WHERE m.id = ANY($1::bigint[]) ORDER BY m.ticket_id, m.seq
        """,
        list(message_ids),
    )
    for row in found:
        vector = made[row["ticket_id"]]
        vector.add(row["subject"])
        vector.add(row["reply_text"])
        if row["direction"] == "in" and row["address"]:
            vector.add_address(row["address"])
            vector.add(row["display_name"] or "", of_person=True)
        for name in row["files"]:
            vector.mark(HAS_FILE)
            vector.add(name)
