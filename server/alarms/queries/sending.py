"""Read all that a message of alarms says, and where it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.alarms.kinds import KINDS, Kind
from server.db import sql

SHOWN = 10
LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that a message names."""

    kind: Kind
    at: datetime
    ticket_id: int | None
    number: int | None
    priority: str | None
    team: str | None
    target: str | None
    percent: int | None
    due_at: datetime | None
    alarm_id: int | None


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One message on its way; ``url`` and ``secret`` of a webhook are still sealed."""

    id: int
    test: bool
    held: bool
    attempts: int
    began_at: datetime
    counts: tuple[tuple[Kind, int], ...]
    items: tuple[Named, ...]
    user_id: int | None
    address: str | None
    active: bool
    locale: str
    digits: str
    zone: str | None
    webhook_id: int | None
    url: str | None
    secret: str | None
    office_id: int | None

    @property
    def whole(self) -> int:
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that is or was wrong; ``data`` holds codes and numbers."""

    id: int
    kind: str
    subject: str
    data: Mapping[str, Any]
    ticket_id: int | None
    number: int | None
    account: str | None
    webhook: str | None
    person: str | None
    team_ar: str | None
    team_en: str | None
    calendar: str | None
    occasion: str | None
    terms: str | None
    raised_at: datetime
    ended_at: datetime | None


async def dispatch(dispatch_id: int) -> Dispatch | None:
    """Return a message with what it names, the gravest first."""
    row = await sql.row(
        """
        SELECT d.id, d.test, d.held, d.attempts, d.began_at, d.warnings, d.breaches, d.escalations, d.troubles,
            d.user_id, coalesce(u.email, o.address) AS address, coalesce(u.active, w.enabled, true) AS active,
            coalesce(u.locale, CASE WHEN o.id IS NULL THEN 'en' ELSE 'ar' END) AS locale,
            coalesce(u.digits, CASE WHEN o.id IS NULL THEN 'latn' ELSE 'arab' END) AS digits, c.zone, d.webhook_id,
            w.url, w.secret, d.office_id
        FROM dispatches d LEFT JOIN users u ON u.id = d.user_id LEFT JOIN alarm_choices c ON c.user_id = d.user_id
        LEFT JOIN alarm_webhooks w ON w.id = d.webhook_id LEFT JOIN alarm_offices o ON o.id = d.office_id
        WHERE d.id = $1
        """,
        dispatch_id,
    )
    if row is None:
        return None
    found = await sql.rows(
        """
        SELECT i.kind, i.at, i.ticket_id, t.number, t.priority, m.slug AS team, i.target, i.percent, i.due_at,
            i.alarm_id
        FROM dispatch_items i LEFT JOIN tickets t ON t.id = i.ticket_id LEFT JOIN teams m ON m.id = t.team_id
        WHERE i.dispatch_id = $1
        ORDER BY array_position(ARRAY['trouble', 'escalation', 'breach', 'warning'], i.kind), i.due_at, i.at
        LIMIT 100
        """,
        dispatch_id,
    )
    values = dict(row)
    counts = [values.pop(name) for name in ("warnings", "breaches", "escalations", "troubles")]
    return Dispatch(
        **values,
        counts=tuple(zip(KINDS, counts, strict=True)),
        items=tuple(Named(**one) for one in found),
    )


async def alarms(alarm_ids: Sequence[int]) -> Mapping[int, Alarm]:
    """Return alarms by id."""
    found = await sql.rows(f"{_ALARMS} WHERE a.id = ANY($1::bigint[])", sorted(set(alarm_ids)))
    return {row["id"]: _alarm(row) for row in found}


async def of_teams(team_ids: Sequence[int], *, now: datetime) -> tuple[Alarm, ...]:
    """Return what is wrong now with what these teams work by, and their answers that lately did not leave."""
    found = await sql.rows(
        f"""
        WITH ours AS (
            SELECT id FROM alarms WHERE ended_at IS NULL AND team_id = ANY($1::bigint[])
            UNION SELECT a.id FROM alarms a JOIN tickets t ON t.id = a.ticket_id
            WHERE a.kind = 'delivery_failed' AND a.raised_at > $2 AND t.team_id = ANY($1::bigint[]) AND EXISTS (
                SELECT FROM deliveries d
                WHERE d.ticket_id = t.id AND d.message_id = a.subject::bigint AND d.state = 'failed')
        )
        {_ALARMS} WHERE a.id IN (SELECT id FROM ours) ORDER BY a.raised_at DESC, a.id DESC LIMIT {SHOWN}
        """,
        list(team_ids),
        now - LATELY,
    )
    return tuple(_alarm(row) for row in found)


async def open_alarms() -> tuple[Alarm, ...]:
    """Return what is wrong now, the newest first."""
    found = await sql.rows(
        f"{_ALARMS} WHERE a.ended_at IS NULL ORDER BY a.raised_at DESC, a.id DESC LIMIT 100"
    )
    return tuple(_alarm(row) for row in found)


_ALARMS = """
SELECT a.id, a.kind, a.subject, a.data, a.ticket_id, t.number, c.name AS account, w.name AS webhook,
    coalesce(u.name, o.address) AS person, m.name_ar AS team_ar, m.name_en AS team_en,
    k.name AS calendar, (
        SELECT p->>'name' FROM jsonb_array_elements(k.periods) AS p WHERE p->>'first' = a.data->>'day' LIMIT 1
    ) AS occasion, coalesce(x.calendar, x.policy) AS terms, a.raised_at, a.ended_at
FROM alarms a LEFT JOIN teams m ON m.id = a.team_id LEFT JOIN tickets t ON t.id = a.ticket_id
LEFT JOIN channel_accounts c ON c.id = (a.data->>'account')::bigint
LEFT JOIN alarm_webhooks w ON w.id = (a.data->>'webhook')::bigint
LEFT JOIN users u ON u.id = (a.data->>'user')::bigint
LEFT JOIN alarm_offices o ON o.id = (a.data->>'office')::bigint
LEFT JOIN calendars k ON k.id = (a.data->>'calendar')::bigint
LEFT JOIN term_changes x ON x.id = (a.data->>'change')::bigint
"""


def _alarm(row: Any) -> Alarm:
    return Alarm(**{**row, "data": sql.load(row["data"])})
