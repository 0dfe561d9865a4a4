"""Tell people: a notice in the desk for everyone told, and by e-mail who wants it so.

What comes in one go, without a minute's pause, is one notice a person.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from server.alarms.actions.gather import gather_mail
from server.alarms.kinds import Item
from server.db import sql

LOCK_SPACE = 0x7A3B
PAUSE = timedelta(seconds=60)
"""Whatever follows a person's newest notice sooner than this belongs to it …"""
LONGEST = timedelta(minutes=10)
"""… unless that one is as old as this: news must not hide in old news."""


async def tell(told: Sequence[tuple[int, Item]], *, mail: bool = True, now: datetime) -> None:
    """Tell each person their items, in the transaction that made them true."""
    if not told:
        return
    told = sorted(told, key=lambda one: one[0])
    notices = await open_notices([person for person, _ in told], now=now)
    promises = [
        (notices[person], i.ticket_id, i.target, i.turn, i.percent, i.at, i.due_at)
        for person, i in told
        if i.alarm_id is None
    ]
    await sql.run(
        """
        INSERT INTO notice_items (notice_id, ticket_id, target, turn, percent, at, due_at)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::int[], $5::smallint[], $6::timestamptz[],
                             $7::timestamptz[])
        ON CONFLICT DO NOTHING
        """,
        *sql.columns(promises, 7),
    )
    alarms = [(notices[person], i.alarm_id) for person, i in told if i.alarm_id is not None]
    await sql.run(
        """
        INSERT INTO notice_alarms (notice_id, alarm_id) SELECT * FROM unnest($1::bigint[], $2::bigint[])
        ON CONFLICT (notice_id, alarm_id) DO UPDATE SET acknowledged_at = NULL
        """,
        *sql.columns(alarms, 2),
    )
    if mail:
        await gather_mail(told, now=now)


async def open_notices(people: Sequence[int], *, now: datetime) -> dict[int, int]:
    """Return each person's notice to write into: the newest while the storm lasts, else a new one."""
    counts = Counter(people)
    persons = sorted(counts)
    # Two loops may tell the same person; the second waits and joins the first one's notice. Not the person's
    # row: whoever changes that may want tickets next, and we hold them already.
    await sql.run(
        "SELECT pg_advisory_xact_lock($1, id::int) FROM (SELECT unnest($2::bigint[]) AS id ORDER BY 1) AS p",
        LOCK_SPACE,
        persons,
    )
    found = await sql.rows(
        """
        INSERT INTO notices AS old (user_id, minute, at, count)
        SELECT p.id, coalesce((
            SELECT n.minute FROM notices n
            WHERE n.user_id = p.id AND n.at > $3::timestamptz - $4::interval AND n.minute > $3 - $5::interval
            ORDER BY n.minute DESC LIMIT 1
        ), $3), $3, p.count
        FROM unnest($1::bigint[], $2::int[]) AS p(id, count) ORDER BY p.id
        ON CONFLICT (user_id, minute) DO UPDATE
            SET count = old.count + excluded.count, at = excluded.at, read_at = NULL
        RETURNING id, user_id
        """,
        persons,
        [counts[person] for person in persons],
        now,
        PAUSE,
        LONGEST,
    )
    return {row["user_id"]: row["id"] for row in found}
