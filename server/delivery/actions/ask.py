"""Ask citizens how it went, once, when what people did for them has stood for a while.

Resolving a ticket writes down when it is to be asked about; whether it is asked is decided then, in one
transaction with the mail itself, so that nobody is asked twice whoever dies in between.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from agent_ui.mail import rating_words
from agent_ui.mail.answer import language_of
from server.channel_accounts.queries import own_addresses
from server.db import sql
from server.delivery.actions.automatic import (
    Said,
    answered_within_the_hour,
    read_by_somebody,
    say,
)
from server.events.reactions import Event
from server.kit import limits
from server.kit.work import transaction

AT_ONCE = 50
LATER = timedelta(minutes=10)
BOUNCED = timedelta(days=90)
"""So long an address is left alone after a mail to it came back."""
SHARE = 2
"""Asking takes at most one half of what an account may send by itself: acknowledging goes first."""


async def expect_rating(changed: Sequence[Event], at: datetime) -> None:
    """React to tickets that people resolved: note when to ask, where the team asks at all."""
    resolved = [
        event.ticket_id
        for event in changed
        if event.data.get("to") == "resolved" and event.actor_id is not None
    ]
    if resolved:
        await sql.run(
            """
            INSERT INTO ratings_due (ticket_id, resolved_at, due_at)
            SELECT t.id, $2, $2::timestamptz + make_interval(hours => g.rating_hours) FROM tickets t
            JOIN teams g ON g.id = t.team_id AND g.asks_rating
            WHERE t.id = ANY($1::bigint[]) AND NOT EXISTS (SELECT FROM ratings r WHERE r.ticket_id = t.id)
            ON CONFLICT (ticket_id) DO UPDATE SET resolved_at = excluded.resolved_at, due_at = excluded.due_at
            """,
            resolved,
            at,
        )


async def ask_due(*, now: datetime) -> int:
    """Look once at what is due; return how many citizens were asked."""
    found = await sql.rows(
        f"SELECT ticket_id FROM ratings_due WHERE due_at <= $1 ORDER BY due_at LIMIT {AT_ONCE}", now
    )
    ours = await own_addresses() if found else frozenset[str]()
    return sum([await _ask(row["ticket_id"], ours, now=now) for row in found])


async def _ask(ticket_id: int, ours: frozenset[str], *, now: datetime) -> bool:
    """Ask about one ticket, if it is still as it should be; else never again for this time."""
    async with transaction():
        if not await sql.value(
            "SELECT true FROM tickets WHERE id = $1 FOR UPDATE SKIP LOCKED", ticket_id
        ):
            return False
        # Tickets of one person may fall due at once; the second has to see that the first was asked about.
        await sql.run(
            """
            SELECT FROM contacts c JOIN tickets t ON t.contact_id = c.id WHERE t.id = $1 FOR NO KEY UPDATE OF c
            """,
            ticket_id,
        )
        asked = await _to_ask(ticket_id, now=now)
        if asked is not None and (asked["leaving"] or await _has_enough(asked, now=now)):
            await sql.run(
                "UPDATE ratings_due SET due_at = $2 WHERE ticket_id = $1", ticket_id, now + LATER
            )
            return False
        await sql.run("DELETE FROM ratings_due WHERE ticket_id = $1", ticket_id)
        if asked is None or not read_by_somebody(asked["address"], ours=ours):
            return False
        await _send(asked, now=now)
        return True


async def _to_ask(ticket_id: int, *, now: datetime) -> Any:
    """Return the ticket if its citizen may be asked; ``leaving`` is whether an answer is still on its way.

    They must have written themselves, have been answered by a person, and not have been asked lately; the
    ticket must have stayed resolved, and mail to that address must arrive.
    """
    return await sql.row(
        """
        SELECT t.id, t.subject, t.language, t.identity_id, t.channel_account_id, i.address, EXISTS (
                SELECT FROM deliveries d WHERE d.ticket_id = t.id AND d.state IN ('held', 'queued', 'sending')
            ) AS leaving
        FROM ratings_due q JOIN tickets t ON t.id = q.ticket_id
        JOIN teams g ON g.id = t.team_id AND g.asks_rating
        JOIN identities i ON i.id = t.identity_id AND i.channel = 'email'
        JOIN channel_accounts a ON a.id = t.channel_account_id AND a.kind = 'email' AND a.enabled
            AND a.automatic_stopped_at IS NULL
        WHERE t.id = $1 AND q.due_at <= $2::timestamptz AND t.status = 'resolved' AND t.resolved_at = q.resolved_at
            AND NOT EXISTS (SELECT FROM ratings r WHERE r.ticket_id = t.id)
            AND NOT EXISTS (
                SELECT FROM ratings r JOIN tickets o ON o.id = r.ticket_id
                WHERE o.contact_id = t.contact_id AND r.asked_at > $2 - $3::interval)
            AND EXISTS (
                SELECT FROM messages m WHERE m.ticket_id = t.id AND m.direction = 'in' AND m.verified
                    AND m.automatic IS NULL AND m.identity_id = t.identity_id)
            AND EXISTS (
                SELECT FROM messages m JOIN deliveries d ON d.message_id = m.id
                WHERE m.ticket_id = t.id AND m.automatic IS NULL AND m.author_id IS NOT NULL
                    AND m.identity_id = t.identity_id
                    AND d.state IN ('held', 'queued', 'sending', 'sent', 'delivered', 'read'))
            AND NOT EXISTS (
                SELECT FROM tickets o JOIN deliveries d ON d.ticket_id = o.id JOIN messages m ON m.id = d.message_id
                WHERE o.contact_id = t.contact_id AND d.state = 'failed' AND d.changed_at > $2 - $4::interval
                    AND m.identity_id = t.identity_id)
            AND (SELECT count(*) FROM automatic_answers n WHERE n.identity_id = t.identity_id
                AND n.at > $2 - $5::interval) < $6
        """,
        ticket_id,
        now,
        limits.RATING_AGAIN,
        BOUNCED,
        limits.AUTOMATIC_PER_ADDRESS_IN,
        limits.AUTOMATIC_PER_ADDRESS,
    )


async def _has_enough(asked: Any, *, now: datetime) -> bool:
    lately = await answered_within_the_hour(asked["channel_account_id"], at=now)
    return lately >= limits.AUTOMATIC_PER_ACCOUNT // SHARE


async def _send(asked: Any, *, now: datetime) -> None:
    language = language_of(asked["language"])
    subject = asked["subject"]
    if not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    said = Said(asked["id"], asked["identity_id"], subject, rating_words(language), language)
    (message_id,) = await say(asked["channel_account_id"], [said], kind="rating_asked", at=now)
    await sql.run(
        "INSERT INTO ratings (ticket_id, message_id, asked_at, expires_at) VALUES ($1, $2, $3, $4)",
        asked["id"],
        message_id,
        now,
        now + limits.RATING_LINK,
    )
