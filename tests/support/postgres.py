"""A PostgreSQL server for one test run, and databases copied from one that was migrated once."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from server.kit import embedded_postgres
from server.kit.embedded_postgres import EmbeddedPostgres


class TestDatabases:
    """Hands out databases of one server; each is nobody else's."""

    __test__ = False

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self._numbers = itertools.count(1)
        self._migrated: str | None = None

    def empty(self) -> str:
        """Return the URL of a new database with nothing in it."""
        return self._create(template="template0")

    def migrated(self) -> str:
        """Return the URL of a new database with all tables, a copy made in milliseconds."""
        if self._migrated is None:
            from server.db.migrate import migrate

            url = self.empty()
            asyncio.run(migrate(url))
            self._migrated = _name(url)
        return self._create(template=self._migrated)

    def drop(self, url: str) -> None:
        self._tell(f'DROP DATABASE IF EXISTS "{_name(url)}" WITH (FORCE)')

    def _create(self, *, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._tell(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.server.url.replace("@/tawasul?", f"@/{name}?")

    def _tell(self, statement: str) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(statement.encode())


def _in_memory() -> Path | None:
    """Return a folder that is no disk, if there is room: copying databases is most of a test's time."""
    memory = Path("/dev/shm")  # noqa: S108 -- the folder inside is private
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2**31
    return memory if roomy else None


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


@pytest.fixture(scope="session")
def databases() -> Iterator[TestDatabases]:
    """One server a run: not durable, for it is thrown away; its own folder, so runs can go side by side."""
    folder = Path(tempfile.mkdtemp(prefix="tawasul-tests-", dir=_in_memory()))
    server = embedded_postgres.start(folder, durable=False)
    try:
        yield TestDatabases(server)
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture
def database_url(databases: TestDatabases) -> Iterator[str]:
    """A migrated database that belongs to one test."""
    url = databases.migrated()
    yield url
    databases.drop(url)
