"""Tell every web process which tickets changed: one NOTIFY a transaction, sent inside it."""

from collections.abc import Iterable

from server.db import sql
from server.kit.limits import LIVE_PAYLOAD
from server.kit.work import before_commit, keep

CHANNEL = "live"


def announce(tickets: Iterable[tuple[int, int]]) -> None:
    """Note changed tickets as ``(ticket id, team id)``; ids only, sent when the transaction commits."""
    changed: set[tuple[int, int]] = keep("live", set)
    changed.update(tickets)
    before_commit("live", _send)


async def announce_presence() -> None:
    """Tell supervisors' screens that somebody came or went."""
    await _notify({"presence": True})


async def announce_access(user_ids: Iterable[int]) -> None:
    """End the streams of people whose session or role changed; a browser that still may comes back."""
    await _notify({"sessions": sorted(user_ids)})


async def _send() -> None:
    changed: set[tuple[int, int]] = keep("live", set)
    whole: dict[str, object] = {"tickets": sorted(changed)}
    if len(sql.dump(whole)) > LIVE_PAYLOAD:
        # Too many to name: everyone of these teams looks again.
        whole = {"tickets": [], "teams": sorted({team for _, team in changed})}
    await _notify(whole)


async def _notify(payload: object) -> None:
    await sql.run("SELECT pg_notify($1, $2)", CHANNEL, sql.dump(payload))
