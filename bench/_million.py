"""A desk of a million tickets of four hundred days, made set by set; shared by the benches of supervision."""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self

import uvloop
from _database import on_a_database

from server import wiring
from server.app import create_app
from server.db import engine, sql
from server.db.migrate import migrate
from server.kit import clock
from server.kit.heap import keep_what_stands
from server.people.queries import viewer_of
from tests.support import factories as make
from tests.support.desk import Browser, signed_in

TICKETS = 1_000_000
CLIENTS, TIMES, WARM = 4, 60, 5
SPIN = 0.1
DAYS = 400
ACTIVE = 12
"""One ticket in so many is open, as if a bad month lay behind."""
TEAMS = ((0.7, 12), (0.2, 8), (0.05, 5), (0.05, 5))
"""Each team's share of the tickets, and how many people it has."""

# Nothing here is random: a ticket's number says everything about it. Newest tickets have the highest numbers.
TICKET_ROWS = """
INSERT INTO tickets (id, contact_id, identity_id, channel, channel_account_id, team_id, assignee_id, topic_id,
                     status, priority, subject, created_at, resolved_at, last_message_at, last_words, contact_name,
                     waiting_since, next_due_at, next_warn_at, last_seq, last_message_seq)
SELECT n, $1, $2, (ARRAY['email', 'email', 'email', 'telegram', 'webchat'])[1 + n % 5], $3, $4,
    CASE WHEN a AND n % 7 = 0 THEN NULL ELSE ($5::bigint[])[1 + n / 3 % cardinality($5::bigint[])] END,
    CASE WHEN n % 13 > 0 THEN ($6::bigint[])[n % 13] END,
    CASE WHEN NOT a THEN 'closed' ELSE (ARRAY['new', 'open', 'open', 'pending'])[1 + n / 12 % 4] END,
    (ARRAY['normal', 'normal', 'high', 'urgent'])[1 + n / 5 % 4], 'تذكرة ' || n, at,
    CASE WHEN NOT a THEN at + took END, at + interval '1 hour', 'متى أستلم جوازي؟', 'مراجع ' || n,
    CASE WHEN a AND n / 12 % 3 = 0 THEN at END,
    CASE WHEN a AND n / 12 % 4 < 3 THEN $7::timestamptz + due_in * interval '1 minute' END,
    CASE WHEN a AND n / 12 % 4 < 3 THEN $7::timestamptz + (due_in - 100) * interval '1 minute' END,
    4, 4
FROM generate_series($8::bigint, $9::bigint) AS n
CROSS JOIN LATERAL (
    SELECT n % {active} = 0 AS a,
        $7::timestamptz - ({tickets}::float - n + 1) / {tickets} * {days} * interval '1 day' AS at,
        (600 + (n * 104729) % 200000) * interval '1 second' AS took,
        CASE WHEN (n * 7919) % 12000 < 1000 THEN (n * 7919) % 12000 * -43 ELSE (n * 7919) % 12000 - 1000 END AS due_in
) AS made
"""
MESSAGE_ROWS = """
INSERT INTO messages (ticket_id, seq, direction, channel, author_id, text, reply_text, said_at, created_at)
SELECT t.id, k.seq, k.direction, t.channel, CASE WHEN k.seq = 2 THEN t.assignee_id END, k.words, k.words,
    t.created_at + k.later, t.created_at + k.later
FROM tickets t CROSS JOIN (VALUES
    (1, 'in', 'متى أستلم جوازي؟', interval '0'), (2, 'out', 'يصلك خلال يومين', interval '40 minutes')
) AS k(seq, direction, words, later)
WHERE k.seq = 1 OR t.status <> 'new'
"""
CLOCK_ROWS = """
INSERT INTO clocks (ticket_id, target, turn, state, due_at, data, started_at, decided_at, used_seconds)
SELECT t.id, 'first_response', 1, CASE WHEN t.id % 10 = 0 THEN 'met_late' ELSE 'met' END,
    t.created_at + interval '4 hours',
    jsonb_build_object('calendar', $1::bigint, 'answers', jsonb_build_array(jsonb_build_array(
        1, t.created_at, t.created_at + t.id % 20000 * interval '1 second'))),
    t.created_at, t.created_at + t.id % 14400 * interval '1 second', t.id % 20000
FROM tickets t WHERE t.status = 'closed'
UNION ALL
SELECT t.id, 'resolution', 1,
    CASE WHEN t.status = 'closed' THEN CASE WHEN t.id % 8 = 0 THEN 'met_late' ELSE 'met' END
         WHEN t.next_due_at <= $2 THEN 'breached' ELSE 'running' END,
    coalesce(t.next_due_at, t.created_at + interval '2 days'),
    jsonb_build_object('calendar', $1::bigint, 'answers', jsonb_build_array(jsonb_build_array(
        NULL, t.resolved_at, t.resolved_at))),
    t.created_at,
    CASE WHEN t.status = 'closed' THEN t.resolved_at WHEN t.next_due_at <= $2 THEN t.next_due_at END,
    CASE WHEN t.status = 'closed' THEN extract(epoch FROM t.resolved_at - t.created_at)::int / 3 END
FROM tickets t WHERE t.status = 'closed' OR t.next_due_at IS NOT NULL
"""
EVENT_ROWS = """
INSERT INTO events (ticket_id, seq, kind, data, at)
SELECT t.id, 3, 'status_changed', '{"from": "open", "to": "resolved"}'::jsonb, t.resolved_at
FROM tickets t WHERE t.status = 'closed'
UNION ALL
SELECT t.id, 4, 'status_changed', '{"from": "resolved", "to": "open", "by": "message"}'::jsonb,
    t.created_at + interval '1 day'
FROM tickets t WHERE t.id % 25 = 0
UNION ALL
SELECT t.id, 5, 'assigned', '{"from": 1, "to": 2}'::jsonb, t.created_at + interval '2 hours'
FROM tickets t WHERE t.id % 9 = 0
"""
NAMED = "SELECT id FROM users WHERE email = $1"
KEPT_INDEXES = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
WHERE i.indrelid IN ('tickets'::regclass, 'messages'::regclass, 'clocks'::regclass, 'events'::regclass)
    AND NOT i.indisprimary AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


