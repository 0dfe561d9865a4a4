"""Tag tickets: short names that people and rules give them, to find them together again."""

from collections.abc import Collection, Sequence
from datetime import datetime

from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.errors import Invalid
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions.common import first_answer, keep_answer, lock, touched

CHARACTERS = 60
MOST = 20


async def set_tags(
    ticket_id: int, *, tags: Sequence[str], by: Viewer, form_key: str, now: datetime
) -> None:
    """Let the ticket have these tags and no others."""
    wanted = list(dict.fromkeys(" ".join(tag.split()) for tag in tags if tag.strip()))
    if len(wanted) > MOST:
        raise Invalid("too_many_tags", field="tags")
    if any(len(tag) > CHARACTERS for tag in wanted):
        raise Invalid("too_long", field="tags")
    async with transaction():
        if await first_answer(by, form_key, "tags", now=now) is not None:
            return
        ticket = await lock(ticket_id, by)
        present = await sql.value("SELECT tags FROM tickets WHERE id = $1", ticket.id)
        changed = [tag for tag in (*wanted, *present) if (tag in wanted) != (tag in present)]
        if changed:
            ids = await tag_ids(changed)
            await sql.run("UPDATE tickets SET tags = $2 WHERE id = $1", ticket.id, wanted)
            events = [
                Event(
                    ticket.id, "tagged" if tag in wanted else "untagged", {"tag": ids[tag]}, by.id
                )
                for tag in changed
            ]
            await emit([*await touched(ticket, by), *events], at=now)
        await keep_answer(by, form_key, {"ticket": ticket.id})


async def tag_ids(names: Collection[str]) -> dict[str, int]:
    """Return the ids by which events name tags; a new one is made."""
    if not names:
        return {}
    wanted = sorted(set(names))
    await sql.run(
        "INSERT INTO tags (name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", wanted
    )
    found = await sql.rows("SELECT id, name FROM tags WHERE name = ANY($1::text[])", wanted)
    return {row["name"]: row["id"] for row in found}
