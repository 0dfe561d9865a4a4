"""The worker process: Dramatiq's jobs on one event loop, with the pool opened on that loop."""

import asyncio
import contextlib
import signal
import threading

import dramatiq
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.middleware import Middleware

from server import wiring
from server.channel_accounts.tokens import write_down_renewals
from server.db.engine import close_pool, open_pool
from server.kit import clock, jobs, log
from server.kit.heartbeats import beat
from server.kit.settings import Settings

THREADS = 8
STOP_MILLISECONDS = 3000
BEAT_SECONDS = 5
_log = log.get(__name__)


class _Pool(Middleware):
    """Open the pool where actors run: under another loop its connections could not be used."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._beating: asyncio.Task[None] | None = None

    def before_worker_boot(self, _broker: dramatiq.Broker, _worker: dramatiq.Worker) -> None:
        loop = get_event_loop_thread()
        if loop is None:
            raise RuntimeError("the broker has no event loop: its AsyncIO middleware is missing")
        loop.run_coroutine(self._open())

    def after_worker_shutdown(self, _broker: dramatiq.Broker, _worker: dramatiq.Worker) -> None:
        if (loop := get_event_loop_thread()) is not None:
            loop.run_coroutine(self._close())

    async def _open(self) -> None:
        await open_pool(self._settings.database_url, kind="jobs", size=THREADS * 2)
        write_down_renewals()
        self._beating = asyncio.create_task(_beat())

    async def _close(self) -> None:
        if self._beating is not None:
            self._beating.cancel()
        await close_pool()


async def _beat() -> None:
    while True:
        with contextlib.suppress(Exception):  # the next beat may get through
            await beat("work", at=clock.now())
        await asyncio.sleep(BEAT_SECONDS)


def run(settings: Settings) -> None:
    """Do jobs until told to stop."""
    wiring.connect()
    broker = jobs.broker()
    broker.add_middleware(_Pool(settings))
    dramatiq.set_broker(broker)
    import server.assignment.tasks
    import server.delivery.tasks
    import server.intake.tasks
    import server.service_levels.tasks  # noqa: F401 -- actors register with the broker that is set

    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    worker = dramatiq.Worker(broker, worker_threads=THREADS)
    worker.start()
    _log.info("worker ready", queues=sorted(set(jobs.QUEUES.values())))
    told.wait()
    worker.stop(timeout=STOP_MILLISECONDS)
    broker.close()
