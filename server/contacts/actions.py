"""Get to know who writes to us, identities in batches, each with its contact; give contacts preference."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from server.db import sql


@dataclass(frozen=True, slots=True)
class Claim:
    """An address that wrote to us, and the name it goes by. ``address`` is already in its one spelling."""

    channel: str
    scope: str
    address: str
    name: str
    language: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.channel, self.scope, self.address


@dataclass(frozen=True, slots=True)
class Known:
    """An identity of ours and the contact it belongs to."""

    identity_id: int
    contact_id: int
    contact_name: str


async def know(claims: Iterable[Claim], *, now: datetime) -> dict[tuple[str, str, str], Known]:
    """Return the identity of every claim by its key, making identities and contacts that are new.

    Rows are inserted in key order, so that two batches that know the same people cannot deadlock.
    """
    by_key = {claim.key: claim for claim in claims}
    ordered = [by_key[key] for key in sorted(by_key)]
    if not ordered:
        return {}
    await sql.run(
        """
        WITH made AS (
            INSERT INTO identities (contact_id, channel, scope, address, display_name, created_at)
            SELECT nextval(pg_get_serial_sequence('contacts', 'id')), c.channel, c.scope, c.address, c.name, $6
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
                WITH ORDINALITY AS c(channel, scope, address, name, language, position)
            LEFT JOIN identities i USING (channel, scope, address)
            WHERE i.id IS NULL
            ORDER BY c.position
            ON CONFLICT (channel, scope, address) DO NOTHING
            RETURNING contact_id, channel, scope, address, display_name
        )
        INSERT INTO contacts (id, name, language, created_at)
        SELECT made.contact_id, made.display_name, c.language, $6
        FROM made JOIN unnest($1::text[], $2::text[], $3::text[], $5::text[])
            AS c(channel, scope, address, language) USING (channel, scope, address)
        """,
        [claim.channel for claim in ordered],
        [claim.scope for claim in ordered],
        [claim.address for claim in ordered],
        [claim.name for claim in ordered],
        [claim.language for claim in ordered],
        now,
    )
    found = await sql.rows(
        """
        SELECT i.channel, i.scope, i.address, i.id, i.contact_id, c.name
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(channel, scope, address)
        JOIN identities i USING (channel, scope, address) JOIN contacts c ON c.id = i.contact_id
        """,
        [claim.channel for claim in ordered],
        [claim.scope for claim in ordered],
        [claim.address for claim in ordered],
    )
    return {
        (row["channel"], row["scope"], row["address"]): Known(
            row["id"], row["contact_id"], row["name"]
        )
        for row in found
    }


async def prefer(contact_id: int, *, vip: bool) -> bool:
    """Give a contact preference or not; return whether that is a change.

    Waits for tickets of theirs that are being made, and lets nobody make one until the transaction ends.
    """
    was = await sql.value("SELECT vip FROM contacts WHERE id = $1 FOR UPDATE", contact_id)
    if was is vip:
        return False
    await sql.run("UPDATE contacts SET vip = $2 WHERE id = $1", contact_id, vip)
    return True
