"""Integration tests: real PostgreSQL, the desk's own code, jobs run by hand."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker

from server import wiring
from server.assignment.queries import candidates
from server.db import engine
from server.kit import jobs, secrets
from server.kit.settings import Settings, settings
from server.service_levels import queries as promises
from tests.support.postgres import database_url, databases

__all__ = ["database_url", "databases"]


@pytest.fixture
def configured(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """Settings of a process that works on a database of its own."""
    for name in [name for name in os.environ if name.startswith("TAWASUL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TAWASUL_DATABASE_URL", database_url)
    monkeypatch.setenv("TAWASUL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TAWASUL_SECRET_KEY", "a secret for tests, of forty characters!")
    monkeypatch.setenv("TAWASUL_TESTING", "1")
    cached = (settings, secrets.keys, secrets._box)
    for function in cached:
        function.cache_clear()
    # Rows that never change are read once a process; here each test has rows of its own.
    promises._calendars.clear()
    promises._steps.clear()
    candidates._versions.clear()
    yield settings()
    for function in cached:
        function.cache_clear()


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> StubBroker:
    """Where rings end up in tests; jobs are run by hand."""
    stub = StubBroker(middleware=[])
    for queue in sorted(set(jobs.QUEUES.values())):
        stub.declare_queue(queue)
    monkeypatch.setattr(jobs, "broker", lambda: stub)
    dramatiq.set_broker(stub)
    return stub


@pytest.fixture
async def db(
    configured: Settings, broker: StubBroker, anyio_backend: str
) -> AsyncIterator[Settings]:
    """The desk in this process: the pool is open, the features are wired."""
    wiring.connect()
    await engine.open_pool(configured.database_url, kind="jobs", size=8)
    yield configured
    await engine.close_pool()
