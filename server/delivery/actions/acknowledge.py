"""Tell citizens at once that their message has arrived, or what a rule says, and stop before that becomes a loop.

An automatic answer meets no promise, says nothing that a stranger wrote, and goes to nobody who might answer
it by machine. It is capped for each address and day; an account that answers too much in an hour answers no
more until an administrator lets it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from agent_ui.mail import render_acknowledgement
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
from server.kit import limits, log
from server.kit.errors import NotFound

_log = log.get(__name__)


async def acknowledge(created: Sequence[Event], at: datetime) -> None:
    """React to new tickets of citizens: say that they arrived and under which number.

    A text that a rule chose takes the place of the account's own, and goes out where the account has none, too.
    """
    asked = [
        event
        for event in created
        if "account" in event.data
        and not event.data.keys() & {"automatic", "unverified", "split_from"}
    ]
    willing = await _willing({event.data["account"] for event in asked})
    if not willing:
        return
    accounts = {event.ticket_id: event.data["account"] for event in asked}
    texts = await _texts_of_rules([one for one in accounts if accounts[one] in willing])
    chosen = await _people(
        [one for one in accounts if one in texts or willing.get(accounts[one])], at=at
    )
    for account_id in sorted(willing):
        of_account = [row for row in chosen if accounts[row["id"]] == account_id]
        if of_account and await _within_the_hour(account_id, len(of_account), at=at):
            await _answer(account_id, of_account, texts, at=at)


async def answer_again(account_id: int) -> None:
    """Let an account answer by itself again after the breaker stopped it; raise :class:`NotFound`."""
    if not await sql.run(
        "UPDATE channel_accounts SET automatic_stopped_at = NULL WHERE id = $1", account_id
    ):
        raise NotFound


async def _willing(account_ids: Iterable[int]) -> dict[int, bool]:
    """Return the accounts that may answer by themselves, and whether each acknowledges every new ticket."""
    found = await sql.rows(
        """
        SELECT id, coalesce(settings->>'acknowledge' = 'on', false) AS every FROM channel_accounts
        WHERE id = ANY($1::bigint[]) AND kind = 'email' AND automatic_stopped_at IS NULL
        """,
        sorted(account_ids),
    )
    return {row["id"]: row["every"] for row in found}


async def _texts_of_rules(ticket_ids: Sequence[int]) -> dict[int, Mapping[str, str]]:
    """Return the texts, by language, that a rule wants these tickets to be answered with."""
    found = await sql.rows(
        """
        SELECT e.ticket_id, a.text_ar AS ar, a.text_en AS en FROM events e
        JOIN automatic_texts a ON a.id = (e.data->>'answer')::bigint AND a.removed_at IS NULL
        WHERE e.ticket_id = ANY($1::bigint[]) AND e.kind = 'routed' AND e.data->>'answer' IS NOT NULL
        """,
        list(ticket_ids),
    )
    return {row["ticket_id"]: {"ar": row["ar"], "en": row["en"]} for row in found}


async def _people(ticket_ids: Sequence[int], *, at: datetime) -> list[Any]:
    """Return the tickets whose writers may be answered, each writer's once and within the daily cap."""
    found = await sql.rows(
        """
        SELECT t.id, t.number, t.language, t.identity_id, i.address,
            (SELECT count(*) FROM automatic_answers a WHERE a.identity_id = i.id AND a.at > $2) AS answered
        FROM tickets t JOIN identities i ON i.id = t.identity_id
        WHERE t.id = ANY($1::bigint[]) ORDER BY t.id
        """,
        list(ticket_ids),
        at - limits.AUTOMATIC_PER_ADDRESS_IN,
    )
    ours = await own_addresses()
    chosen: dict[int, Any] = {}
    for row in found:
        if (
            read_by_somebody(row["address"], ours=ours)
            and row["answered"] < limits.AUTOMATIC_PER_ADDRESS
        ):
            chosen.setdefault(row["identity_id"], row)
    return list(chosen.values())


async def _within_the_hour(account_id: int, more: int, *, at: datetime) -> bool:
    """Count what the account has answered by itself, and stop it if that is too much."""
    answered = await answered_within_the_hour(account_id, at=at)
    if answered + more <= limits.AUTOMATIC_PER_ACCOUNT:
        return True
    _log.error("automatic answers stopped", account=account_id, answered=answered)
    await sql.run(
        "UPDATE channel_accounts SET automatic_stopped_at = $2 WHERE id = $1", account_id, at
    )
    return False


async def _answer(
    account_id: int,
    rows: Sequence[Any],
    texts: Mapping[int, Mapping[str, str]],
    *,
    at: datetime,
) -> None:
    said = []
    for row in rows:
        language = language_of(row["language"])
        subject, text = render_acknowledgement(language=language, ticket_number=str(row["number"]))
        text = texts.get(row["id"], {}).get(language, text)
        said.append(Said(row["id"], row["identity_id"], subject, text, language))
    await say(account_id, said, kind="acknowledged", at=at)
