"""Is it alive, is it ready, what does it count: for machines that look after machines."""

import asyncio
import contextlib
import secrets
import time
from datetime import datetime
from typing import Any

import psycopg
from litestar import Request, Response, Router, get
from litestar.exceptions import PermissionDeniedException

from server.alarms.queries.measure import measure
from server.intake.queries import reconciliation
from server.kit import clock, heartbeats, metrics
from server.kit.http import MACHINES
from server.kit.limits import SILENT_PROCESS
from server.kit.settings import settings
from server.live.hub import Hub

ANSWER_WITHIN = 2.0
KEPT = 0.5
PROCESSES = ("work", "listen")
LOOPBACK = frozenset({"127.0.0.1", "::1"})


@get("/health")
async def health() -> dict[str, str]:
    """Say that the process runs; nothing else is asked."""
    return {"status": "alive"}


@get("/ready")
async def ready(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """Say of each part whether it does its work; 503 if one does not."""
    readiness: Readiness = request.app.state.readiness
    parts = await readiness.parts()
    return Response(parts, status_code=200 if set(parts.values()) == {"ok"} else 503)


@get("/metrics")
async def numbers(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Give what is counted to this machine, or to whoever knows the token."""
    local = request.client is not None and request.client.host in LOOPBACK
    if not local and not _knows_token(request.headers.get("Authorization", "")):
        raise PermissionDeniedException
    with contextlib.suppress(Exception):  # without its database a process still tells the rest
        async with asyncio.timeout(ANSWER_WITHIN):
            await reconciliation.measure()
            await measure(now=clock.now())
    return Response(metrics.text(), media_type=metrics.CONTENT_TYPE)


def _knows_token(authorization: str) -> bool:
    token = settings().metrics_token
    return bool(token) and secrets.compare_digest(
        authorization.encode(), f"Bearer {token}".encode()
    )


class Readiness:
    """What the parts last said; asked again only after a moment, or a probe would become a load."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._asking = asyncio.Lock()
        self._parts: dict[str, str] = {}
        self._until = 0.0

    async def parts(self) -> dict[str, str]:
        """Return ``ok`` or what is wrong, by part."""
        async with self._asking:
            if time.monotonic() >= self._until:
                processes, broker = await asyncio.gather(_processes(), _broker())
                live = "ok" if self._hub.connected.is_set() else "away"
                self._parts = {**processes, "broker": broker, "live": live}
                self._until = time.monotonic() + KEPT
        return self._parts


async def _processes() -> dict[str, str]:
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            last = await heartbeats.last()
    except Exception:  # noqa: BLE001 -- whatever it is, the database does not answer
        return {"database": "away", **dict.fromkeys(PROCESSES, "unknown")}
    now = clock.now()
    return {"database": "ok", **{name: _alive(last.get(name), now) for name in PROCESSES}}


def _alive(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "never seen"
    return "ok" if now - at < SILENT_PROCESS else "silent"


async def _broker() -> str:
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            await asyncio.to_thread(_reach, settings().broker_url)
    except (TimeoutError, psycopg.Error):
        return "away"
    return "ok"


def _reach(url: str) -> None:
    with psycopg.connect(url, connect_timeout=int(ANSWER_WITHIN)) as connection:
        connection.execute("SELECT 1")


router = Router(path="/", route_handlers=[health, ready, numbers], opt=MACHINES)
