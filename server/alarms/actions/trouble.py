"""Raise alarms and end them: one row from the moment something is wrong until it is right again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from server.alarms.actions.gather import gather_for_webhooks
from server.alarms.actions.tell import tell
from server.alarms.kinds import Item
from server.db import sql
from server.kit.work import transaction
from server.live.actions import announce


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now; ``subject`` is what it is about (an id, a path), ``data`` codes and numbers.

    A ``mark`` higher than the one last told of means that it has become worse: it is told again.
    What is wrong ``everywhere`` concerns the supervisors of all teams.
    """

    kind: str
    subject: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    mark: int = 0
    team_id: int | None = None
    ticket_id: int | None = None
    everywhere: bool = False


async def raise_alarm(
    trouble: Trouble, *, now: datetime, ended: bool = False, quiet: bool = False
) -> bool:
    """Raise an alarm and tell whom it concerns; say whether it is news. What is known already tells nobody.

    Administrators are told, and the supervisors of the team it is about, or of all teams; of a ticket's trouble
    its supervisors, or administrators where it has none, and who has the ticket. With ``ended`` it is over already,
    and only to be known; a ``quiet`` one is not told to who has the ticket and leaves the desk by no way.
    """
    async with transaction():
        alarm_id = await sql.value(
            """
            INSERT INTO alarms AS a (kind, subject, data, mark, team_id, ticket_id, raised_at)
            VALUES ($1, $2, $3::jsonb, $4, $5, $6, $7)
            ON CONFLICT (kind, subject) WHERE ended_at IS NULL
                DO UPDATE SET mark = excluded.mark, data = excluded.data WHERE a.mark < excluded.mark
            RETURNING id
            """,
            trouble.kind,
            trouble.subject,
            sql.dump(dict(trouble.data)),
            trouble.mark,
            trouble.team_id,
            trouble.ticket_id,
            now,
        )
        if alarm_id is None:
            await _keep_figures(trouble)
            return False
        if ended:
            await sql.run("UPDATE alarms SET ended_at = $2 WHERE id = $1", alarm_id, now)
        people, team_ids = await _concerned(trouble, quiet=quiet)
        item = Item("trouble", now, trouble.ticket_id, alarm_id=alarm_id)
        await tell([(person, item) for person in people], mail=not quiet, now=now)
        if not quiet:
            failing = int(trouble.subject or 0) if trouble.kind == "webhook_failing" else 0
            await gather_for_webhooks([item], now=now, but=failing)
        announce((trouble.ticket_id or 0, team_id) for team_id in team_ids)
        return True


async def _keep_figures(trouble: Trouble) -> None:
    """Let an alarm that is known already show what is true now; nobody is told."""
    await sql.run(
        """
        UPDATE alarms SET data = $3::jsonb
        WHERE kind = $1 AND subject = $2 AND ended_at IS NULL AND data <> $3::jsonb
        """,
        trouble.kind,
        trouble.subject,
        sql.dump(dict(trouble.data)),
    )


async def end_alarms(
    kind: str, *, but: Sequence[str] = (), only: str | None = None, now: datetime
) -> None:
    """End the alarms of a kind: all except those about some subjects, or only that about one."""
    await sql.run(
        """
        UPDATE alarms SET ended_at = $4
        WHERE kind = $1 AND ended_at IS NULL AND NOT subject = ANY($2::text[])
            AND ($3::text IS NULL OR subject = $3)
        """,
        kind,
        list(but),
        only,
        now,
    )


async def _concerned(trouble: Trouble, *, quiet: bool) -> tuple[list[int], list[int]]:
    """Return whom to tell, and the teams whose screens may show something new."""
    row = await sql.row(
        """
        WITH supervisors AS (
            SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
            WHERE m.role = 'supervisor'
                AND ($3 OR m.team_id = coalesce((SELECT team_id FROM tickets WHERE id = $2), $1))
        ), administrators AS (
            SELECT id FROM users WHERE administrator AND active
        )
        SELECT
            CASE WHEN $2::bigint IS NULL THEN ARRAY(
                SELECT user_id FROM supervisors UNION SELECT id FROM administrators)
            ELSE ARRAY(
                SELECT user_id FROM supervisors
                UNION SELECT u.id FROM tickets t JOIN users u ON u.id = t.assignee_id AND u.active
                    WHERE t.id = $2 AND NOT $4
                UNION SELECT id FROM administrators WHERE NOT EXISTS (SELECT FROM supervisors))
            END AS people,
            CASE WHEN $2::bigint IS NULL THEN ARRAY(SELECT id FROM teams)
            ELSE ARRAY(SELECT team_id FROM tickets WHERE id = $2) END AS teams
        """,
        trouble.team_id,
        trouble.ticket_id,
        trouble.everywhere,
        quiet,
    )
    return (list(row["people"]), list(row["teams"])) if row else ([], [])
