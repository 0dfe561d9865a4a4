"""Keep children alive until somebody wants to stop, then end them in order."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.kit.database_user import CannotStart
from server.up.child import Child
from server.up.signals import Signals


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the tree is, in seconds."""

    first_delay: float = 0.2
    longest_delay: float = 10
    long_life: float = 30
    """A child that lived this long begins again with the first delay."""

    stop: float = 3.5
    """All commands together; then whoever is left is killed."""

    stop_database: float = 1.3


@dataclass(slots=True)
class _Kept:
    child: Child
    launched_at: float = 0
    delay: float = 0
    again_at: float | None = 0


class Tree:
    """``database`` comes first and goes last; ``commands`` stop in the reverse of their order."""

    def __init__(
        self,
        *,
        database: Child | None,
        commands: Sequence[Child],
        say: Callable[[str], None],
        pace: Pace | None = None,
    ) -> None:
        self._database = database
        self._commands = commands
        self._say = say
        self._pace = pace or Pace()

    def run(self, signals: Signals) -> None:
        """Start every command, and again whatever ends, until told to stop."""
        kept = [_Kept(child) for child in self._commands]
        if self._database is not None:
            kept.insert(0, _Kept(self._database, launched_at=time.monotonic(), again_at=None))
        while not signals.stop:
            for each in kept:
                self._look_at(each)
            waiting = [each.again_at for each in kept if each.again_at is not None]
            signals.wait(max(0, min(waiting) - time.monotonic()) if waiting else None)

    def stop(self, signals: Signals) -> None:
        """End the commands one after the other, then the database; nobody is waited for too long."""
        began = time.monotonic()
        share = self._pace.stop / max(1, len(self._commands))
        for number, child in enumerate(reversed(self._commands), start=1):
            child.interrupt()
            _wait([child], signals, until=began + number * share)
        _wait(self._commands, signals, until=began + self._pace.stop)
        for child in self._commands:
            if child.is_alive():
                self._say(f"{child.name} did not end in time and is killed")
                child.kill()
        _wait(self._commands, signals, until=time.monotonic() + 1)
        if self._database is not None:
            self._database.interrupt()
            _wait([self._database], signals, until=time.monotonic() + self._pace.stop_database)
            self._database.kill()
            _wait([self._database], signals, until=time.monotonic() + 5)

    def _look_at(self, kept: _Kept) -> None:
        now = time.monotonic()
        if kept.again_at is None and not kept.child.is_alive():
            lived = now - kept.launched_at
            again = min(kept.delay * 2, self._pace.longest_delay)
            kept.delay = (
                again if kept.delay and lived < self._pace.long_life else self._pace.first_delay
            )
            kept.again_at = now + kept.delay
            self._say(f"{kept.child.name} ended ({kept.child.ending()}); again in {kept.delay:g} s")
        if kept.again_at is not None and now >= kept.again_at:
            kept.again_at, kept.launched_at = None, now
            try:
                kept.child.launch()
            except CannotStart as error:
                self._say(str(error))


def _wait(children: Sequence[Child], signals: Signals, *, until: float) -> None:
    while any(child.is_alive() for child in children):
        left = until - time.monotonic()
        if left <= 0:
            return
        signals.wait(min(left, 0.1))
