"""What the desk alone asks: which tickets another may be merged into, how tickets are named, who spoke last."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.kit.errors import NotFound
from server.people.queries import Viewer
from server.tickets.queries.roots import sees, together
from server.tickets.queries.ticket import Ticket

OFFERED = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket into which another may be merged, or is to be; ``address`` is who asked in it."""

    id: int
    number: int
    subject: str
    status: str
    contact_id: int
    contact_name: str
    address: str
    last_words: str
    last_message_at: datetime


async def others_of_contact(of: Ticket, *, viewer: Viewer) -> tuple[int, ...]:
    """Return the contact's other tickets that are not closed and that the viewer may see, the newest first."""
    found = await sql.rows(
        f"""
        SELECT id FROM tickets
        WHERE contact_id = $1 AND id <> $2 AND status <> 'closed' AND team_id = ANY($3::bigint[])
        ORDER BY id DESC LIMIT {OFFERED}
        """,
        of.contact_id,
        of.id,
        viewer.team_ids,
    )
    return tuple(row["id"] for row in found)


async def numbered(number: int, *, viewer: Viewer) -> int | None:
    """Return the ticket with this number, if there is one and the viewer may see it."""
    ticket_id: int | None = await sql.value(
        "SELECT id FROM tickets WHERE number = $1 AND team_id = ANY($2::bigint[])",
        number,
        viewer.team_ids,
    )
    return ticket_id


async def candidates(ids: Sequence[int], *, viewer: Viewer) -> tuple[Candidate, ...]:
    """Return these tickets in this order, without those that the viewer may not see."""
    if not ids:
        return ()
    found = await sql.rows(
        """
        SELECT t.id, t.number, t.subject, t.status, t.contact_id, t.contact_name, i.address, t.last_words,
            t.last_message_at
        FROM unnest($1::bigint[]) WITH ORDINALITY AS k(id, place)
        JOIN tickets t ON t.id = k.id AND t.team_id = ANY($2::bigint[])
        JOIN identities i ON i.id = t.identity_id ORDER BY k.place
        """,
        list(ids),
        viewer.team_ids,
    )
    return tuple(Candidate(**row) for row in found)


async def numbers(ids: Collection[int], *, viewer: Viewer) -> dict[int, tuple[int, bool]]:
    """Return the numbers of tickets, and whether the viewer may open them."""
    if not ids:
        return {}
    found = await sql.rows(
        """
        SELECT id, number, team_id = ANY($2::bigint[]) AS seen FROM tickets WHERE id = ANY($1::bigint[])
        """,
        sorted(ids),
        viewer.team_ids,
    )
    return {row["id"]: (row["number"], row["seen"]) for row in found}


async def ticket_of_message(message_id: int, *, viewer: Viewer) -> int:
    """Return whose message it is, for viewers who may see it; raise :class:`NotFound`."""
    ticket_id: int | None = await sql.value(
        "SELECT ticket_id FROM messages WHERE id = $1", message_id
    )
    if ticket_id is None or not await sees(viewer, ticket_id):
        raise NotFound
    return ticket_id


async def spoke_last(of: Ticket) -> str | None:
    """Return the address of the citizen who spoke last, with nobody answering since; none of an unknown sender."""
    row = await sql.row(
        """
        SELECT m.direction, m.verified, i.address FROM messages m
        LEFT JOIN identities i ON i.id = m.identity_id LEFT JOIN deliveries d ON d.message_id = m.id
        WHERE m.ticket_id = ANY($1::bigint[]) AND m.direction <> 'note' AND m.automatic IS NULL
            AND d.state IS DISTINCT FROM 'undone'
        ORDER BY m.created_at DESC, m.id DESC LIMIT 1
        """,
        await together(of.id),
    )
    if row is None or row["direction"] != "in" or not row["verified"]:
        return None
    address: str | None = row["address"]
    return address
