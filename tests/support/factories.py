"""One of each row with plain defaults, and many tickets at once; nothing here is random.

Rows are written directly: what is tested with them reads. Tests of actions call the actions.
"""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from server.db import sql
from server.kit import clock
from server.people.queries import Viewer, viewer_of
from server.sign_in import tokens

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


async def _insert(table: str, **values: Any) -> int:
    names = ", ".join(values)
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    row_id: int = await sql.value(
        f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING id", *values.values()
    )
    return row_id


async def team(slug: str | None = None, *, ar: str = "الجوازات", en: str = "Passports") -> int:
    return await _insert("teams", slug=slug or f"team-{next(_numbers)}", name_ar=ar, name_en=en)


async def user(
    *,
    agent_of: tuple[int, ...] = (),
    supervisor_of: tuple[int, ...] = (),
    name: str = "نورة الحربي",
    presence: str | None = None,
    **values: Any,
) -> int:
    email = f"person{next(_numbers)}@authority.example"
    user_id = await _insert("users", **{"email": email, "name": name, "created_at": NOW, **values})
    for role, teams in (("agent", agent_of), ("supervisor", supervisor_of)):
        for team_id in teams:
            await sql.run(
                "INSERT INTO memberships (user_id, team_id, role) VALUES ($1, $2, $3)",
                user_id,
                team_id,
                role,
            )
    if presence:
        await sql.run(
            "INSERT INTO presences (user_id, state, chosen, changed_at, seen_at) VALUES ($1, $2, $2, $3, $3)",
            user_id,
            presence,
            NOW,
        )
    return user_id


async def viewer(**values: Any) -> Viewer:
    """Make a person and return them as they look at the desk."""
    found = await viewer_of(await user(**values))
    assert found is not None
    return found


async def session(user_id: int) -> str:
    """Sign somebody in without a password; return the token that their browser holds."""
    token = tokens.new()
    await sql.run(
        """
        INSERT INTO sessions (token_hash, user_id, access_version, created_at, seen_at)
        SELECT $1, id, access_version, $3, $3 FROM users WHERE id = $2
        """,
        tokens.hash_of(token),
        user_id,
        clock.now(),
    )
    return token


async def topic(*, ar: str = "تجديد", en: str = "Renewal", **values: Any) -> int:
    slug = f"topic-{next(_numbers)}"
    return await _insert("topics", **{"slug": slug, "name_ar": ar, "name_en": en, **values})


async def account(team_id: int, *, kind: str = "email", **values: Any) -> int:
    name = f"account {next(_numbers)}"
    return await _insert(
        "channel_accounts",
        **{
            "kind": kind,
            "name": name,
            "team_id": team_id,
            "settings": '{"address": "desk@authority.example"}',
            "created_at": NOW,
            **values,
        },
    )


async def contact(*, name: str = "فاطمة العتيبي", **values: Any) -> int:
    return await _insert("contacts", **{"name": name, "created_at": NOW, **values})


async def identity(contact_id: int, **values: Any) -> int:
    address = f"citizen{next(_numbers)}@mail.example"
    return await _insert(
        "identities",
        **{
            "contact_id": contact_id,
            "channel": "email",
            "address": address,
            "created_at": NOW,
            **values,
        },
    )


async def ticket(
    team_id: int,
    *,
    account_id: int | None = None,
    contact_id: int | None = None,
    identity_id: int | None = None,
    **values: Any,
) -> int:
    """Make a ticket; what it hangs on is made as well where it is not given."""
    contact_id = contact_id or await contact()
    return await _insert(
        "tickets",
        **{
            "contact_id": contact_id,
            "identity_id": identity_id or await identity(contact_id),
            "channel": "email",
            "channel_account_id": account_id or await account(team_id),
            "team_id": team_id,
            "subject": "تجديد الجواز",
            "created_at": NOW,
            "last_message_at": NOW,
            "contact_name": "فاطمة العتيبي",
            **values,
        },
    )


async def message(ticket_id: int, **values: Any) -> int:
    """Add a message as the ticket's next entry; it came in from the ticket's own identity."""
    row = await sql.row(
        """
        UPDATE tickets SET last_seq = last_seq + 1, last_message_seq = last_seq + 1 WHERE id = $1
        RETURNING last_seq, identity_id, channel_account_id
        """,
        ticket_id,
    )
    assert row is not None
    text = values.get("text", "متى أستلم جوازي؟")
    return await _insert(
        "messages",
        **{
            "ticket_id": ticket_id,
            "seq": row["last_seq"],
            "direction": "in",
            "channel": "email",
            "channel_account_id": row["channel_account_id"],
            "identity_id": row["identity_id"],
            "text": text,
            "reply_text": text,
            "said_at": NOW,
            "created_at": NOW,
            **values,
        },
    )


async def event(ticket_id: int, kind: str, data: Any = None, **values: Any) -> int:
    """Add an event as the ticket's next entry."""
    seq = await sql.value(
        "UPDATE tickets SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq", ticket_id
    )
    return await _insert(
        "events",
        **{
            "ticket_id": ticket_id,
            "seq": seq,
            "kind": kind,
            "data": sql.dump(data or {}),
            "at": NOW,
            **values,
        },
    )


