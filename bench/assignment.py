"""How fast sixteen workers hand out ten thousand tickets at once, and whether anything goes wrong in it.

python bench/assignment.py [tickets]
"""

import asyncio
import time
from collections import Counter

from _database import on_a_database

from server import wiring
from server.assignment import actions
from server.db import engine, sql
from server.db.migrate import migrate
from tests.support import factories as make
from tests.support.factories import NOW

TICKETS = 10_000
WORKERS = 16
AGENTS = 100
CAPACITY = 150

FILL = """
WITH people AS (
    INSERT INTO contacts (name, created_at) SELECT 'c' || n, $1 FROM generate_series(1, $2::int) AS n RETURNING id)
INSERT INTO tickets (contact_id, identity_id, channel, channel_account_id, team_id, status, subject, created_at,
                     last_message_at, waiting_since, contact_name)
SELECT id, $3, 'email', $4, $5, 'open', '', $1, $1, $1, 'c' FROM people
"""


async def main(url: str, tickets: int) -> None:
    await migrate(url)
    wiring.connect()
    await engine.open_pool(url, kind="jobs", size=WORKERS)
    team = await make.team()
    for _ in range(AGENTS):
        user = await make.user(agent_of=(team,), presence="online")
        await sql.run("INSERT INTO workloads (user_id, capacity) VALUES ($1, $2)", user, CAPACITY)
    identity = await make.identity(await make.contact())
    await sql.run(FILL, NOW, tickets, identity, await make.account(team), team)
    begun = time.perf_counter()

    async def work() -> None:
        while await actions.hand_out([team], at=NOW):
            pass

    await asyncio.gather(*(work() for _ in range(WORKERS)))
    took = time.perf_counter() - begun
    await work()
    held = Counter(
        row["assignee_id"]
        for row in await sql.rows("SELECT assignee_id FROM tickets WHERE team_id = $1", team)
    )
    events = await sql.rows("SELECT ticket_id FROM events WHERE kind = 'assigned'")
    print(
        f"{tickets:,} tickets, {WORKERS} workers, {AGENTS} agents: {took:.1f} s, {tickets / took:,.0f}/s"
    )
    print(
        f"unassigned {held.pop(None, 0)}, given twice {len(events) - len({e['ticket_id'] for e in events})}"
    )
    print(f"per agent {min(held.values())} to {max(held.values())}, capacity {CAPACITY}")
    await engine.close_pool()


if __name__ == "__main__":
    on_a_database(main, TICKETS)
