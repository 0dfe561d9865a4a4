"""How fast a mailbox that nobody read for long is worked through: IMAP, journal, tickets.

python bench/backlog.py [how many]
"""

import asyncio
import time

from _database import on_a_database

from channels.email.imap import Mailbox
from channels.email.settings import load
from server import wiring
from server.channel_accounts import actions as accounts
from server.channel_accounts.queries import one
from server.db import engine, sql
from server.db.migrate import migrate
from server.demo.office import open_office
from server.intake import actions as intake
from server.intake.listeners.imap import Fetcher
from server.kit import clock, jobs
from tests.support.dovecot import Dovecot
from tests.support.mails import mail
from tests.support.post import fetching

MAILS = 5000


async def silence(_job: str, _key: int) -> None:
    """Ring for nobody: the drain is called in a loop, as bells would."""


async def main(url: str, how_many: int) -> None:
    await migrate(url)
    wiring.connect()
    await engine.open_pool(url, kind="jobs", size=8)
    await open_office(clock.now())
    with Dovecot() as dovecot:
        values: dict[str, object] = {
            "address": "bench@passports.example",
            "outgoing": "keep",
            "imap_host": dovecot.host,
            "imap_port": dovecot.port,
            "imap_tls": "none",
            "imap_user": dovecot.user,
            "imap_password": dovecot.password,
        }
        account = await accounts.add("email", name="bench", values=values, now=clock.now())
        mails = [mail(f"{n}", sender=f"p{n}@example.org") for n in range(how_many)]
        await asyncio.to_thread(dovecot.deliver_many, mails)
        bare = how_many / await asyncio.to_thread(only_fetched, values)
        began = time.perf_counter()
        async with fetching(Fetcher(await one(account), asyncio.get_running_loop())):
            while await sql.value("SELECT count(*) FROM messages") < how_many:
                await intake.drain(account)
                await asyncio.sleep(0.01)
        rate = how_many / (time.perf_counter() - began)
    print(f"{'mailbox backlog, tickets a second':44}{rate:10.0f}   bound 400")
    print(f"{'the same mailbox only fetched, a second':44}{bare:10.0f}")
    print(f"{'ratio':44}{rate / bare:10.3f}")
    await engine.close_pool()


def only_fetched(values: dict[str, object]) -> float:
    """Say how many seconds it takes to fetch every mail and do nothing with it."""
    began = time.perf_counter()
    with Mailbox(load(values)) as mailbox:
        mailbox.select("INBOX")
        for _ in mailbox.fetch(mailbox.all_uids()):
            pass
    return time.perf_counter() - began


if __name__ == "__main__":
    jobs.ring = silence
    on_a_database(main, MAILS, durable=True)
