"""How long the server takes for the wall, its figures' tickets and the reports, at a million tickets.

python bench/wall.py [tickets] [database URL, of an empty database]

Whole answers, through every layer but the network, one after the other.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import uvloop

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from agent_ui import urls  # noqa: E402 -- after the path
from server import wiring  # noqa: E402
from server.app import create_app  # noqa: E402
from server.db import engine, sql  # noqa: E402
from server.db.migrate import migrate  # noqa: E402
from server.kit import clock, embedded_postgres  # noqa: E402
from tests.support import factories as make  # noqa: E402
from tests.support.desk import Browser, signed_in  # noqa: E402

TICKETS, TIMES, WARM = 1_000_000, 60, 5
ACTIVE = 12
TEAMS = ((0.7, 12), (0.2, 8), (0.05, 5), (0.05, 5))
"""Each team's share of the tickets, and how many people it has."""
WALL, REPORT = 100.0, 300.0
DECIDED = """
INSERT INTO clocks (ticket_id, target, turn, state, due_at, data, started_at, decided_at, used_seconds)
SELECT id, 'first_response', 1, CASE WHEN id % 10 = 0 THEN 'met_late' ELSE 'met' END,
    created_at + interval '4 hours', '{}', created_at, created_at + (id % 240) * interval '1 minute', id % 20000
FROM tickets WHERE status = 'closed'
"""
RUNNING = """
INSERT INTO clocks (ticket_id, target, turn, state, due_at, data, started_at)
SELECT id, 'resolution', 1, CASE WHEN next_due_at <= $1 THEN 'breached' ELSE 'running' END, next_due_at, '{}',
    created_at
FROM tickets WHERE next_due_at IS NOT NULL
"""


async def main(url: str, size: int) -> None:
    await migrate(url)
    wiring.connect()
    await engine.open_pool(url, kind="tool", size=2)
    begun = time.perf_counter()
    topics = [await make.topic(en=f"Topic {n}") for n in range(12)]
    for share, people in TEAMS:
        team = await make.team()
        staff = tuple([await make.user(agent_of=(team,), presence="online") for _ in range(people)])
        await make.many_tickets(
            team, int(size * share), assignees=staff, active=ACTIVE, messages=True
        )
    moved = clock.now() - make.NOW
    await sql.run(
        """
        UPDATE tickets SET topic_id = ($2::bigint[])[1 + id % 12], next_due_at = next_due_at + $1,
            waiting_since = CASE WHEN status IN ('new', 'open') AND id % 3 = 0 THEN created_at END
        WHERE status <> 'closed'
        """,
        moved,
        topics,
    )
    await sql.run(DECIDED)
    await sql.run(RUNNING, clock.now())
    await sql.script("VACUUM ANALYZE")
    print(f"{size:,} tickets made in {time.perf_counter() - begun:.0f} s", flush=True)
    viewer = await make.viewer(administrator=True)
    await engine.close_pool()
    app = create_app()
    await engine.open_pool(url, kind="web", size=4)
    browser = await signed_in(app, viewer)
    row("wall", await timed(browser, urls.SUPERVISION, part=True), WALL)
    row("wall, whole page", await timed(browser, urls.SUPERVISION), WALL)
    row("behind: late", await timed(browser, urls.behind("late"), part=True), WALL)
    row("behind: a topic's", await timed(browser, urls.behind("late", topic=topics[0])), WALL)
    first, last = make.NOW.date().replace(day=1).isoformat(), make.NOW.date().isoformat()
    row("report of a month", await timed(browser, urls.reports(first=first, last=last)), REPORT)
    await engine.close_pool()


async def timed(browser: Browser, path: str, *, part: bool = False) -> list[float]:
    """Return milliseconds of each look."""
    look = browser.part if part else browser.page
    took = []
    for _ in range(WARM + TIMES):
        begun = time.perf_counter()
        answer = await look(path)
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.text
    return took[WARM:]


def row(name: str, times: list[float], bound: float) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    verdict = "" if p95 <= bound else "  MISSED"
    print(
        f"{name:20} p50 {statistics.median(times):7.1f} ms  p95 {p95:7.1f} ms  bound {bound:.0f} ms{verdict}",
        flush=True,
    )


def environment(url: str, folder: str) -> dict[str, str]:
    return {
        "TAWASUL_DATABASE_URL": url,
        "TAWASUL_DATA_DIR": folder,
        "TAWASUL_SECRET_KEY": "a key for measuring, forty characters long",
    }


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    with tempfile.TemporaryDirectory(prefix="tawasul-bench-") as folder:
        if len(sys.argv) > 2:
            os.environ |= environment(sys.argv[2], folder)
            uvloop.run(main(sys.argv[2], asked))
        else:
            Path(folder).chmod(0o755)
            server = embedded_postgres.start(Path(folder) / "data", durable=False)
            os.environ |= environment(server.url, folder)
            try:
                uvloop.run(main(server.url, asked))
            finally:
                server.stop()
