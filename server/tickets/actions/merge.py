"""Merge tickets that are one matter, and take a merge back. Nothing moves: a merge is a link.

The merged ticket is closed for as long as the link stands; what it was before is kept with the link. What is
said later is said to the root, and stays there when the merge is undone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.events.actions import store
from server.events.reactions import Event, react
from server.kit.clock import microseconds
from server.kit.errors import Invalid, NotFound
from server.kit.limits import MERGED_TOGETHER
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions.common import Merged, first_answer, has_read, keep_answer
from server.tickets.actions.standing import (
    Standing,
    reckon,
    reckon_merged,
    standing,
)
from server.tickets.queries.roots import root_of, together, way_up
from server.tickets.queries.views import ACTIVE

PAUSED = frozenset({"pending", "on_hold"})
_LOCK = 0x7A3A5045


@dataclass(frozen=True, slots=True)
class _Side:
    """One of two locked tickets."""

    id: int
    team_id: int
    number: int
    status: str
    waiting_since: datetime | None
    created_at: datetime
    last_message_at: datetime
    last_words: str


async def hold_merges(*, still: bool = False) -> None:
    """Let one merge, undoing or split happen at a time; ``still`` only keeps them all away.

    It comes before any lock on tickets, so that nobody finds a root that is none any more once it is locked.
    """
    await sql.run(f"SELECT pg_advisory_xact_lock{'_shared' if still else ''}($1)", _LOCK)


async def lock_with_root(ticket_id: int) -> None:
    """Lock a ticket and the one in which its conversation goes on, which may be another by now."""
    await hold_merges(still=True)
    await sql.run(
        "SELECT FROM tickets WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE",
        sorted({ticket_id, await root_of(ticket_id)}),
    )


async def merge(ticket_id: int, *, into: int, by: Viewer, form_key: str, now: datetime) -> int:
    """Let a ticket's conversation go on in another's; return the root in which it does.

    A resolved or paused root opens again if what comes to it is not settled or waited for.
    """
    async with transaction():
        if (answer := await first_answer(by, form_key, "merge", now=now)) is not None:
            return int(answer["ticket"])
        await hold_merges()
        root_id = await root_of(into)
        if ticket_id in {into, root_id}:
            raise Invalid("merged_into_itself", field="into")
        locked = await _lock({ticket_id, root_id})
        one, root = _seen(locked, ticket_id, by), _seen(locked, root_id, by)
        if (at := await root_of(ticket_id)) != ticket_id:
            raise Merged(at)
        if root.status == "closed":
            raise Invalid("closed", field="into")
        if len(await together(one.id)) + len(await together(root.id)) > MERGED_TOGETHER:
            raise Invalid("merged_too_many", field="into")
        seq = await _link(one, root, by=by, now=now)
        await has_read(by, root.id, seq)
        await keep_answer(by, form_key, {"ticket": root.id})
        return root.id


async def undo_merge(ticket_id: int, *, by: Viewer, form_key: str, now: datetime) -> None:
    """Let a merged ticket stand for itself again, as it was, with whatever was merged into it before."""
    async with transaction():
        if await first_answer(by, form_key, "undo_merge", now=now) is not None:
            return
        await hold_merges()
        way = await way_up(ticket_id)
        locked = await _lock(way)
        one, root = _seen(locked, way[0], by), _seen(locked, way[-1], by)
        if one is root:
            raise Invalid("not_merged")
        await _unlink(one, root, between=way[1:-1], by=by, now=now)
        await keep_answer(by, form_key, {"ticket": ticket_id})


async def _lock(ticket_ids: Collection[int]) -> dict[int, _Side]:
    found = await sql.rows(
        """
        SELECT id, team_id, number, status, waiting_since, created_at, last_message_at, last_words
        FROM tickets WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE
        """,
        sorted(ticket_ids),
    )
    return {row["id"]: _Side(**row) for row in found}


def _seen(locked: Mapping[int, _Side], ticket_id: int, viewer: Viewer) -> _Side:
    found = locked.get(ticket_id)
    if found is None or found.team_id not in viewer.team_ids:
        raise NotFound
    return found


async def _link(one: _Side, root: _Side, *, by: Viewer, now: datetime) -> int:
    """Write the link and tell both tickets; return the root's ``seq`` for it."""
    unsettled = one.status in ACTIVE
    # What was settled brings neither its age nor a wait along.
    opened_at = (await standing(one.id)).opened_at if unsettled else root.created_at
    waits = one.waiting_since if unsettled else None
    await sql.run(
        """
        INSERT INTO ticket_merges (ticket_id, into_id, status, waiting_since, merged_at, merged_by)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        one.id,
        root.id,
        one.status,
        one.waiting_since,
        now,
        by.id,
    )
    await sql.run(
        "UPDATE tickets SET status = 'closed', waiting_since = NULL WHERE id = $1", one.id
    )
    opening = []
    if (root.status == "resolved" and unsettled) or (root.status in PAUSED and waits):
        opening = [
            Event(root.id, "status_changed", {"from": root.status, "to": "open", "by": "merge"})
        ]
    newer = one.last_message_at > root.last_message_at
    events = [
        *opening,
        Event(
            root.id,
            "ticket_took_over",
            {
                "ticket": one.id,
                "number": one.number,
                "opened_us": microseconds(opened_at),
                "waiting_us": microseconds(waits) if waits else None,
            },
            by.id,
        ),
        Event(
            one.id,
            "ticket_merged",
            {"into": root.id, "number": root.number, "status": one.status},
            by.id,
        ),
    ]
    seqs = await store(events, at=now)
    seq = seqs[len(opening)]
    # What waits there is unread here for everybody else.
    await sql.run(
        """
        UPDATE tickets SET waiting_since = least(waiting_since, $2),
            status = CASE WHEN $3 THEN 'open' ELSE status END,
            resolved_at = CASE WHEN $3 THEN NULL ELSE resolved_at END,
            last_message_at = greatest(last_message_at, $4),
            last_words = CASE WHEN $5 THEN $6 ELSE last_words END,
            last_message_seq = CASE WHEN $2::timestamptz IS NULL THEN last_message_seq ELSE $7 END
        WHERE id = $1
        """,
        root.id,
        waits,
        bool(opening),
        one.last_message_at,
        newer,
        one.last_words,
        seq,
    )
    await react(events, now)
    return seq


async def _unlink(
    one: _Side, root: _Side, *, between: Sequence[int], by: Viewer, now: datetime
) -> None:
    (gone,) = await sql.rows(
        "DELETE FROM ticket_merges WHERE ticket_id = $1 RETURNING status, waiting_since", one.id
    )
    for ticket_id in between:
        await reckon_merged(ticket_id)
    await sql.run(
        "UPDATE tickets SET status = $2, waiting_since = $3 WHERE id = $1",
        one.id,
        gone["status"],
        gone["waiting_since"],
    )
    back = Standing((await standing(one.id)).opened_at, gone["waiting_since"])
    left = await reckon(root.id)
    events = [
        Event(
            root.id,
            "ticket_gave_back",
            {"ticket": one.id, "number": one.number, **told(left, root.status)},
            by.id,
        ),
        Event(
            one.id,
            "merge_undone",
            {
                "from": root.id,
                "number": root.number,
                "status": gone["status"],
                **told(back, gone["status"]),
            },
            by.id,
        ),
    ]
    await store(events, at=now)
    await react(events, now)


def told(of: Standing, status: str) -> dict[str, int | None]:
    """Return how a matter stands as events tell it; nobody waits in what is settled."""
    waits = of.waiting_since if status in ACTIVE else None
    return {
        "opened_us": microseconds(of.opened_at),
        "waiting_us": microseconds(waits) if waits else None,
    }
