"""The one place that knows what time it is, and how an instant is written as a number."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from server.kit.settings import settings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """Return the present instant, in UTC, moved by the test clock's offset where there is one."""
    standing = _moment.get()
    if standing is not None:
        return standing
    return datetime.now(UTC) + timedelta(seconds=settings().clock_offset)


def microseconds(at: datetime) -> int:
    """Return an instant as events, cursors and links carry it: microseconds since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)


def instant(since_epoch: int) -> datetime:
    """Return the instant of so many microseconds; raise ``OverflowError`` where there is none."""
    return EPOCH + timedelta(microseconds=since_epoch)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at one instant: a demonstration's past is made this way."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
