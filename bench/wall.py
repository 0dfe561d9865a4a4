"""How long the server takes for the wall and for the tickets behind its figures, at a million tickets.

python bench/wall.py [tickets] [database URL, of an empty database]

Whole answers, through every layer but the network. A ticket changes before every look, so that each is of a desk that
nobody has seen; when several look at once, they have all been told of the same change.
"""

from itertools import count

from _million import CLIENTS, Looks, measured

from agent_ui import urls
from server.db import sql

WALL = 100.0
CHANGE = "UPDATE tickets SET last_seq = last_seq WHERE id = (SELECT max(id) - $1 FROM tickets)"
_changes = count()


async def main(url: str) -> None:
    async with Looks(url) as looks:
        topic = await sql.value("SELECT min(id) FROM topics")
        for name, path, part in (
            ("wall", urls.SUPERVISION, True),
            ("wall, whole page", urls.SUPERVISION, False),
            ("behind: late", urls.behind("late"), False),
            ("behind: a topic's", urls.behind("late", topic=topic), False),
            ("behind: unassigned", urls.behind("unassigned"), False),
        ):
            for clients in (1, CLIENTS):
                said = f"{name}, {clients} at once" if clients > 1 else name
                await looks.at(said, path, WALL, part=part, clients=clients, changing=change)
            said = f"{name}, {CLIENTS} of other teams"
            await looks.at(said, path, WALL, part=part, apart=True, changing=change)


async def change() -> None:
    """Change one ticket, each time another."""
    await sql.run(CHANGE, next(_changes) % 1000)


if __name__ == "__main__":
    measured(main)
