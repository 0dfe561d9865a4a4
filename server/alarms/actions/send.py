"""Send what has been gathered: claim it, touch the wire, write down what became of it.

A claim is committed before the wire is touched; one whose process died ends after a while and the message
goes out again under the same id, which tells a mailbox or another system that it is the same.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from server.alarms import queries
from server.alarms.actions.trouble import Trouble, end_alarms, raise_alarm
from server.alarms.actions.ways import call, mail
from server.alarms.queries import sending
from server.alarms.queries.sending import Dispatch
from server.alarms.quiet import quiet_until
from server.db import sql
from server.kit import clock, log
from server.kit.work import transaction

AT_ONCE = 20
CLAIM = timedelta(seconds=90)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS = 8
"""The eighth try is an hour after the first; what cannot arrive by then is old news."""
SWITCHED_OFF = "switched_off"
KEPT = timedelta(days=30)

_log = log.get(__name__)


async def send_due(*, now: datetime) -> int:
    """Send what is due, each receiver's apart from the others'; return how many messages were tried."""
    claimed = await _claim(now=now)
    await asyncio.gather(*(_send(dispatch_id) for dispatch_id in claimed))
    return len(claimed)


async def forget_dispatches(*, now: datetime) -> None:
    """Drop what was sent, and alarms that ended, long ago."""
    await sql.run("DELETE FROM dispatches WHERE settled_at < $1", now - KEPT)
    await sql.run("DELETE FROM alarms WHERE ended_at < $1", now - KEPT)


async def _claim(*, now: datetime) -> Sequence[int]:
    """Take what is due; what would disturb somebody's quiet hours waits for their end."""
    async with transaction():
        due = await sql.rows(
            f"""
            SELECT d.id, d.user_id, d.pressing OR d.test AS at_any_hour FROM dispatches d
            WHERE d.state IN ('gathering', 'waiting', 'sending') AND d.leaves_at <= $1
                AND (d.state <> 'sending' OR d.claimed_until <= $1)
            ORDER BY d.leaves_at LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED
            """,
            now,
        )
        chosen = await queries.choices([row["user_id"] for row in due if row["user_id"]])
        leaving: list[int] = []
        held: list[tuple[int, datetime]] = []
        for row in due:
            choice = chosen.get(row["user_id"])
            until = choice and quiet_until(now, zone=choice.zone, weekly=choice.quiet)
            if until and not row["at_any_hour"]:
                held.append((row["id"], until))
            else:
                leaving.append(row["id"])
        await sql.run(
            """
            UPDATE dispatches d SET leaves_at = h.until, held = true
            FROM unnest($1::bigint[], $2::timestamptz[]) AS h(id, until) WHERE d.id = h.id
            """,
            *sql.columns(held, 2),
        )
        await sql.run(
            """
            UPDATE dispatches SET state = 'sending', attempts = attempts + 1, claimed_until = $2
            WHERE id = ANY($1::bigint[])
            """,
            leaving,
            now + CLAIM,
        )
        return leaving


async def _send(dispatch_id: int) -> None:
    message = await sending.dispatch(dispatch_id)
    if message is None:
        return
    try:
        code = await _hand_over(message)
    except Exception as error:  # noqa: BLE001 -- one receiver's trouble must not keep it from the others
        _log.exception("alarm not sent", dispatch=dispatch_id)
        code = type(error).__name__
    await _settle(message, code, now=clock.now())


async def _hand_over(message: Dispatch) -> str | None:
    """Send it by its way; return why it did not arrive."""
    if not message.active and not message.test:
        return SWITCHED_OFF
    return await (call(message) if message.webhook_id else mail(message))


async def _settle(message: Dispatch, code: str | None, *, now: datetime) -> None:
    gave_up = code == SWITCHED_OFF or message.test or message.attempts >= MOST_ATTEMPTS
    state = "sent" if code is None else "failed" if gave_up else "waiting"
    pause = min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
    async with transaction():
        moved = await sql.run(
            """
            UPDATE dispatches SET state = $3, code = $4, claimed_until = NULL,
                settled_at = CASE WHEN $3 <> 'waiting' THEN $5::timestamptz END,
                leaves_at = CASE WHEN $3 = 'waiting' THEN $6 ELSE leaves_at END
            WHERE id = $1 AND state = 'sending' AND attempts = $2
            """,
            message.id,
            message.attempts,
            state,
            code,
            now,
            now + pause,
        )
        if not moved or message.test:
            return
        kind, way, receiver = _failing(message)
        subject = f"office {receiver}" if message.office_id else str(receiver)
        if state == "failed" and code != SWITCHED_OFF:
            await raise_alarm(Trouble(kind, subject, {way: receiver}), now=now)
        elif state == "sent":
            await end_alarms(kind, only=subject, now=now)


def _failing(message: Dispatch) -> tuple[str, str, int | None]:
    """Return which alarm tells that this receiver cannot be reached."""
    if message.webhook_id is not None:
        return "webhook_failing", "webhook", message.webhook_id
    if message.office_id is not None:
        return "mail_failing", "office", message.office_id
    return "mail_failing", "user", message.user_id
