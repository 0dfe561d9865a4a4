"""How fast a mailbox that nobody read for long is worked through: IMAP, journal, tickets.

python bench/backlog.py [how many]
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from channels.email.imap import Mailbox  # noqa: E402 -- after the path
from channels.email.settings import load  # noqa: E402
from server import wiring  # noqa: E402
from server.channel_accounts import actions as accounts  # noqa: E402
from server.channel_accounts.queries import one  # noqa: E402
from server.db import engine, sql  # noqa: E402
from server.db.migrate import migrate  # noqa: E402
from server.demo.office import open_office  # noqa: E402
from server.intake import actions as intake  # noqa: E402
from server.intake.listeners.imap import Fetcher  # noqa: E402
from server.kit import clock, embedded_postgres, jobs  # noqa: E402
from tests.support.dovecot import Dovecot  # noqa: E402
from tests.support.mails import mail  # noqa: E402
from tests.support.post import fetching  # noqa: E402


async def silence(_job: str, _key: int) -> None:
    """Ring for nobody: the drain is called in a loop, as bells would."""


async def main(how_many: int, url: str) -> None:
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
    with tempfile.TemporaryDirectory(prefix="tawasul-bench-") as folder:
        Path(folder).chmod(0o755)
        server = embedded_postgres.start(Path(folder) / "data")
        os.environ |= {
            "TAWASUL_DATABASE_URL": server.url,
            "TAWASUL_DATA_DIR": folder,
            "TAWASUL_SECRET_KEY": "a key for measuring, forty characters long",
        }
        jobs.ring = silence
        try:
            asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000, server.url))
        finally:
            server.stop()
