"""How long the server takes for the wall and for the tickets behind its figures, at a million tickets.

python bench/wall.py [tickets] [database URL, of an empty database]

Whole answers, through every layer but the network, to four supervisors at once, while tickets change ten times a
second: each change is another wall.
"""

import asyncio
import time

from _million import CLIENTS, Looks, measured

from agent_ui import urls
from server.db import sql

WALL = 100.0
CHANGES_EVERY = 0.1
CHANGE = "UPDATE tickets SET last_seq = last_seq WHERE id = (SELECT max(id) - $1 FROM tickets)"


async def main(url: str) -> None:
    async with Looks(url) as looks:
        topic = await sql.value("SELECT min(id) FROM topics")
        await looks.at("wall, nothing changes", urls.SUPERVISION, WALL, part=True)
        changing = asyncio.create_task(change())
        for name, path, part in (
            ("wall", urls.SUPERVISION, True),
            ("wall, whole page", urls.SUPERVISION, False),
            ("behind: late", urls.behind("late"), True),
            ("behind: a topic's", urls.behind("late", topic=topic), True),
            ("behind: unassigned", urls.behind("unassigned"), True),
        ):
            await looks.at(name, path, WALL, part=part)
            await looks.at(f"{name}, {CLIENTS} at once", path, WALL, part=part, clients=CLIENTS)
        changing.cancel()


async def change() -> None:
    """Change one ticket after the other."""
    begun = time.monotonic()
    while True:
        await change_one()
        await asyncio.sleep(CHANGES_EVERY - (time.monotonic() - begun) % CHANGES_EVERY)


async def change_one() -> None:
    await sql.run(CHANGE, int(time.monotonic() * 10) % 1000)


if __name__ == "__main__":
    measured(main)
