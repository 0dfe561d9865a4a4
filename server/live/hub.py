"""Hands what PostgreSQL notifies to the open streams of this process, each only what concerns it."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import msgspec
from prometheus_client import Counter, Gauge

from server.db.engine import connection_arguments
from server.kit import log
from server.kit.limits import STREAM_WAITING
from server.live.actions import CHANNEL

LONGEST_PAUSE = 10.0
PROOF_EVERY = 15.0
"""A connection that died without a word is noticed after this many seconds."""

_streams = Gauge("tawasul_live_streams", "Open streams of screens")
_resyncs = Counter("tawasul_live_resyncs_total", "Streams told to look at everything again")
_log = log.get(__name__)


class _Note(msgspec.Struct):
    """What :mod:`server.live.actions` sends."""

    tickets: list[tuple[int, int]] = []
    teams: list[int] = []
    sessions: list[int] = []
    presence: bool = False


@dataclass(slots=True, eq=False)
class Listener:
    """One open stream: whose it is, what it may hear of, and what waits to be said.

    What waits is a set, so a thing that changes often is said once; it is bounded, and when full it is
    emptied and the screen is told to look at everything again.
    """

    user_id: int
    team_ids: frozenset[int]
    tickets: set[int] = field(default_factory=set)
    presence: bool = False
    resync: bool = False
    over: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, note: _Note) -> None:
        """Keep what concerns this person."""
        if self.user_id in note.sessions:
            self.end()
        if not self.team_ids.isdisjoint(note.teams):
            self.look_again()
        mine = [ticket for ticket, team in note.tickets if team in self.team_ids]
        if not self.resync and mine:
            self.tickets.update(mine)
            if len(self.tickets) > STREAM_WAITING:
                self.look_again()
        self.presence |= note.presence
        if mine or note.presence:
            self.news.set()

    def look_again(self) -> None:
        """Drop what waits: the screen has to look at everything."""
        if not self.resync:
            _resyncs.inc()
        self.resync, self.presence = True, False
        self.tickets.clear()
        self.news.set()

    def end(self) -> None:
        """Let the stream say goodbye."""
        self.over = True
        self.news.set()

    def take(self) -> tuple[tuple[int, ...], bool, bool]:
        """Return tickets, presence and resync, and wait for more."""
        taken = (tuple(sorted(self.tickets)), self.presence, self.resync)
        self.tickets.clear()
        self.presence = self.resync = False
        self.news.clear()
        return taken


class Hub:
    """The streams of one process."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._listeners: set[Listener] = set()
        self._ending = False
        self.connected = asyncio.Event()

    @contextmanager
    def listen(self, user_id: int, team_ids: Sequence[int]) -> Iterator[Listener]:
        """Hear from now on until the block ends."""
        listener = Listener(user_id, frozenset(team_ids))
        if self._ending:
            listener.end()
        self._listeners.add(listener)
        _streams.inc()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            _streams.dec()

    def people(self) -> frozenset[int]:
        """Return who has a screen open."""
        return frozenset(listener.user_id for listener in self._listeners)

    def end(self) -> None:
        """End every stream, and every later one at once: the process is about to stop."""
        self._ending = True
        for listener in self._listeners:
            listener.end()

    async def run(self) -> None:
        """Listen for ever; when the connection was lost, everybody looks at everything again."""
        pause = 0.1
        lost = False
        while True:
            try:
                connection = await asyncpg.connect(
                    **connection_arguments(self._url),
                    timeout=10,
                    server_settings={"application_name": "tawasul live"},
                )
                try:
                    await connection.add_listener(CHANNEL, self._hear)
                    self.connected.set()
                    if lost:
                        _log.info("live connection is back")
                        for listener in self._listeners:
                            listener.look_again()
                    pause = 0.1
                    await _until_lost(connection)
                finally:
                    self.connected.clear()
                    connection.terminate()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("no live connection", error=type(error).__name__)
            lost = True
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _hear(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        try:
            note = msgspec.json.decode(str(payload), type=_Note)
        except msgspec.DecodeError:
            _log.warning("a live notification cannot be read")
            return
        for listener in tuple(self._listeners):
            listener.hear(note)


async def _until_lost(connection: Any) -> None:
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    while not (lost.is_set() or connection.is_closed()):
        try:
            async with asyncio.timeout(PROOF_EVERY):
                await lost.wait()
        except TimeoutError:
            await connection.execute("SELECT 1", timeout=PROOF_EVERY)
