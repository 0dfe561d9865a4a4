"""How fast mails become routed tickets with running clocks, beside the same rows written by bare SQL.

python bench/intake.py [how many]
"""

import statistics
import time

import asyncpg
from _database import on_a_database

from server import wiring
from server.channel_accounts import actions as accounts
from server.db import engine, sql
from server.db.migrate import migrate
from server.demo.office import open_office
from server.intake import actions as intake
from server.intake.actions import Delivery
from server.kit import clock, jobs
from tests.support.mails import mail

MAILS = 5000
LONE = 100


async def silence(_job: str, _key: int) -> None:
    """Ring for nobody: the drain is called by hand."""


async def main(url: str, how_many: int) -> None:
    await migrate(url)
    wiring.connect()
    await engine.open_pool(url, kind="jobs", size=4)
    await open_office(clock.now())
    account = await accounts.add(
        "email",
        name="bench",
        values={"address": "bench@passports.example", "outgoing": "keep"},
        now=clock.now(),
    )
    await drained(account, 400, "warm")
    rate = how_many / await drained(account, how_many, "batch")
    lone = [await drained(account, 1, f"lone{n}") * 1000 for n in range(LONE)]
    bare = how_many / await bare_sql(url, how_many)
    p95 = statistics.quantiles(lone, n=20)[-1]
    print(f"{'intake, messages a second':44}{rate:10.0f}   bound 800")
    print(f"{'the same rows by bare SQL, a second':44}{bare:10.0f}")
    print(f"{'ratio':44}{rate / bare:10.3f}   bound 0.125")
    print(f"{'a lone mail, p95, ms':44}{p95:10.1f}   bound 100")
    await engine.close_pool()


async def drained(account: int, how_many: int, name: str) -> float:
    """Journal mails, then say how many seconds the drain takes."""
    now = clock.now()
    mails = [
        mail(
            f"السلام عليكم، قدمت طلب تجديد جواز السفر رقم {n} ولم يصلني رد",
            sender=f"Citizen {n} <{name}.{n}@example.org>",
            to="bench@passports.example",
            message_id=f"<{name}.{n}@example.org>",
        )
        for n in range(how_many)
    ]
    for start in range(0, how_many, 500):
        part = mails[start : start + 500]
        await intake.journal(account, [Delivery(raw, now) for raw in part], now=now)
    begun = time.perf_counter()
    await intake.drain(account)
    took = time.perf_counter() - begun
    waiting = await sql.value("SELECT count(*) FROM journal WHERE state <> 'done'")
    assert waiting == 0, waiting
    return took


ROWS = {
    "contacts": "id IN (SELECT contact_id FROM tickets WHERE {tickets})",
    "identities": "id IN (SELECT identity_id FROM tickets WHERE {tickets})",
    "tickets": "{tickets}",
    "ticket_parties": "ticket_{tickets}",
    "messages": "ticket_{tickets}",
    "message_accounts": "message_id IN (SELECT id FROM messages WHERE ticket_{tickets})",
    "events": "ticket_{tickets}",
    "clocks": "ticket_{tickets}",
}
"""Every table that one mail writes to, and which of its rows a batch of tickets has."""


async def bare_sql(url: str, how_many: int) -> float:
    """Write the very rows of the batch once more into empty twins: plain INSERTs, 200 messages a commit."""
    connection = await asyncpg.connect(**engine.connection_arguments(url))
    for table in ROWS:
        await connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
    first = await connection.fetchval(
        "SELECT min(ticket_id) FROM messages WHERE external_id LIKE 'batch.%'"
    )
    took = 0.0
    for start in range(first, first + how_many, 200):
        tickets = f"id BETWEEN {start} AND {start + 199}"
        batch = [
            (
                table,
                await connection.fetch(
                    f"SELECT * FROM {table} WHERE {where.format(tickets=tickets)}"
                ),
            )
            for table, where in ROWS.items()
        ]
        begun = time.perf_counter()
        async with connection.transaction():
            for table, rows in batch:
                columns = [name for name in rows[0].keys() if name != "xid"]  # noqa: SIM118 -- a record iterates its values
                holders = ", ".join(f"${n + 1}" for n in range(len(columns)))
                await connection.executemany(
                    f"INSERT INTO bare_{table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE VALUES ({holders})",
                    [[row[name] for name in columns] for row in rows],
                )
        took += time.perf_counter() - begun
    await connection.close()
    return took


if __name__ == "__main__":
    jobs.ring = silence
    on_a_database(main, MAILS, durable=True)
