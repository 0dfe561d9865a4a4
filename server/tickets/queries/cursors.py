"""Where a page of a list ends: an instant and an id, as one opaque word in a link."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime

from server.kit.clock import instant, microseconds
from server.kit.errors import Invalid

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row shown; the next page begins behind it."""

    at: datetime
    id: int


NEWEST = Cursor(datetime.max.replace(tzinfo=UTC), LARGEST_ID)
OLDEST = Cursor(datetime.min.replace(tzinfo=UTC), 0)


def write(cursor: Cursor) -> str:
    """Return a cursor as it stands in a link."""
    plain = f"{microseconds(cursor.at)}.{cursor.id}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read(word: str) -> Cursor:
    """Read a cursor from a link; one that was tampered with is invalid, never a crash.

    It needs no signature: whatever it says, the query that uses it is bounded by the viewer's teams.
    """
    try:
        plain = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        at, _, id_ = plain.decode("ascii").partition(".")
        cursor = Cursor(instant(int(at)), int(id_))
    except (binascii.Error, ValueError, OverflowError) as error:
        raise Invalid("bad_cursor", field="after") from error
    if not 0 <= cursor.id <= LARGEST_ID:
        raise Invalid("bad_cursor", field="after")
    return cursor
