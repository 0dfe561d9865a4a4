"""Who stands with a ticket: where a merged one goes on, and what was merged into another, by whom and when."""

from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.kit.limits import MERGED_TOGETHER
from server.people.queries import Viewer
from server.tickets.queries.lists import Someone
from server.tickets.queries.roots import BELOW, INTO, UP


@dataclass(frozen=True, slots=True)
class Into:
    """Where a merged ticket goes on; ``status`` is what it had before, ``seen`` whether the viewer may go there."""

    id: int
    number: int
    status: str
    merged_at: datetime
    merged_by: Someone
    seen: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A merged ticket; ``status`` is what it had before, ``into_id`` what it was merged into itself."""

    id: int
    number: int
    subject: str
    contact_id: int
    contact_name: str
    team_id: int
    status: str
    into_id: int
    merged_at: datetime
    merged_by: Someone


async def merged_into(ticket_id: int, *, viewer: Viewer) -> Into | None:
    """Return where a ticket goes on, if it is merged."""
    row = await sql.row(
        f"""
        {UP} SELECT t.id, t.number, t.team_id, m.status, m.merged_at, m.merged_by, u.name
        FROM (SELECT id FROM up ORDER BY depth DESC LIMIT 1) AS root JOIN tickets t ON t.id = root.id
        JOIN ticket_merges m ON m.ticket_id = ($1::bigint[])[1] JOIN users u ON u.id = m.merged_by
        """,
        [ticket_id],
    )
    if row is None:
        return None
    by = Someone(row["merged_by"], row["name"])
    seen = row["team_id"] in viewer.team_ids
    return Into(row["id"], row["number"], row["status"], row["merged_at"], by, seen)


async def family(ticket_id: int) -> tuple[Member, ...]:
    """Return what is merged into this ticket, directly or not, the earliest merge first.

    Whoever may see a ticket may see its family, also where it is merged itself: the viewer's right to the
    ticket was checked before.
    """
    found = await sql.rows(
        f"""
        WITH RECURSIVE {BELOW.format(root="$1")}
        SELECT t.id, t.number, t.subject, t.contact_id, t.contact_name, t.team_id, m.status, m.into_id,
            m.merged_at, m.merged_by, u.name AS merged_by_name
        FROM below b {INTO.format(one="b.id")}
        JOIN tickets t ON t.id = b.id JOIN users u ON u.id = m.merged_by
        WHERE b.id <> $1 ORDER BY m.merged_at, t.id LIMIT {MERGED_TOGETHER}
        """,
        ticket_id,
    )
    return tuple(
        Member(
            id=row["id"],
            number=row["number"],
            subject=row["subject"],
            contact_id=row["contact_id"],
            contact_name=row["contact_name"],
            team_id=row["team_id"],
            status=row["status"],
            into_id=row["into_id"],
            merged_at=row["merged_at"],
            merged_by=Someone(row["merged_by"], row["merged_by_name"]),
        )
        for row in found
    )
