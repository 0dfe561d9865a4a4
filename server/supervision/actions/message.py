"""Say something to a team: a notice for each of its people, in the words of who leads it."""

from collections.abc import Sequence
from datetime import datetime

from server.alarms.actions import open_notices
from server.db import sql
from server.kit.errors import Invalid
from server.kit.work import transaction
from server.live.actions import announce
from server.people.queries import Viewer


async def message_teams(
    ticket_ids: Sequence[int], *, text: str, by: Viewer, form_key: str, now: datetime
) -> int:
    """Tell everybody else in the teams of these tickets, as far as ``by`` leads them; return how many.

    A repeat with the same key tells nobody again. Raises :class:`Invalid` where there are no words.
    """
    text = text.replace("\x00", "").strip()
    if not text:
        raise Invalid("empty", field="text")
    async with transaction():
        message_id = await sql.value(
            """
            INSERT INTO team_messages (author_id, form_key, text, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING RETURNING id
            """,
            by.id,
            form_key,
            text,
            now,
        )
        if message_id is None:
            return 0
        found = await sql.rows(
            """
            SELECT DISTINCT u.id, m.team_id FROM tickets t
            JOIN memberships m ON m.team_id = t.team_id JOIN users u ON u.id = m.user_id AND u.active
            WHERE t.id = ANY($1::bigint[]) AND t.team_id = ANY($2::bigint[]) AND u.id <> $3
            """,
            list(ticket_ids),
            sorted(by.supervised),
            by.id,
        )
        people = sorted({row["id"] for row in found})
        notices = await open_notices(people, now=now)
        await sql.run(
            "INSERT INTO notice_messages (notice_id, message_id) SELECT unnest($1::bigint[]), $2",
            sorted(notices.values()),
            message_id,
        )
        announce((0, row["team_id"]) for row in found)
        return len(people)
