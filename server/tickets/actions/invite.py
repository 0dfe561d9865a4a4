"""Let those whom an agent copied an answer to take part in the ticket."""

from collections.abc import Collection
from datetime import datetime

from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event


async def invite(
    ticket_id: int, identity_ids: Collection[int], *, message_id: int, now: datetime
) -> None:
    """Make followers of them who are no party yet, in the name of the answer's author.

    The caller has locked the ticket.
    """
    invited = await sql.rows(
        """
        INSERT INTO ticket_parties (ticket_id, identity_id, role)
        SELECT $1, i.id, 'follower' FROM unnest($2::bigint[]) AS i(id)
        ON CONFLICT DO NOTHING RETURNING identity_id
        """,
        ticket_id,
        sorted(identity_ids),
    )
    if not invited:
        return
    author_id = await sql.value("SELECT author_id FROM messages WHERE id = $1", message_id)
    identities = sorted(row["identity_id"] for row in invited)
    await emit(
        [Event(ticket_id, "invited", {"message": message_id, "identities": identities}, author_id)],
        at=now,
    )