async def fill(url: str, size: int) -> None:
    """Fill an empty database; one that is filled already is left as it is."""
    await migrate(url)
    wiring.connect()
    await engine.open_pool(url, kind="tool", size=2)
    try:
        if not await sql.value("SELECT count(*) FROM (SELECT FROM tickets LIMIT 1) AS one"):
            await _rows(size)
    finally:
        await engine.close_pool()


async def _rows(size: int) -> None:
    begun, now = time.perf_counter(), clock.now()
    indexes = await sql.rows(KEPT_INDEXES)
    for one in indexes:
        await sql.script(f"DROP INDEX {one['name']}")
    topics = [await make.topic(en=f"Topic {n}") for n in range(12)]
    calendar = await sql.value(
        """
        INSERT INTO calendars (name, zone, weekly, exceptions, created_at)
        VALUES ('Every hour', 'Asia/Riyadh', '[]', '[]', $1) RETURNING id
        """,
        now,
    )
    contact = await make.contact()
    identity = await make.identity(contact)
    await make.viewer(administrator=True)
    first, teams = 1, list[int]()
    for share, people in TEAMS:
        team = await make.team()
        staff = [await make.user(agent_of=(team,), presence="online") for _ in range(people)]
        last = first + int(size * share) - 1
        await sql.run(
            TICKET_ROWS.format(active=ACTIVE, tickets=int(size * share), days=DAYS).replace(
                "::float - n + 1)", f"::float - (n - {first - 1}) + 1)"
            ),
            contact, identity, await make.account(team), team, staff, topics, now, first, last,
        )  # fmt: skip
        first = last + 1
        teams.append(team)
    for n, locale in enumerate(("ar", "en", "ar", "en")):
        email = f"apart{n}@authority.example"
        await make.user(supervisor_of=tuple(teams[: n + 1]), locale=locale, email=email)
    await sql.run(MESSAGE_ROWS)
    await sql.run(CLOCK_ROWS, calendar, now)
    await sql.run(EVENT_ROWS)
    await sql.script("SET maintenance_work_mem = '256MB'")
    for one in indexes:
        await sql.script(one["definition"])
    await sql.script("SELECT setval('tickets_id_seq', (SELECT max(id) FROM tickets))")
    await sql.script("VACUUM ANALYZE")
    print(f"{size:,} tickets made in {time.perf_counter() - begun:.0f} s", flush=True)


