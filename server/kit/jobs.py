"""Ring for jobs by name. The row is the truth, a job is only a nudge, so a lost one costs seconds.

Rings go out on one thread: Dramatiq's ``send`` blocks for minutes when its database is away, and a web
request must not. What does not get through is dropped and counted; the sweep rings again.
"""

import asyncio
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from urllib.parse import urlencode, urlsplit

import dramatiq
from prometheus_client import Counter, Gauge

from server.kit import log
from server.kit.limits import RING, RING_WAITING
from server.kit.settings import WrongSetting, settings

QUEUES = {
    "drain": "intake",
    "deliver": "delivery",
    "reconcile": "bulk",
    "check_clocks": "bulk",
    "train": "bulk",
}
"""Every job that can be rung for, and the queue it waits in; queues are few because each costs connections."""

_SPACE = uuid.UUID("6f3f9a3e-6d1c-4a63-9a0e-3c1f5a1f7b11")
_dropped = Counter("tawasul_rings_dropped_total", "Rings that did not reach the broker", ["job"])
_waiting = Gauge("tawasul_rings_waiting", "Rings not yet handed to the broker")
_log = log.get(__name__)


@cache
def broker() -> dramatiq.Broker:
    """Return this process's broker, chosen by the scheme of ``BROKER_URL``."""
    from dramatiq.middleware import AsyncIO, ShutdownNotifications
    from dramatiq_postgres import PostgresBroker

    url = settings().broker_url
    if urlsplit(url).scheme not in {"postgresql", "postgres"}:
        raise WrongSetting("TAWASUL_BROKER_URL must be a postgresql:// address")
    separator = "&" if "?" in url else "?"
    # Retries are left out: rows carry their own attempts and times. Their middleware would try for days.
    made: dramatiq.Broker = PostgresBroker(
        url=url + separator + urlencode({"maxconn": 32, "connect_timeout": 3}),
        results=False,
        heartbeat_interval=3,
        heartbeat_ttl=12,
        maintenance_interval=5,
        middleware=[ShutdownNotifications(), AsyncIO()],
    )
    return made


@cache
def _bell_ringer() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="rings")


async def ring(job: str, key: int) -> None:
    """Nudge ``job`` for ``key`` (an id); at most one nudge for the same thing waits at a time."""
    message: dramatiq.Message[None] = dramatiq.Message(
        queue_name=QUEUES[job],
        actor_name=job,
        args=(key,),
        kwargs={},
        options={},
        # The same id for the same thing: the broker keeps one row a message id.
        message_id=str(uuid.uuid5(_SPACE, f"{job}:{key}")),
    )
    if _waiting._value.get() >= RING_WAITING:  # noqa: SLF001 -- the gauge is the count
        _dropped.labels(job).inc()
        return
    _waiting.inc()
    sent = _bell_ringer().submit(broker().enqueue, message)
    sent.add_done_callback(lambda _: _waiting.dec())
    try:
        async with asyncio.timeout(RING.total_seconds()):
            await asyncio.shield(asyncio.wrap_future(sent))
    except Exception as error:  # noqa: BLE001 -- a ring may be lost for any reason, the action stands
        _dropped.labels(job).inc()
        _log.warning("ring dropped", job=job, key=key, error=type(error).__name__)
