"""Who got no copy of an answer: kept beside the recipients, for the agent to see."""

from collections.abc import Mapping
from datetime import datetime

from channels.message import Party
from server.contacts.actions import Claim, know
from server.db import sql
from server.delivery.queries import Letter
from server.kit.limits import NAME_CHARACTERS

COPY_FAILED = "copy_failed"


async def note_failed(delivery_id: int, failed: Mapping[str, str]) -> None:
    """Write down which recipients it did not reach, and why, while the ticket is locked."""
    codes = {Party(address).key: code for address, code in failed.items()}
    recipients = sql.load(
        await sql.value("SELECT recipients FROM deliveries WHERE id = $1", delivery_id)
    )
    for one in recipients:
        if code := codes.get(Party(one["address"]).key):
            one["failed"] = code
    await _store(delivery_id, recipients)


async def openly_copied(
    writing: Letter, failed: Mapping[str, str], *, now: datetime
) -> frozenset[int]:
    """Return the identities of those whom an agent let everybody see among the recipients.

    Makes those that are new, so it comes before the ticket is locked.
    """
    if writing.automatic:
        return frozenset()
    missed = {Party(address).key for address in failed}
    reached = [party for party in writing.copies if party.key not in missed]
    known = await know(
        (
            Claim("email", "", party.key, (party.name or party.address)[:NAME_CHARACTERS])
            for party in reached
        ),
        now=now,
    )
    return frozenset(one.identity_id for one in known.values())


async def forget_failed(delivery_id: int) -> None:
    """Begin anew: what is sent again may reach everybody."""
    await sql.run(
        """
        UPDATE deliveries SET recipients = (
            SELECT jsonb_agg(one - 'failed' ORDER BY n)
            FROM jsonb_array_elements(recipients) WITH ORDINALITY AS r(one, n))
        WHERE id = $1
        """,
        delivery_id,
    )


async def _store(delivery_id: int, recipients: object) -> None:
    await sql.run(
        "UPDATE deliveries SET recipients = $2::jsonb WHERE id = $1",
        delivery_id,
        sql.dump(recipients),
    )