async def rating(
    ticket_id: int, *, asked_at: datetime = NOW, score: int | None = None, **values: Any
) -> None:
    """Have the ticket's contact asked how it went, and answer if there is a score."""
    rated_at = values.pop("rated_at", asked_at) if score else None
    said = await message(ticket_id, direction="out", automatic="auto-replied", created_at=asked_at)
    await event(ticket_id, "rating_asked", {"message": said}, at=asked_at)
    if rated_at is not None:
        await event(ticket_id, "rated", {"score": score}, at=rated_at)
    await sql.run(
        """
        INSERT INTO ratings (ticket_id, message_id, asked_at, expires_at, score, rated_at, comment)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        ticket_id,
        said,
        asked_at,
        asked_at + timedelta(days=30),
        score,
        rated_at,
        values.get("comment", ""),
    )


async def blob(content: bytes = b"scan") -> bytes:
    """Write the row of a blob; its file is written only by those who store it."""
    blob_hash = hashlib.sha256(content).digest()
    await sql.run(
        "INSERT INTO blobs (hash, size, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        blob_hash,
        len(content),
        NOW,
    )
    return blob_hash


async def attachment(message_id: int, *, content: bytes = b"scan", **values: Any) -> int:
    return await _insert(
        "attachments",
        **{
            "message_id": message_id,
            "position": next(_numbers),
            "blob_hash": await blob(content),
            "filename": "صورة الجواز.pdf",
            "content_type": "application/pdf",
            "size": len(content),
            "inline": False,
            **values,
        },
    )


async def delivery(ticket_id: int, message_id: int, *, account_id: int, **values: Any) -> int:
    return await _insert(
        "deliveries",
        **{
            "message_id": message_id,
            "ticket_id": ticket_id,
            "channel_account_id": account_id,
            "state": "sent",
            "provider_key": f"<{next(_numbers)}@desk.example>",
            "recipients": '[{"address": "fatima@mail.example", "name": null}]',
            "held_until": NOW,
            "next_try_at": NOW,
            "changed_at": NOW,
            **values,
        },
    )


async def kept_mail(delivery_id: int, *, content: bytes) -> int:
    return await _insert(
        "kept_mails", delivery_id=delivery_id, blob_hash=await blob(content), kept_at=NOW
    )


async def journal_entry(
    account_id: int, *, body: bytes = b"Subject: x\r\n\r\n", **values: Any
) -> int:
    return await _insert(
        "journal",
        **{
            "channel_account_id": account_id,
            "dedupe_key": hashlib.sha256(body + str(next(_numbers)).encode()).digest(),
            "headers": "{}",
            "body": body,
            "size": len(body),
            "received_at": NOW,
            "source_time": NOW,
            **values,
        },
    )


async def many_tickets(
    team_id: int,
    how_many: int,
    *,
    assignees: tuple[int, ...] = (),
    active: int = 10,
    messages: bool = False,
) -> None:
    """Fill a team with tickets in one statement, the newest an instant before ``NOW``.

    One in ``active`` is active, the rest are closed; of the active ones one in five is unassigned,
    one in seven due (half of those late) and one in a thousand on hold.
    """
    account_id = await account(team_id)
    contact_id = await contact()
    identity_id = await identity(contact_id)
    await sql.run(
        """
        INSERT INTO tickets (contact_id, identity_id, channel, channel_account_id, team_id, assignee_id,
                             status, subject, created_at, resolved_at, last_message_at, last_words,
                             contact_name, next_due_at, last_seq, last_message_seq)
        SELECT $2, $3, 'email', $4, $1,
            CASE WHEN a AND n / $8 % 5 = 0 THEN NULL ELSE ($7::bigint[])[1 + n / $8 % cardinality($7::bigint[])] END,
            CASE WHEN NOT a THEN 'closed' WHEN n / $8 % 1000 = 500 THEN 'on_hold'
                 ELSE (ARRAY['new', 'open', 'open', 'pending'])[1 + n / $8 % 4] END,
            'تذكرة ' || n, at - interval '1 hour', CASE WHEN a THEN NULL ELSE at END, at,
            'متى أستلم جوازي؟', 'مراجع ' || n,
            CASE WHEN a AND n / $8 % 7 = 0 THEN $5::timestamptz + (n / $8 % 2 - 0.5) * 2 * interval '1 hour'
                      - n * interval '1 millisecond' END,
            1, 1
        FROM generate_series(0, $6 - 1) AS n
        CROSS JOIN LATERAL (SELECT n % $8 = 0 AS a, $5::timestamptz - (n + 1) * interval '20 seconds' AS at) AS made
        """,
        team_id,
        contact_id,
        identity_id,
        account_id,
        NOW,
        how_many,
        list(assignees),
        active,
    )
    if messages:
        await sql.run(
            """
            INSERT INTO messages (ticket_id, seq, direction, channel, channel_account_id, identity_id, text,
                                  reply_text, said_at, created_at)
            SELECT id, 1, 'in', 'email', $2, $3, last_words, last_words, last_message_at, last_message_at
            FROM tickets WHERE team_id = $1 AND channel_account_id = $2
            """,
            team_id,
            account_id,
            identity_id,
        )
