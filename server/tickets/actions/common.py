"""What every action on a ticket begins with: the first answer to a repeat, the lock, the first touch."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.db import sql
from server.events.reactions import Event
from server.kit.errors import Conflict, Invalid, NotFound
from server.kit.limits import FORM_KEY_CHARACTERS
from server.people.queries import Viewer
from server.tickets.queries.roots import root_of

MATTERS = (
    "message_received",
    "reply_written",
    "note_written",
    "status_changed",
    "assigned",
    "ticket_took_over",
)
"""Events that somebody should see before an answer leaves."""


class NewerThings(Conflict):
    """Things happened on the ticket after what the writer saw; ``seqs`` are theirs."""

    code = "newer_things"

    def __init__(self, seqs: tuple[int, ...]) -> None:
        super().__init__()
        self.seqs = seqs


class Merged(Conflict):
    """The ticket is merged: what was to be done has to be done on ``root``, where its conversation goes on."""

    code = "merged"

    def __init__(self, root: int) -> None:
        super().__init__()
        self.root = root


@dataclass(frozen=True, slots=True)
class Locked:
    """The ticket's row, locked until the transaction ends."""

    id: int
    team_id: int
    assignee_id: int | None
    topic_id: int | None
    status: str
    priority: str
    identity_id: int
    channel: str
    channel_account_id: int
    subject: str
    last_seq: int


async def first_answer(viewer: Viewer, key: str, action: str, *, now: datetime) -> Any:
    """Return what the first use of this key was answered, or ``None`` if this is the first.

    A concurrent repeat waits here until the first use commits, and then gets its answer.
    """
    if not key or len(key) > FORM_KEY_CHARACTERS:
        raise Invalid("form_key", field="form_key")
    fresh = await sql.value(
        """
        INSERT INTO form_keys (user_id, key, action, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING true
        """,
        viewer.id,
        key,
        action,
        now,
    )
    if fresh:
        return None
    row = await sql.row(
        "SELECT action, answer FROM form_keys WHERE user_id = $1 AND key = $2", viewer.id, key
    )
    if row is None or row["action"] != action:
        raise Invalid("form_key", field="form_key")
    return sql.load(row["answer"]) or {}


async def keep_answer(viewer: Viewer, key: str, answer: dict[str, int]) -> None:
    """Remember what this key was answered."""
    await sql.run(
        "UPDATE form_keys SET answer = $3::jsonb WHERE user_id = $1 AND key = $2",
        viewer.id,
        key,
        sql.dump(answer),
    )


async def lock(ticket_id: int, viewer: Viewer, *, merged: bool = False) -> Locked:
    """Lock a ticket that this person may see; raise :class:`NotFound` for any other.

    A ticket that is merged raises :class:`Merged`, unless ``merged`` ones are meant as well.
    """
    row = await sql.row(
        """
        SELECT id, team_id, assignee_id, topic_id, status, priority, identity_id, channel,
               channel_account_id, subject, last_seq
        FROM tickets WHERE id = $1 AND team_id = ANY($2::bigint[]) FOR UPDATE
        """,
        ticket_id,
        list(viewer.team_ids),
    )
    if row is None:
        raise NotFound
    if not merged and row["status"] == "closed" and (root := await root_of(row["id"])) != row["id"]:
        raise Merged(root)
    return Locked(**row)


async def has_read(viewer: Viewer, ticket_id: int, seq: int) -> None:
    """Remember that this person has seen the ticket up to ``seq``."""
    await sql.run(
        """
        INSERT INTO ticket_reads AS r (user_id, ticket_id, seq) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, ticket_id) DO UPDATE SET seq = greatest(r.seq, excluded.seq)
        """,
        viewer.id,
        ticket_id,
        seq,
    )


async def refuse_if_newer(ticket: Locked, viewer: Viewer, *, seen_seq: int | None) -> None:
    """Raise :class:`NewerThings` if others did something that matters since ``seen_seq``."""
    if seen_seq is None or seen_seq >= ticket.last_seq:
        return
    found = await sql.rows(
        """
        SELECT seq FROM events WHERE ticket_id = $1 AND seq > $2 AND kind = ANY($3::text[])
            AND actor_id IS DISTINCT FROM $4 AND NOT data ? 'automatic' ORDER BY seq LIMIT 50
        """,
        ticket.id,
        seen_seq,
        list(MATTERS),
        viewer.id,
    )
    if found:
        raise NewerThings(tuple(row["seq"] for row in found))


async def touched(ticket: Locked, viewer: Viewer) -> list[Event]:
    """Open a new ticket at the first human action; return the event to emit, if any."""
    if ticket.status != "new":
        return []
    await sql.run("UPDATE tickets SET status = 'open' WHERE id = $1", ticket.id)
    return [Event(ticket.id, "status_changed", {"from": "new", "to": "open"}, viewer.id)]
