"""Whatever is said, answered, taken back, merged, parted and split: each step and a fresh reckoning agree who waits."""

from datetime import timedelta
from random import Random

import pytest

from server.db import sql
from server.delivery import actions as delivery
from server.kit import clock
from server.kit.errors import Conflict, Invalid
from server.kit.settings import Settings
from server.tickets import actions as tickets
from server.tickets.actions.standing import standing
from tests.support.merging import FATIMA, OMAR, Counter, counter

pytestmark = pytest.mark.anyio

OPS = (
    "ask",
    "say",
    "say",
    "answer",
    "take_back",
    "merge",
    "merge",
    "undo",
    "split",
    "status",
    "no_reply",
)
STATUSES = ("open", "pending", "on_hold", "resolved")


async def agrees() -> None:
    """Compare what is kept of every ticket that stands for itself, and of every merge, with all that was said."""
    kept = await sql.rows(
        """
        SELECT t.id, t.status, CASE WHEN m.ticket_id IS NULL THEN t.waiting_since ELSE m.waiting_since END AS since,
            t.waiting_since, m.ticket_id IS NOT NULL AS merged
        FROM tickets t LEFT JOIN ticket_merges m ON m.ticket_id = t.id
        """
    )
    for row in kept:
        assert row["since"] == (await standing(row["id"])).waiting_since, row
        if row["merged"]:
            assert (row["status"], row["waiting_since"]) == ("closed", None)
        elif row["since"] is not None:
            assert row["status"] != "closed"
    alone = await sql.value(
        """
        SELECT count(*) FROM tickets t WHERE NOT EXISTS (
            SELECT FROM messages m WHERE m.ticket_id = t.id AND m.direction = 'in' AND m.automatic IS NULL)
        """
    )
    assert alone == 0


async def take_back(desk: Counter, chance: Random) -> None:
    held = await sql.rows("SELECT id FROM deliveries WHERE state = 'held' ORDER BY id")
    if held:
        await delivery.undo(chance.choice(held)["id"], by=desk.agent, now=clock.now())


async def do(desk: Counter, what: str, chance: Random) -> None:
    ids = [row["id"] for row in await sql.rows("SELECT id FROM tickets ORDER BY id")]
    one, other = chance.choice(ids), chance.choice(ids)
    match what:
        case "ask":
            await desk.asks(str(chance.random()), sender=chance.choice((FATIMA, OMAR)))
        case "say":
            await desk.adds(one, str(chance.random()), sender=chance.choice((FATIMA, OMAR)))
        case "answer":
            await desk.answers(one, leaves=chance.random() < 0.5)
        case "take_back":
            await take_back(desk, chance)
        case "merge":
            await desk.merge(one, other)
        case "undo":
            await desk.undo(one)
        case "split":
            said = await sql.rows("SELECT id FROM messages WHERE direction = 'in' ORDER BY id")
            await desk.split(chance.choice(said)["id"])
        case "no_reply":
            await tickets.need_no_reply(
                one,
                reason="شكر",
                by=desk.agent,
                form_key=desk.key(),
                seen_seq=None,
                now=clock.now(),
            )
        case "status":
            await tickets.set_status(
                one,
                status=chance.choice(STATUSES),
                by=desk.agent,
                form_key=desk.key(),
                now=clock.now(),
            )


@pytest.mark.parametrize("seed", range(5))
async def test_who_waits_is_told_alike_by_step_and_by_reckoning(db: Settings, seed: int) -> None:
    chance = Random(seed)
    desk = await counter()
    for _ in range(4):
        await desk.asks(str(chance.random()))
    done = dict.fromkeys(OPS, 0)
    start = clock.now()
    for step in range(110):
        what = chance.choice(OPS)
        with clock.standing_at(start + timedelta(minutes=step)):
            try:
                await do(desk, what, chance)
            except (Invalid, Conflict):
                continue
            done[what] += 1
            await agrees()
    assert min(done.values()) > 0, done
    assert await sql.value("SELECT count(*) FROM journal WHERE state <> 'done'") == 0
