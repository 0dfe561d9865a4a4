"""The one place that knows what time it is."""

from datetime import UTC, datetime, timedelta

from server.kit.settings import settings


def now() -> datetime:
    """Return the present instant, in UTC, moved by the test clock's offset where there is one."""
    return datetime.now(UTC) + timedelta(seconds=settings().clock_offset)
