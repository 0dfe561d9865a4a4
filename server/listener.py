"""The process that waits: listeners for what comes in, and the scheduler for what falls due."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

from server import wiring
from server.alarms import listeners as alarms
from server.assignment.listeners import learn, look_again, turn
from server.channel_accounts.tokens import write_down_renewals
from server.db.engine import close_pool, open_pool
from server.delivery.listeners import ask_how_it_went, ring_due
from server.intake.listeners.imap import Fetchers
from server.intake.listeners.smtp import listen
from server.intake.listeners.sweep import look_at_mailboxes, sweep
from server.kit import clock, log
from server.kit.settings import Settings
from server.people.actions import expire_presences
from server.search.actions import take_up
from server.service_levels.listeners import watch_due, watch_nights, watch_terms
from server.sign_in.actions import forget_what_is_over
from server.supervision.listeners import NightlyCounts, keep_counts
from server.tickets.actions import close_resolved, collect_blobs, forget_form_keys

_log = log.get(__name__)


def run(settings: Settings) -> None:
    """Listen and schedule until told to stop."""
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    wiring.connect()
    await open_pool(settings.database_url, kind="jobs", size=8)
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    write_down_renewals()
    fetchers = Fetchers()
    smtp = await listen(settings)
    loops = [
        asyncio.create_task(_every(seconds, work))
        for seconds, work in (
            (0.5, ring_due),
            (5.0, ask_how_it_went),
            (0.5, watch_due),
            (2.0, watch_terms),
            (5.0, sweep),
            (5.0, fetchers.follow),
            (10.0, look_at_mailboxes),
            (5.0, alarms.live),
            (2.0, alarms.send),
            (20.0, alarms.watch),
            (3600.0, alarms.forget),
            (1.0, take_up),
            (0.5, turn),
            (5.0, look_again),
            (30.0, learn),
            (10.0, _expire_presences),
            (600.0, _close),
            (3600.0, _forget),
            (600.0, watch_nights),
            (2.0, keep_counts),
            (600.0, NightlyCounts().look_after),
        )
    ]
    _log.info("listening", smtp=f"{settings.smtp_host}:{settings.smtp_port}")
    try:
        await told.wait()
    finally:
        smtp.close()
        fetchers.stop()
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await close_pool()


async def _every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    """Do something again and again; a failure is logged and ends only this turn."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 -- the next turn may do better
            _log.warning("loop failed", loop=work.__qualname__, error=repr(error)[:200])
        await asyncio.sleep(seconds)


async def _expire_presences() -> None:
    await expire_presences(now=clock.now())


async def _forget() -> None:
    await forget_what_is_over(now=clock.now())
    await forget_form_keys(now=clock.now())
    while await collect_blobs(now=clock.now()):
        pass


async def _close() -> None:
    while await close_resolved(now=clock.now()):
        pass