class Looks:
    """People who look at pages of an app that works on a filled desk.

    ``browsers`` are an administrator's; ``apart`` are of supervisors no two of whom have the same teams.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> Self:
        self.app = app = create_app()
        await engine.open_pool(self._url, kind="web", size=4)
        viewer = await viewer_of(await sql.value("SELECT min(id) FROM users WHERE administrator"))
        assert viewer is not None
        self.browsers = [await signed_in(app, viewer) for _ in range(CLIENTS)]
        self.apart = [
            await signed_in(app, one)
            for n in range(CLIENTS)
            if (one := await viewer_of(await sql.value(NAMED, f"apart{n}@authority.example")))
        ]
        keep_what_stands()
        return self

    async def __aexit__(self, *_: object) -> None:
        await engine.close_pool()

    async def at(
        self,
        name: str,
        path: str,
        bound: float,
        *,
        part: bool = False,
        clients: int = 1,
        apart: bool = False,
        changing: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Look again and again, so many at once, and print how long it took.

        Work is what a look costs the process and the database; it holds on a busy machine too. Crowded is how many
        times longer than alone anything takes there just then.

        With ``changing``, something changes before every look, as if all had been told of it just then; with
        ``apart`` those look who have nothing in common.
        """
        took: list[float] = []
        ours = theirs = 0.0
        crowded = _crowded()
        browsers = self.apart if apart else self.browsers[:clients]

        async def look(browser: Browser) -> None:
            begun = time.perf_counter()
            answer = await (browser.part if part else browser.page)(path)
            took.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, answer.text

        for times in (WARM, TIMES):
            took.clear()
            ours, theirs = time.process_time(), await _database_time()
            for _ in range(times):
                if changing:
                    await changing()
                await asyncio.gather(*(look(one) for one in browsers))
        looks = TIMES * len(browsers)
        ours = (time.process_time() - ours) * 1000 / looks
        theirs = (await _database_time() - theirs) * 1000 / looks
        p95 = statistics.quantiles(took, n=20)[-1]
        verdict = "" if p95 <= bound else "  MISSED"
        said = f"{name:34} p50 {statistics.median(took):6.1f} ms  p95 {p95:6.1f} ms  bound {bound:.0f} ms"
        ratio = f"ratio {p95 / bound:.2f}, alone {p95 / crowded / bound:.2f}"
        print(
            f"{said}  {ratio}  work {ours:5.1f} + {theirs:5.1f} ms  crowded {crowded:.1f}{verdict}",
            flush=True,
        )


def _crowded() -> float:
    """Return how many times longer than alone a piece of work takes on this machine just now."""
    begun, cpu = time.perf_counter(), time.process_time()
    while time.process_time() - cpu < SPIN:
        sum(range(1000))
    return (time.perf_counter() - begun) / (time.process_time() - cpu)


async def _database_time() -> float:
    """Return how many seconds the sessions of this database have worked."""
    pids = await sql.rows("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    return sum(_worked(row["pid"]) for row in pids)


def _worked(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(main: Callable[[str], Awaitable[None]]) -> None:
    """Run a bench on a filled desk: ``bench [tickets] [database URL]``; without a URL the desk is thrown away."""

    async def whole(url: str, size: int) -> None:
        await fill(url, size)
        await main(url)

    on_a_database(whole, TICKETS, run=uvloop.run)
