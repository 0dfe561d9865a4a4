"""One ticket as its page needs it: its own row with names, its parties, its contact's other tickets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.db import sql
from server.kit.errors import NotFound
from server.people.queries import Viewer
from server.tickets.queries.lists import Named, Someone
from server.tickets.queries.roots import merged_numbers, together

OTHER_TICKETS = 12
PARTIES = 50


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket's head. ``read_seq`` is how far the viewer had read; ``address`` is who asked."""

    id: int
    number: int
    subject: str
    status: str
    priority: str
    language: str | None
    team: Named
    topic: Named | None
    assignee: Someone | None
    channel: str
    account_id: int
    account_name: str
    account_enabled: bool
    contact_id: int
    contact_name: str
    contact_language: str | None
    contact_since: datetime
    contact_class: str
    address: str
    address_verified: bool
    linked_ticket_id: int | None
    created_at: datetime
    waiting_since: datetime | None
    next_due_at: datetime | None
    last_seq: int
    last_message_seq: int
    read_seq: int
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """An identity: of the ticket's contact, or of another party (then ``role`` says which)."""

    id: int
    channel: str
    address: str
    display_name: str | None
    verified: bool
    contact_id: int
    role: str | None


@dataclass(frozen=True, slots=True)
class Other:
    """Another ticket of the same contact, or one that is linked with this one.

    ``merged_into`` is the number of the ticket in which a merged one goes on.
    """

    id: int
    number: int
    subject: str
    status: str
    last_message_at: datetime
    linked: bool
    merged_into: int | None = None


async def one(ticket_id: int, *, viewer: Viewer) -> Ticket:
    """Return a ticket of the viewer's teams; raise :class:`NotFound` for any other."""
    row = await sql.row(
        """
        SELECT t.id, t.number, t.subject, t.status, t.priority, t.language, t.team_id,
            g.name_ar AS team_ar, g.name_en AS team_en, t.topic_id, o.name_ar AS topic_ar,
            o.name_en AS topic_en, t.assignee_id, u.name AS assignee_name, t.channel,
            a.id AS account_id, a.name AS account_name, a.enabled AS account_enabled,
            c.id AS contact_id, t.contact_name, c.language AS contact_language,
            c.created_at AS contact_since,
            CASE WHEN c.vip THEN 'vip' ELSE 'ordinary' END AS contact_class,
            i.address, i.verified AS address_verified,
            t.linked_ticket_id, t.created_at, t.waiting_since, t.next_due_at, t.last_seq,
            t.last_message_seq, coalesce(r.seq, 0) AS read_seq, t.tags
        FROM tickets t
        JOIN teams g ON g.id = t.team_id
        JOIN channel_accounts a ON a.id = t.channel_account_id
        JOIN contacts c ON c.id = t.contact_id
        JOIN identities i ON i.id = t.identity_id
        LEFT JOIN topics o ON o.id = t.topic_id
        LEFT JOIN users u ON u.id = t.assignee_id
        LEFT JOIN ticket_reads r ON r.user_id = $2 AND r.ticket_id = t.id
        WHERE t.id = $1 AND t.team_id = ANY($3::bigint[])
        """,
        ticket_id,
        viewer.id,
        viewer.team_ids,
    )
    if row is None:
        raise NotFound
    return _ticket(row)


async def addresses(ticket: Ticket) -> tuple[Address, ...]:
    """Return the contact's identities and those of the other parties, of merged tickets as well."""
    found = await sql.rows(
        f"""
        SELECT i.id, i.channel, i.address, i.display_name, i.verified, i.contact_id, (
            SELECT max(p.role) FROM ticket_parties p
            WHERE p.ticket_id = ANY($1::bigint[]) AND p.identity_id = i.id) AS role
        FROM (
            (SELECT identity_id AS id FROM ticket_parties WHERE ticket_id = ANY($1::bigint[]) LIMIT {PARTIES})
            UNION
            (SELECT id FROM identities WHERE contact_id = $2 ORDER BY id LIMIT {PARTIES})
        ) AS concerned
        JOIN identities i USING (id)
        ORDER BY i.contact_id <> $2, i.id
        """,
        await together(ticket.id),
        ticket.contact_id,
    )
    return tuple(Address(**row) for row in found)


async def others(ticket: Ticket, *, viewer: Viewer) -> tuple[Other, ...]:
    """Return the contact's other tickets that the viewer may see, newest first, and the linked one."""
    found = await sql.rows(
        f"""
        SELECT id, number, subject, status, last_message_at,
            id = $3 OR linked_ticket_id IS NOT DISTINCT FROM $1 AS linked
        FROM tickets JOIN (
            (SELECT id FROM tickets
             WHERE contact_id = $2 AND team_id = ANY($4::bigint[]) AND id <> $1
             ORDER BY id DESC LIMIT {OTHER_TICKETS})
            UNION
            (SELECT id FROM tickets WHERE id = $3::bigint AND team_id = ANY($4::bigint[]))
        ) AS found USING (id)
        ORDER BY id DESC
        """,
        ticket.id,
        ticket.contact_id,
        ticket.linked_ticket_id,
        viewer.team_ids,
    )
    merged = await merged_numbers([row["id"] for row in found if row["status"] == "closed"])
    return tuple(Other(**row, merged_into=merged.get(row["id"])) for row in found)


def _ticket(row: Any) -> Ticket:
    return Ticket(
        id=row["id"],
        number=row["number"],
        subject=row["subject"],
        status=row["status"],
        priority=row["priority"],
        language=row["language"],
        team=Named(row["team_id"], row["team_ar"], row["team_en"]),
        topic=Named(row["topic_id"], row["topic_ar"], row["topic_en"]) if row["topic_id"] else None,
        assignee=Someone(row["assignee_id"], row["assignee_name"]) if row["assignee_id"] else None,
        channel=row["channel"],
        account_id=row["account_id"],
        account_name=row["account_name"],
        account_enabled=row["account_enabled"],
        contact_id=row["contact_id"],
        contact_name=row["contact_name"],
        contact_language=row["contact_language"],
        contact_since=row["contact_since"],
        contact_class=row["contact_class"],
        address=row["address"],
        address_verified=row["address_verified"],
        linked_ticket_id=row["linked_ticket_id"],
        created_at=row["created_at"],
        waiting_since=row["waiting_since"],
        next_due_at=row["next_due_at"],
        last_seq=row["last_seq"],
        last_message_seq=row["last_message_seq"],
        read_seq=row["read_seq"],
        tags=tuple(row["tags"]),
    )


async def rating(of: Ticket) -> tuple[int, str, datetime] | None:
    """Return what was last said of how it went, also of a ticket merged into it: points, words, and when."""
    row = await sql.row(
        """
        SELECT score, comment, rated_at FROM ratings WHERE ticket_id = ANY($1::bigint[]) AND score IS NOT NULL
        ORDER BY rated_at DESC LIMIT 1
        """,
        await together(of.id),
    )
    return (row["score"], row["comment"], row["rated_at"]) if row else None
