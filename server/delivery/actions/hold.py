"""Begin a delivery when an answer is written, and let people take it back, send it again or settle it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.db import sql
from server.delivery.actions.begin import begin
from server.delivery.actions.copies import forget_failed
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.clock import microseconds
from server.kit.errors import Conflict, NotFound
from server.kit.settings import settings
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions import Copy, keep_again, lock_with_root, recount_waiting
from server.tickets.actions.standing import standing
from server.tickets.queries.roots import seen_at


class TooLate(Conflict):
    """The answer has left, or somebody else has settled it."""

    code = "too_late"


async def hold(written: Sequence[Event], at: datetime) -> None:
    """React to answers: hold them for the undo window."""
    await begin(
        [event.data["message"] for event in written],
        state="held",
        until=at + timedelta(seconds=settings().undo_seconds),
        copies=True,
        at=at,
    )


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An answer as its author had written it; its files are kept for the next try."""

    text: str
    copies: tuple[Copy, ...] | None
    quotes: bool | None


async def undo(delivery_id: int, *, by: Viewer, now: datetime) -> TakenBack:
    """Take an answer back while it is held; return it for the composer."""
    async with transaction():
        row = await _locked(delivery_id, by)
        if row["state"] not in {"held", "undone"}:
            raise TooLate
        if row["state"] == "held":
            await _settle(row, "undone", by=by, now=now)
            await recount_waiting([row["ticket_id"]])
            await keep_again(row["message_id"], on=row["seen_at"], by=by, now=now)
        copies = sql.load(row["copies"])
        chosen = None if copies is None else tuple(Copy(**one) for one in copies)
        return TakenBack(row["text"], chosen, row["quotes"])


async def resend(delivery_id: int, *, by: Viewer, now: datetime) -> None:
    """Send an answer again that failed or whose fate nobody knows."""
    async with transaction():
        row = await _locked(delivery_id, by)
        if row["state"] not in {"failed", "uncertain"}:
            raise TooLate
        await forget_failed(delivery_id)
        await _settle(row, "queued", by=by, now=now)


async def arrived(delivery_id: int, *, by: Viewer, now: datetime) -> None:
    """Settle an uncertain delivery: a person knows that it arrived."""
    async with transaction():
        row = await _locked(delivery_id, by)
        if row["state"] != "uncertain":
            raise TooLate
        await _settle(row, "sent", by=by, now=now)


async def _locked(delivery_id: int, by: Viewer) -> dict[str, Any]:
    """Lock the delivery's ticket; return the delivery, and on which ticket this person reads of it."""
    ticket_id = await sql.value("SELECT ticket_id FROM deliveries WHERE id = $1", delivery_id)
    if ticket_id is None:
        raise NotFound
    await lock_with_root(ticket_id)
    seen = await seen_at(by, ticket_id)
    if seen is None:
        raise NotFound
    row = await sql.row(
        """
        SELECT d.id, d.ticket_id, d.message_id, d.state, m.text, m.copies, m.quotes
        FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE d.id = $1
        """,
        delivery_id,
    )
    return {**dict(row or {}), "seen_at": seen}


async def _settle(row: dict[str, Any], state: str, *, by: Viewer, now: datetime) -> None:
    await sql.run(
        """
        UPDATE deliveries SET state = $2, changed_at = $3, next_try_at = $3, claimed_until = NULL, attempts = 0,
            error_code = NULL, error_text = NULL, accepted_at = CASE WHEN $2 = 'sent' THEN $3 ELSE accepted_at END
        WHERE id = $1
        """,
        row["id"],
        state,
        now,
    )
    data = {"message": row["message_id"]}
    if state == "sent":
        data["accepted_us"] = microseconds(now)
    if state == "queued":
        await recount_waiting([row["ticket_id"]])
        since = (await standing(row["ticket_id"])).waiting_since
        data["waiting_us"] = None if since is None else microseconds(since)
    await emit([Event(row["ticket_id"], f"delivery_{state}", data, by.id)], at=now)
