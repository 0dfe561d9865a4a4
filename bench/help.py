"""How long it takes to find what helps with an answer among a million messages, for four people at once.

python bench/help.py [messages] [database URL, of an empty database]

Solved tickets of three messages lie spread over five years; their words are made up, with the frequencies of speech:
some stand in every second ticket, most in a few hundred. Each question is a whole panel: the ticket's telling words,
the solved tickets that share them, canned replies and articles, ranked and with their reasons.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

from _database import on_a_database

from server.db import engine, sql
from server.db.migrate import migrate
from server.knowledge.queries.likes import helping
from server.knowledge.screens.help import answer_help, reply_choices
from server.people.queries import Viewer
from server.search.terms import vector
from server.tickets.queries import ticket
from tests.support import factories as make
from tests.support.factories import NOW

MESSAGES = 1_000_000
PIECES = 400
CLIENTS = 4
TIMES = 50
WORDS = """
CREATE FUNCTION bench_rank(id bigint, s integer) RETURNS integer IMMUTABLE LANGUAGE sql AS $$
    SELECT floor(20000 * power((hashint8extended(id * 64 + s, 0) & 1048575) / 1048576.0, 3))::int
$$;
CREATE FUNCTION bench_word(id bigint, s integer) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT 'wx' || translate(bench_rank(id, s)::text, '0123456789', 'bcdfghjkmn')
$$;
"""
FILL = """
INSERT INTO tickets (id, contact_id, identity_id, channel, channel_account_id, team_id, topic_id, status, subject,
                     created_at, last_message_at, resolved_at, contact_name)
SELECT n, $2, $3, 'email', $4, ($5::bigint[])[1 + n % 5], ($7::bigint[])[1 + n % 11], 'closed',
    bench_word(n, 1) || ' ' || bench_word(n, 2), at, at, at, 'somebody'
FROM generate_series(1, $1) AS n CROSS JOIN LATERAL (SELECT $6::timestamptz - n * (interval '5 years' / $1) AS at) AS a
"""
SAY = """
INSERT INTO messages (ticket_id, seq, direction, channel, text, reply_text, said_at, created_at, author_id)
SELECT t.id, s, CASE WHEN s = 3 THEN 'out' ELSE 'in' END, 'email', w.text, w.text, t.last_message_at,
    t.last_message_at, CASE WHEN s = 3 THEN $1::bigint END
FROM tickets t, generate_series(1, 3) AS s, LATERAL (
    SELECT string_agg(bench_word(t.id, s * 10 + k), ' ') AS text FROM generate_series(1, 10) AS k
) AS w
"""
INDEX = """
INSERT INTO search_documents (ticket_id, team_id, at, size, terms)
SELECT id, team_id, last_message_at, 500, array_to_tsvector(search_marks(team_id, last_message_at) || t.terms)
FROM tickets, LATERAL (
    SELECT array_agg(DISTINCT kind || bench_word(id, s)) AS terms
    FROM (VALUES ('n'), ('x')) AS k(kind), (SELECT 1 UNION SELECT 2 UNION SELECT generate_series(11, 40)) AS w(s)
) AS t
"""
LEARN = """
INSERT INTO knowledge (kind, title_ar, title_en, body_ar, body_en, shortcut, shortcut_key, topic_ids, terms, saved_at)
SELECT CASE WHEN n % 3 = 0 THEN 'article' ELSE 'reply' END, '', 'piece ' || n, '', body, 'p' || n, 'p' || n,
    ARRAY[($1::bigint[])[1 + n % 11]], terms::tsvector, $2
FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS p(body, terms, n)
"""


async def main(url: str, messages: int) -> None:
    await migrate(url)
    await engine.open_pool(url, kind="tool", size=8)
    tickets = messages // 3
    viewer = await fill(tickets)

    async def panel(number: int) -> int:
        found = await ticket.one(number, viewer=viewer)
        shown = await answer_help(found, viewer=viewer, now=NOW)
        assert shown.notice is None, shown.notice
        return len(shown.tickets) + len(shown.replies) + len(shown.articles)

    async def picker(number: int) -> int:
        found = await ticket.one(number, viewer=viewer)
        said = ("", "p1", "wxb", "nothing")[number % 4]
        return len((await reply_choices(found, said, viewer=viewer, now=NOW)).choices)

    # Tickets of the teams that the viewer sees, from all five years.
    numbers = [n for n in range(1, tickets, max(1, tickets // 997)) if n % 5 < 3]
    async with helping():
        print(f"{'ms':30}{'found':>8}{'p50':>9}{'p95':>9}{'bound':>8}{'ratio':>8}")
        await measure("help with one answer", panel, 100, numbers)
        await measure("canned replies after a slash", picker, 25, numbers)
    await engine.close_pool()


async def fill(tickets: int) -> Viewer:
    teams = [await make.team() for _ in range(5)]
    topics = [await make.topic() for _ in range(11)]
    viewer = await make.viewer(agent_of=tuple(teams[:3]))
    contact = await make.contact()
    identity, account = await make.identity(contact), await make.account(teams[0])
    begun = time.perf_counter()
    await sql.script(WORDS)
    await sql.run(FILL, tickets, contact, identity, account, teams, NOW, topics)
    await sql.run(SAY, viewer.id)
    await sql.run("DROP INDEX search_documents_terms")
    await sql.run(INDEX)
    await sql.run("CREATE INDEX search_documents_terms ON search_documents USING gin (terms)")
    bodies = [
        row["text"]
        for row in await sql.rows(f"SELECT text FROM messages WHERE id % 997 = 1 LIMIT {PIECES}")
    ]
    await sql.run(LEARN, topics, NOW, bodies, [str(vector([body])) for body in bodies])
    for table in ("tickets", "messages", "search_documents", "knowledge"):
        await sql.run(f"VACUUM ANALYZE {table}")
    print(
        f"{tickets * 3:,} messages in {tickets:,} tickets, {len(bodies)} canned replies and articles; "
        f"filled in {time.perf_counter() - begun:.0f} s"
    )
    return viewer


async def measure(
    name: str, ask: Callable[[int], Awaitable[int]], bound: int, numbers: list[int]
) -> None:
    times: list[float] = []
    found: list[int] = []

    async def client(which: int) -> None:
        for turn in range(TIMES + 3):
            number = numbers[(which * 7919 + turn * 101) % len(numbers)]
            begun = time.perf_counter()
            count = await ask(number)
            if turn >= 3:
                times.append((time.perf_counter() - begun) * 1000)
                found.append(count)

    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    p95 = statistics.quantiles(times, n=20)[18]
    verdict = "" if p95 <= bound else "  over"
    print(
        f"{name:30}{statistics.mean(found):8.1f}{statistics.median(times):9.1f}{p95:9.1f}{bound:8}"
        f"{p95 / bound:8.2f}{verdict}"
    )


if __name__ == "__main__":
    on_a_database(main, MESSAGES)
