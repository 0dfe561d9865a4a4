"""Gather what is to leave the house into one message a receiver, so that a storm is one message."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from server.alarms import queries
from server.alarms.kinds import KINDS, PRESSING, Item
from server.alarms.queries import Choice
from server.alarms.quiet import quiet_until
from server.db import sql

GATHERING = timedelta(seconds=60)
"""So long a message waits for what belongs into it."""
BETWEEN = timedelta(minutes=5)
"""So far apart are two messages to the same receiver by the same way, however much happens."""
SHOWN = 20
"""So many things a message names; the rest it counts."""
LATE = frozenset({"breach", "escalation"})

Receiver = Literal["user_id", "webhook_id", "office_id"]
_Sorted = dict[tuple[int, bool], list[Item]]


async def gather_mail(told: Sequence[tuple[int, Item]], *, now: datetime) -> None:
    """Put what people want by e-mail into their messages; nothing where no account sends them."""
    if not told or await queries.account_id() is None:
        return
    chosen = await queries.choices([person for person, _ in told])
    priorities = await _priorities([item for _, item in told])
    gathered: _Sorted = {}
    until: dict[tuple[int, bool], datetime] = {}
    for person, item in told:
        choice = chosen[person]
        if item.kind not in choice.email:
            continue
        quiet = quiet_until(now, zone=choice.zone, weekly=choice.quiet)
        pressing = quiet is not None and _is_pressing(item, choice, priorities)
        gathered.setdefault((person, pressing), []).append(item)
        if quiet is not None and not pressing:
            until[person, pressing] = quiet
    await _add("user_id", gathered, until, now=now)


async def gather_for_webhooks(items: Sequence[Item], *, now: datetime, but: int = 0) -> None:
    """Put the items into the messages of the webhooks that want them; ``but`` names one that is left out."""
    if not items:
        return
    gathered: _Sorted = {}
    for webhook in await queries.webhooks(enabled=True):
        wanted = [item for item in items if item.kind in webhook.kinds]
        if wanted and webhook.id != but:
            gathered[webhook.id, False] = wanted
    await _add("webhook_id", gathered, {}, now=now)


async def gather_for_offices(told: Sequence[tuple[str, Item]], *, now: datetime) -> None:
    """Put the items into the messages of offices, by their addresses; nothing where no account sends them."""
    if not told or await queries.account_id() is None:
        return
    addresses = sorted({address for address, _ in told})
    await sql.run(
        "INSERT INTO alarm_offices (address) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING",
        addresses,
    )
    found = await sql.rows(
        "SELECT id, address FROM alarm_offices WHERE address = ANY($1::text[])", addresses
    )
    offices = {row["address"]: row["id"] for row in found}
    gathered: _Sorted = {}
    for address, item in told:
        gathered.setdefault((offices[address], False), []).append(item)
    await _add("office_id", gathered, {}, now=now)


async def _add(
    receiver: Receiver,
    gathered: _Sorted,
    until: Mapping[tuple[int, bool], datetime],
    *,
    now: datetime,
) -> None:
    """Join each receiver's open message, or begin one; in order of receivers, as everybody locks them."""
    if not gathered:
        return
    keys = sorted(gathered)
    rows = [
        (
            key[0],
            key[1],
            until.get(key),
            *(sum(item.kind == kind for item in gathered[key]) for kind in KINDS),
        )
        for key in keys
    ]
    found = await sql.rows(
        f"""
        INSERT INTO dispatches AS d ({receiver}, pressing, state, began_at, leaves_at, held, warnings, breaches,
                                     escalations, troubles)
        SELECT n.receiver, n.pressing, 'gathering', $8,
            coalesce(n.until, greatest($8::timestamptz + $9::interval, (
                SELECT least(max(o.settled_at), $8) + $10::interval FROM dispatches o
                WHERE o.{receiver} = n.receiver AND o.state = 'sent' AND NOT o.test AND o.pressing = n.pressing
                HAVING count(*) > 0
            ))), n.until IS NOT NULL, n.warnings, n.breaches, n.escalations, n.troubles
        FROM unnest($1::bigint[], $2::boolean[], $3::timestamptz[], $4::int[], $5::int[], $6::int[], $7::int[])
            AS n(receiver, pressing, until, warnings, breaches, escalations, troubles)
        ORDER BY n.receiver, n.pressing
        ON CONFLICT ({receiver}, pressing) WHERE state = 'gathering' DO UPDATE SET
            warnings = d.warnings + excluded.warnings, breaches = d.breaches + excluded.breaches,
            escalations = d.escalations + excluded.escalations, troubles = d.troubles + excluded.troubles
        RETURNING d.id, d.{receiver} AS receiver, d.pressing,
            d.warnings + d.breaches + d.escalations + d.troubles AS whole
        """,
        *sql.columns(rows, 7),
        now,
        GATHERING,
        BETWEEN,
    )
    named = []
    for row in found:
        items = gathered[row["receiver"], row["pressing"]]
        room = max(0, SHOWN - (row["whole"] - len(items)))
        named += [
            (row["id"], i.kind, i.at, i.ticket_id, i.target, i.percent, i.due_at, i.alarm_id)
            for i in items[:room]
        ]
    await sql.run(
        """
        INSERT INTO dispatch_items (dispatch_id, kind, at, ticket_id, target, percent, due_at, alarm_id)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::bigint[], $5::text[], $6::smallint[],
                             $7::timestamptz[], $8::bigint[])
        """,
        *sql.columns(named, 8),
    )


def _is_pressing(item: Item, choice: Choice, priorities: Mapping[int, str]) -> bool:
    return (
        item.kind in LATE
        and item.ticket_id is not None
        and priorities.get(item.ticket_id) in PRESSING[choice.pressing]
    )


async def _priorities(items: Sequence[Item]) -> Mapping[int, str]:
    ids = sorted({item.ticket_id for item in items if item.ticket_id is not None})
    found = await sql.rows("SELECT id, priority FROM tickets WHERE id = ANY($1::bigint[])", ids)
    return {row["id"]: row["priority"] for row in found}
