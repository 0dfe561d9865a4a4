"""A million running clocks, a hundred falling due every second: how soon each breach and step is recorded.

python bench/clocks.py [clocks] [seconds] [database URL, of an empty database]

The loop is the scheduler's own: it looks, works until nothing is due, and sleeps half a second. Then nothing is
due any more, and what the loop still asks of the database is counted.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from server import wiring  # noqa: E402 -- after the path
from server.db import engine, sql  # noqa: E402
from server.db.migrate import migrate  # noqa: E402
from server.kit import clock, embedded_postgres  # noqa: E402
from server.service_levels import queries  # noqa: E402
from server.service_levels.actions import save_calendar, save_policy  # noqa: E402
from server.service_levels.listeners import watch_due  # noqa: E402
from sla import Happening, What, react  # noqa: E402
from sla.clock import Kind  # noqa: E402
from sla.record import clock_data, transition_data  # noqa: E402
from tests.support import factories as make  # noqa: E402

CLOCKS, SECONDS, RATE = 1_000_000, 30, 100
HEAD_START = timedelta(seconds=3)
FAR = timedelta(days=1)
BOUND = 1.0
IDLE = 10.0
BATCH = 100_000
# $1 first ticket, $2 how many, $3 when the first is due, $4 how long after it the next; then a clock and its first
# event as text, with the two instants that are replaced in them. All of them have been warned about at 75 per cent.
RUNNING = """
WITH made AS (
    SELECT t.id, $3::timestamptz + (t.id - $1) * $4::interval AS due_at FROM tickets t
    WHERE t.id >= $1 AND t.id < $1 + $2::bigint
), written AS (
    SELECT id, due_at, due_at - interval '60 minutes' AS at,
        to_char((due_at - interval '60 minutes') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') AS began,
        to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') AS due
    FROM made
), started AS (
    INSERT INTO events (ticket_id, seq, kind, data, at)
    SELECT id, 1, 'clock_started', replace(replace($6::text, $7, began), $8, due)::jsonb, at FROM written
)
INSERT INTO clocks (ticket_id, target, turn, state, due_at, data, started_at, warn_at, taken)
SELECT id, 'first_response', 1, 'running', due_at, replace(replace($5::text, $7, began), $8, due)::jsonb, at,
    due_at, jsonb_build_object('75', at)
FROM written
"""


async def main(url: str, clocks: int, seconds: int) -> None:
    await migrate(url)
    wiring.connect()
    await engine.open_pool(url, kind="tool", size=2)
    due = min(RATE * seconds, clocks)
    begun = time.perf_counter()
    first = await settle(clocks, due)
    print(f"{clocks:,} running clocks made in {time.perf_counter() - begun:.0f} s", flush=True)
    await engine.close_pool()
    await engine.open_pool(url, kind="jobs", size=4)
    until = first + timedelta(seconds=seconds + 3)
    while clock.now() < until:
        try:
            await watch_due()
        except Exception as error:  # noqa: BLE001 -- as the scheduler does
            print(f"a turn failed: {error!r}")
        await asyncio.sleep(0.5)
    for kind, name in (("clock_breached", "breach"), ("clock_escalated", "step at 100 %")):
        rows = await sql.rows(
            """
            SELECT extract(epoch FROM at - (data->>'at')::timestamptz)::float AS after
            FROM events WHERE kind = $1
            """,
            kind,
        )
        row(name, [one["after"] for one in rows], due)
    await idle()
    await engine.close_pool()


async def settle(clocks: int, due: int) -> datetime:
    """Make tickets with a running clock each; ``due`` of them warn and fall due, a hundred a second."""
    now = clock.now()
    week = {str(day): [["00:00", "24:00"]] for day in range(7)}
    await save_calendar("always", zone="Asia/Riyadh", weekly=week, exceptions={}, now=now)
    minutes = 60.0
    await save_policy(
        "all", calendar="always", allowed_minutes={"first_response": minutes}, position=1, now=now
    )
    team = await make.team()
    await make.many_tickets(team, clocks, assignees=(await make.user(agent_of=(team,)),), active=1)
    (policy,) = await queries.policies(at=now)
    await queries.know_calendars([policy.calendar_id])
    targets = {
        Kind.FIRST_RESPONSE: queries.targets_of(policy, policy.calendar_id)[Kind.FIRST_RESPONSE]
    }
    sample = datetime(2026, 1, 1, tzinfo=UTC)
    made = react((), Happening(What.CITIZEN_MESSAGE, sample), targets)
    (one,), (step,) = made.clocks, made.transitions
    data, event = sql.dump(clock_data(one)), sql.dump(transition_data(step))
    low = int(await sql.value("SELECT min(id) FROM tickets"))
    texts = (data, event, one.started_at.isoformat(), (one.due_at or sample).isoformat())
    for start in range(due, clocks, BATCH):
        rest = min(BATCH, clocks - start)
        await sql.run(RUNNING, low + start, rest, now + FAR, timedelta(seconds=30), *texts)
    await sql.script("VACUUM ANALYZE")
    first = clock.now() + HEAD_START
    await sql.run(RUNNING, low, due, first, timedelta(seconds=1) / RATE, *texts)
    return first


async def idle() -> None:
    """Count what the loop asks of the database while nothing is due."""
    before = await statements()
    used = time.process_time()
    begun = time.perf_counter()
    turns = 0
    while time.perf_counter() - begun < IDLE:
        await watch_due()
        turns += 1
        await asyncio.sleep(0.5)
    share = (time.process_time() - used) / IDLE
    after = await statements()
    print(
        f"idle: {turns * 60 / IDLE:.0f} looks a minute, {after - before} transactions in {IDLE:.0f} s, "
        f"{share:.1%} of a core",
        flush=True,
    )


async def statements() -> int:
    await sql.run("SELECT pg_stat_force_next_flush()")
    return int(
        await sql.value(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        )
    )


def row(name: str, after: list[float], expected: int) -> None:
    if len(after) < 2:
        print(f"{name}: {len(after)} recorded")
        return
    p95 = statistics.quantiles(after, n=20)[-1]
    verdict = "" if p95 <= BOUND else "  MISSED"
    print(
        f"{name}: {len(after):,} of {expected:,} recorded, after p50 {statistics.median(after):.2f} s, "
        f"p95 {p95:.2f} s, at most {max(after):.2f} s (bound {BOUND:.0f} s){verdict}",
        flush=True,
    )


def environment(url: str, folder: str) -> dict[str, str]:
    return {
        "TAWASUL_DATABASE_URL": url,
        "TAWASUL_DATA_DIR": folder,
        "TAWASUL_SECRET_KEY": "a key for measuring, forty characters long",
    }


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else CLOCKS
    lasting = int(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    with tempfile.TemporaryDirectory(prefix="tawasul-bench-") as folder:
        if len(sys.argv) > 3:
            os.environ |= environment(sys.argv[3], folder)
            uvloop.run(main(sys.argv[3], asked, lasting))
        else:
            Path(folder).chmod(0o755)
            server = embedded_postgres.start(Path(folder) / "data", durable=False)
            os.environ |= environment(server.url, folder)
            try:
                uvloop.run(main(server.url, asked, lasting))
            finally:
                server.stop()
