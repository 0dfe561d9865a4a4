"""What citizens do without signing in: say how it went."""

from datetime import datetime

from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.errors import Conflict, Invalid, NotFound
from server.kit.limits import RATING_CHANGES, RATING_COMMENT_CHARACTERS
from server.kit.links import Link
from server.kit.work import transaction

SCORES = range(1, 6)


class TooOften(Conflict):
    """No person changes their mind so often."""

    code = "too_often"


async def rate(link: Link, *, score: int, comment: str, now: datetime) -> None:
    """Keep an answer; a later one takes its place, and the same one again changes nothing.

    It counts whatever has become of the ticket meanwhile.
    """
    if score not in SCORES:
        raise Invalid("score_missing", field="score")
    if len(comment) > RATING_COMMENT_CHARACTERS:
        raise Invalid("comment_too_long", field="comment")
    async with transaction():
        await sql.run("SELECT FROM tickets WHERE id = $1 FOR UPDATE", link.about)
        row = await sql.row(
            """
            SELECT score, comment, changes FROM ratings
            WHERE ticket_id = $1 AND asked_at = $2 AND expires_at = $3 AND expires_at > $4
            """,
            link.about,
            link.made_at,
            link.until,
            now,
        )
        if row is None:
            raise NotFound
        if (row["score"], row["comment"]) == (score, comment):
            return
        if row["changes"] >= RATING_CHANGES:
            raise TooOften
        await sql.run(
            """
            UPDATE ratings SET score = $2, comment = $3, rated_at = coalesce(rated_at, $4), changes = changes + 1
            WHERE ticket_id = $1
            """,
            link.about,
            score,
            comment,
            now,
        )
        before = {} if row["score"] is None else {"before": row["score"]}
        await emit([Event(link.about, "rated", {"score": score} | before)], at=now)
