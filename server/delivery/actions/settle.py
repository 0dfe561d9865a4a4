"""Settle deliveries by what other servers report: this one bounced, that one arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.message import Party
from server.db import sql
from server.delivery.actions.copies import COPY_FAILED, note_failed
from server.events.actions import emit
from server.events.reactions import Event
from server.tickets.actions import recount_waiting

LEFT = frozenset({"queued", "sending", "sent", "delivered", "read", "uncertain"})
"""What may still turn out to have failed; what is held or taken back was never said."""
ARRIVES = frozenset({"sent"})


@dataclass(frozen=True, slots=True)
class _Fate:
    """What one report means for one delivery: the state it gets, if any, and the event that tells.

    ``copy`` is whose copy alone it is about.
    """

    state: str | None
    kind: str
    code: str | None
    words: str | None = None
    copy: str = ""


async def settle_reported(reported: Sequence[Event], at: datetime) -> None:
    """React to reports, each about a delivery of a locked ticket; what names none of its recipients is only kept."""
    events = []
    for event in reported:
        row = await sql.row(
            """
            SELECT id, ticket_id, message_id, state, recipients, accepted_at FROM deliveries WHERE message_id = $1
            """,
            event.data["message"],
        )
        said = await sql.rows(
            """
            SELECT outcome, address, code, words FROM delivery_reports WHERE message_id = $1 ORDER BY id LIMIT 500
            """,
            event.data["report"],
        )
        if row is None or (fate := _fate(sql.load(row["recipients"]), row["state"], said)) is None:
            continue
        if fate.state:
            await _move(row, fate, at=at)
        if fate.copy:
            await note_failed(row["id"], {fate.copy: fate.code or ""})
        data = {"message": row["message_id"], "report": event.data["report"], "code": fate.code}
        events.append(Event(row["ticket_id"], fate.kind, data))
    await recount_waiting([one.ticket_id for one in events if one.kind == "delivery_failed"])
    await emit(events, at=at)


async def _move(row: Any, fate: _Fate, *, at: datetime) -> None:
    await sql.run(
        """
        UPDATE deliveries SET state = $2, error_code = $3, error_text = $4, changed_at = $5, claimed_until = NULL
        WHERE id = $1
        """,
        row["id"],
        fate.state,
        fate.code if fate.state == "failed" else None,
        fate.words,
        at,
    )


def _fate(recipients: Sequence[dict[str, Any]], state: str, said: Sequence[Any]) -> _Fate | None:
    """Judge by the citizen's own address; a copy that bounces does not undo the answer."""
    addressed = {Party(one["address"]).key: bool(one.get("copy")) for one in recipients}
    directly = {key for key, copy in addressed.items() if not copy}
    for one in sorted(said, key=lambda one: str(one["outcome"] != "failed")):
        key = Party(one["address"]).key if one["address"] else _only(addressed)
        if key not in addressed:
            continue
        code, words = one["code"] or "5.0.0", one["words"]
        match one["outcome"]:
            case "failed" if key in directly and state in LEFT:
                return _Fate("failed", "delivery_failed", code, words)
            case "failed" if key not in directly:
                return _Fate(None, f"delivery_{COPY_FAILED}", code, copy=key)
            case "delayed" if state in LEFT:
                return _Fate(None, "delivery_delayed", one["code"])
            case "delivered" if key in directly and state in ARRIVES:
                return _Fate("delivered", "delivery_delivered", one["code"])
    return None


def _only(addressed: dict[str, bool]) -> str:
    """Return whom a report means that names nobody: the one recipient, if there was but one."""
    return next(iter(addressed)) if len(addressed) == 1 else ""
