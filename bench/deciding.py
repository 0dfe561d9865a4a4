"""How long it takes to gather the facts for one decision among two thousand agents, and to decide.

python bench/deciding.py [agents]
"""

import statistics
import time
from collections.abc import Awaitable, Callable

from _database import on_a_database

from routing import AgentFacts, TicketFacts, assign
from server.assignment import queries
from server.db import engine, sql
from server.db.migrate import migrate
from server.kit.work import transaction
from tests.support import factories as make
from tests.support.factories import NOW

AGENTS = 2000
EACH_CARRIES = 8
OTHERS = 100_000
TIMES = 60
GATHERING = 10.0
DECIDING = 2.0

PEOPLE = """
WITH made AS (
    INSERT INTO users (email, name, languages, created_at)
    SELECT 'agent' || n || '@authority.example', 'Agent ' || n, '{ar,en}', $2 FROM generate_series(1, $3::int) AS n
    RETURNING id
), members AS (
    INSERT INTO memberships (user_id, team_id, role) SELECT id, $1, 'agent' FROM made
), here AS (
    INSERT INTO presences (user_id, state, chosen, changed_at, seen_at) SELECT id, 'online', 'online', $2, $2 FROM made
)
INSERT INTO workloads (user_id, capacity, topics, last_assigned_at, on_shift, shift_changes_at)
SELECT id, 15, CASE WHEN id % 3 = 0 THEN ARRAY[1, 2, 3]::bigint[] END, $2 - id * interval '1 second',
       CASE WHEN id % 2 = 0 THEN true END, CASE WHEN id % 2 = 0 THEN $2 + interval '3 hours' END FROM made
"""
TICKETS = """
INSERT INTO tickets (contact_id, identity_id, channel, channel_account_id, team_id, assignee_id, status, subject,
                     created_at, last_message_at, waiting_since, contact_name)
SELECT $1, $2, 'email', $3, $4, u.id, CASE WHEN n <= $5 THEN 'open' ELSE 'closed' END, '', $6, $6,
       CASE WHEN n <= $5 THEN $6::timestamptz END, 'c'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS k FROM users) AS u
CROSS JOIN generate_series(1, $5::int + $7::int) AS n
"""
HANDED = """
INSERT INTO hand_outs (ticket_id, team_id, user_id, at, ended_at, ended_by)
SELECT id, team_id, assignee_id, created_at, created_at, 'touched' FROM tickets WHERE status = 'open'
"""


async def main(url: str, agents: int) -> None:
    await migrate(url)
    await engine.open_pool(url, kind="jobs", size=4)
    team = await make.team()
    await sql.run(PEOPLE, team, NOW, agents)
    contact = await make.contact()
    where = contact, await make.identity(contact), await make.account(team), team
    await sql.run(TICKETS, *where, EACH_CARRIES, NOW, OTHERS // agents)
    await sql.run(HANDED)
    await sql.script("VACUUM ANALYZE")
    people: list[AgentFacts] = []

    async def gather(*, capped: bool) -> None:
        candidates = await queries.lock_agents([team], now=NOW, capped=capped)
        ways = await queries.team_ways([team], now=NOW)
        people[:] = candidates.of(team, ways[team])

    async def read() -> None:
        await sql.rows("SELECT u.*, w.* FROM users u JOIN workloads w ON w.user_id = u.id")

    async def decide() -> None:
        ticket = TicketFacts(1, team, "email", topics=(2,), language="ar")
        assign(ticket, people, strategy="round_robin", now=NOW)

    uncapped = await _times(lambda: gather(capped=False))
    gathered = await _times(lambda: gather(capped=True))
    decided = await _times(decide)
    bound = await _times(read)
    assert len(people) == agents
    assert all(one.mails == one.taken_last_hour == EACH_CARRIES for one in people)
    _say(f"gathering facts of {agents:,} agents", gathered, GATHERING)
    _say("the same of a team without a cap an hour", uncapped, GATHERING)
    _say("deciding", decided, DECIDING)
    print(
        f"reading as many whole rows and nothing more: {statistics.median(bound):.1f} ms;"
        f" gathering takes {statistics.median(gathered) / statistics.median(bound):.1f} times that"
    )
    await engine.close_pool()


async def _times(work: Callable[[], Awaitable[None]]) -> list[float]:
    """Do something again and again, each part by itself; return how many milliseconds each took."""
    took = []
    for _ in range(TIMES):
        async with transaction():
            begun = time.perf_counter()
            await work()
            took.append((time.perf_counter() - begun) * 1000)
    return took


def _say(what: str, took: list[float], bound: float) -> None:
    middle = statistics.median(took)
    high = sorted(took)[int(len(took) * 0.95)]
    print(f"{what}: {middle:.1f} ms (p95 {high:.1f}), bound {bound} ms, {middle / bound:.2f} of it")


if __name__ == "__main__":
    on_a_database(main, AGENTS)
