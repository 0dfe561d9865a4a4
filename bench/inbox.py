"""How long the server takes for the inbox and for a ticket, from ten thousand tickets to a million.

python bench/inbox.py [sizes, as in 10000,100000,1000000] [database URL, of an empty database]

Whole pages, through every layer but the network, one after the other. Beside them stands a page that only
asks the database for one.
"""

import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from litestar import get

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from server import wiring  # noqa: E402 -- after the path
from server.app import create_app  # noqa: E402
from server.db import engine, sql  # noqa: E402
from server.db.migrate import migrate  # noqa: E402
from server.kit import clock, embedded_postgres  # noqa: E402
from server.kit.http import MACHINES  # noqa: E402
from server.people.queries import Viewer  # noqa: E402
from tests.support import factories as make  # noqa: E402
from tests.support.desk import Browser, signed_in  # noqa: E402

SIZES = (10_000, 100_000, 1_000_000)
BOUND = 30.0
TIMES = 150
WARM = 10
QUIET_TICKETS = 60
MIDDLING_TEAMS = 4
AGENTS = 20
ACTIVE = 12
"""One ticket in so many is active, the others are closed."""


@dataclass
class House:
    """Who looks at what."""

    big: int
    quiet: int
    middling: list[int]
    agents: tuple[int, ...]
    viewers: dict[str, Viewer] = field(default_factory=dict)
    threads: list[int] = field(default_factory=list)
    size: int = 0


@get("/bound", opt=MACHINES)
async def bound() -> str:
    """Ask the database for as little as can be asked."""
    return str(await sql.value("SELECT 1"))


async def main(url: str, sizes: list[int]) -> None:
    await migrate(url)
    wiring.connect()
    house = await settle(url)
    print(f"{'ms':22}{'tickets':>11}{'p50':>8}{'p95':>8}{'bound':>8}")
    for size in sizes:
        await grow(url, house, size)
        for name, times in (await measured(url, house)).items():
            row(name, size, times)


async def settle(url: str) -> House:
    """Make teams, people and the tickets whose threads are looked at."""
    await engine.open_pool(url, kind="tool", size=2)
    big, quiet = await make.team(en="Big"), await make.team(en="Quiet")
    middling = [await make.team(en=f"Middling {n}") for n in range(MIDDLING_TEAMS)]
    agents = tuple([await make.user(agent_of=(big,)) for _ in range(AGENTS)])
    house = House(big, quiet, middling, agents)
    house.viewers = {
        "big team": await make.viewer(agent_of=(big,)),
        "quiet team": await make.viewer(agent_of=(quiet,)),
        "every team": await make.viewer(administrator=True),
    }
    await make.many_tickets(quiet, QUIET_TICKETS, assignees=agents, active=2, messages=True)
    await sql.run("UPDATE tickets SET last_message_at = last_message_at - interval '200 days'")
    account = await make.account(big)
    for _ in range(20):
        ticket_id = await make.ticket(big, account_id=account, last_message_at=clock.now())
        house.threads.append(ticket_id)
        for n in range(20):
            kind = "message_received" if n % 2 else "reply_written"
            said = await make.message(ticket_id, direction="in" if n % 2 else "out")
            await make.event(ticket_id, kind, {"message": said})
            if n % 2 == 0:
                await make.delivery(ticket_id, said, account_id=account)
            if n % 5 == 0:
                await make.attachment(said)
                await make.event(ticket_id, "status_changed", {"from": "new", "to": "open"})
    house.size = QUIET_TICKETS + len(house.threads)
    await engine.close_pool()
    return house


async def grow(url: str, house: House, size: int) -> None:
    """Fill up to so many tickets, nearly all of the big team."""
    await engine.open_pool(url, kind="tool", size=2)
    more = max(0, size - house.size)
    for team, share in ((house.big, more - more // 20), (house.middling[0], more // 20)):
        if share:
            await make.many_tickets(
                team, share, assignees=house.agents, active=ACTIVE, messages=True
            )
    house.size = max(house.size, size)
    await sql.script("VACUUM ANALYZE")
    await engine.close_pool()


async def measured(url: str, house: House) -> dict[str, list[float]]:
    """Look at every page often, each viewer in a browser of their own."""
    app = create_app()
    app.register(bound)
    await engine.open_pool(url, kind="web", size=4)
    found: dict[str, list[float]] = {}
    for name, viewer in house.viewers.items():
        browser = await signed_in(app, viewer)
        found[f"{name}: inbox"] = await timed(browser, ["/inbox/all"])
        found[f"{name}: late"] = await timed(browser, ["/inbox/late"])
        found[f"{name}: list"] = await timed(browser, ["/inbox/unassigned"], part=True)
        if name == "every team":
            threads = [f"/tickets/{ticket_id}?view=all" for ticket_id in house.threads]
            found["20 messages: page"] = await timed(browser, threads)
            found["20 messages: part"] = await timed(browser, threads, part=True)
            found["SELECT 1"] = await timed(browser, ["/bound"])
    await engine.close_pool()
    return found


async def timed(browser: Browser, paths: list[str], *, part: bool = False) -> list[float]:
    """Return milliseconds of each look."""
    look = browser.part if part else browser.page
    took = []
    for n in range(WARM + TIMES):
        begun = time.perf_counter()
        answer = await look(paths[n % len(paths)])
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.text
    return took[WARM:]


def row(name: str, size: int, times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    limit = "" if name == "SELECT 1" else f"{BOUND:8.0f}{'' if p95 <= BOUND else '  MISSED'}"
    print(f"{name:22}{size:>11,}{statistics.median(times):8.1f}{p95:8.1f}{limit}", flush=True)


def environment(url: str, folder: str) -> dict[str, str]:
    return {
        "TAWASUL_DATABASE_URL": url,
        "TAWASUL_DATA_DIR": folder,
        "TAWASUL_SECRET_KEY": "a key for measuring, forty characters long",
    }


if __name__ == "__main__":
    asked = [int(size) for size in sys.argv[1].split(",")] if len(sys.argv) > 1 else list(SIZES)
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
