"""How long a search takes among a million messages, for four people at once.

python bench/search.py [messages] [database URL, of an empty database]

Tickets of three messages lie spread over five years. The words are made up, with the frequencies of speech:
some stand in every third ticket, some in one alone, one only in what is older than two years.
"""

import asyncio
import statistics
import time

from _database import on_a_database

from server.db import engine, sql
from server.db.migrate import migrate
from server.people.queries import Viewer
from server.search import queries
from server.search.asked import read
from server.search.pool import searching
from tests.support import factories as make
from tests.support.factories import NOW

MESSAGES = 1_000_000
CLIENTS = 4
TIMES = 50
ASKED = (  # what, how, bound of p95 in ms
    ("rare", "r{n}", {}, 25),
    ("common", "common{k}", {}, 25),
    ("common and middling", "common{k} middling{n}", {}, 25),
    ("two common that never meet", "common1 common5", {}, 500),
    ("common and rare", "common{k} r{n}", {}, 25),
    ("middling", "middling{n}", {}, 25),
    ("number by prefix", "9{n}", {}, 25),
    ("nowhere", "nowhere{n}", {}, 25),
    ("only in old ones", "bygone", {}, 500),
    ("only in old ones, older too", "bygone", {"older": True}, 500),
)
FILL = """
INSERT INTO tickets (id, contact_id, identity_id, channel, channel_account_id, team_id, status, subject, created_at,
                     last_message_at, contact_name)
SELECT n, $2, $3, 'email', $4, ($5::bigint[])[1 + n % 5], 'closed', 'subject ' || n, at, at, 'somebody'
FROM generate_series(1, $1) AS n CROSS JOIN LATERAL (SELECT $6::timestamptz - n * (interval '5 years' / $1) AS at) AS a
"""
SAY = """
INSERT INTO messages (ticket_id, seq, direction, channel, text, reply_text, said_at, created_at)
SELECT t.id, s, 'in', 'email', w.text, w.text, t.last_message_at, t.last_message_at
FROM tickets t, generate_series(1, 3) AS s, LATERAL (
    SELECT 'common' || (t.id + s) % 9 || ' middling' || (t.id * 7 + s) % 5000 || ' r' || t.id || ' and more' AS text
) AS w
"""
INDEX = """
INSERT INTO search_documents (ticket_id, team_id, at, size, terms)
SELECT id, team_id, last_message_at, 500, array_to_tsvector(search_marks(team_id, last_message_at) || t.terms)
FROM tickets, LATERAL (
    SELECT array_agg(kind || word) AS terms FROM (VALUES ('n'), ('x')) AS k(kind), (
        SELECT 'common' || (id + s) % 9 FROM generate_series(1, 3) AS s
        UNION SELECT 'middling' || (id * 7 + s) % 5000 FROM generate_series(1, 3) AS s
        UNION SELECT 'filler' || (id * 31 + s * s) % 40000 FROM generate_series(1, 25) AS s
        UNION SELECT unnest(ARRAY['r' || id, '9' || id])
        UNION SELECT 'bygone' WHERE last_message_at < $1::timestamptz - interval '25 months'
    ) AS made(named), LATERAL (
        -- Words with digits are numbers, which are found by their beginning too.
        SELECT CASE WHEN named ~ '^[a-z]{2}' THEN translate(named, '0123456789', 'qwertyuiop') ELSE named END AS word
    ) AS w
) AS t
"""


async def main(url: str, messages: int) -> None:
    await migrate(url)
    await engine.open_pool(url, kind="tool", size=4)
    viewer = await fill(messages // 3)
    async with searching():
        print(f"{'ms':30}{'found':>8}{'p50':>9}{'p95':>9}{'bound':>8}")
        for name, text, how, bound in ASKED:
            await measure(name, text, how, bound, viewer, messages // 3)
    await engine.close_pool()


async def fill(tickets: int) -> Viewer:
    teams = [await make.team() for _ in range(5)]
    viewer = await make.viewer(agent_of=tuple(teams[:3]))
    contact = await make.contact()
    identity, account = await make.identity(contact), await make.account(teams[0])
    begun = time.perf_counter()
    await sql.run(FILL, tickets, contact, identity, account, teams, NOW)
    await sql.run(SAY)
    await sql.run("DROP INDEX search_documents_terms")
    await sql.run(INDEX, NOW)
    await sql.run("CREATE INDEX search_documents_terms ON search_documents USING gin (terms)")
    for table in ("tickets", "messages", "search_documents"):
        await sql.run(f"VACUUM ANALYZE {table}")
    size = await sql.value(
        "SELECT pg_size_pretty(pg_relation_size('search_documents_terms')) || ' + ' || "
        "pg_size_pretty(pg_table_size('search_documents'))"
    )
    print(
        f"{tickets * 3:,} messages in {tickets:,} tickets; filled in {time.perf_counter() - begun:.0f} s; {size}"
    )
    return viewer


def worded(text: str, **numbers: int) -> str:
    """Fill in a question; the words of tickets are spelled without digits."""
    filled = text.format(**numbers)
    return " ".join(
        word.translate(str.maketrans("0123456789", "qwertyuiop")) if word[:2].isalpha() else word
        for word in filled.split()
    )


async def measure(
    name: str, text: str, how: dict[str, bool], bound: int, viewer: Viewer, tickets: int
) -> None:
    times: list[float] = []
    found: list[int] = []
    cut: list[bool] = []

    async def client(number: int) -> None:
        for turn in range(TIMES + 3):
            asked = read(worded(text, n=(number * 7919 + turn * 104_729) % tickets + 1, k=turn % 9))
            begun = time.perf_counter()
            hits = await queries.find(asked, viewer=viewer, now=NOW, **how)
            if turn >= 3:
                times.append((time.perf_counter() - begun) * 1000)
                found.append(len(hits.hits))
                cut.append(hits.cut_short)

    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    p95 = statistics.quantiles(times, n=20)[18]
    verdict = "" if p95 <= bound else "  over"
    verdict += f"  ({sum(cut)} of {len(cut)} cut short)" if any(cut) else ""
    print(
        f"{name:30}{statistics.mean(found):8.1f}{statistics.median(times):9.1f}{p95:9.1f}{bound:8}{verdict}"
    )


if __name__ == "__main__":
    on_a_database(main, MESSAGES)
