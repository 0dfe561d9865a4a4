"""Turn parsed deliveries into messages in tickets: one transaction a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any

from channels.email import ids as mail_ids
from channels.message import File, Inbound, Party
from server.channel_accounts.queries import Account, own_addresses
from server.contacts.actions import Claim, Known, know
from server.db import sql
from server.intake.actions.reports import note_reports, pointers
from server.intake.queries import (
    known_keys,
    lock_cases,
    tickets_of_ids,
    tickets_of_numbers,
)
from server.intake.threading import Case, numbers, place
from server.kit import blobs
from server.kit.limits import NAME_CHARACTERS
from server.kit.secrets import keys
from server.kit.work import transaction
from server.tickets.actions import (
    Received,
    ReceivedFile,
    also_came_by,
    hold_merges,
    receive,
)

UNKNOWN = Party("unknown", None)
"""Who wrote a message that names nobody; nothing is ever sent to an address without an ``@``."""


class ClaimLost(RuntimeError):
    """Another drain has finished some of these entries meanwhile; nothing was written."""


@dataclass(frozen=True, slots=True)
class Item:
    """One message of a journal entry; its attachments are already on disk."""

    entry_id: int
    position: int
    source_time: datetime
    message: Inbound
    files: tuple[ReceivedFile, ...]


async def store_files(files: Sequence[File]) -> tuple[ReceivedFile, ...]:
    """Make attachments durable; this happens before the transaction that names them."""
    return tuple(
        [
            ReceivedFile(
                blob_hash=await blobs.store(file.content),
                filename=(file.filename or "")[:NAME_CHARACTERS],
                content_type=file.content_type,
                size=file.size,
                inline=file.inline,
                content_id=file.content_id,
            )
            for file in files
        ]
    )


async def apply(
    account: Account,
    entry_ids: Sequence[int],
    items: Sequence[Item],
    *,
    now: datetime,
    on: Any = None,
) -> None:
    """Write every item and mark the entries done, all of it or nothing, on connection ``on`` if given."""
    if account.kind == "email":
        ours = await own_addresses()
        items = [replace(item, message=_marked(item.message, ours)) for item in items]
    else:
        ours = frozenset()
    async with transaction(on):
        await _hold(entry_ids)
        fresh, copies = await _split(account, items)
        if fresh:
            copied = {item.message.content_key: _copied(item.message, ours) for item in fresh}
            known = await _people(account, fresh, copied, now=now)
            await receive(await _placed(account, fresh, copied, known), now=now)
            await note_reports([item.message for item in fresh], now=now)
        await also_came_by(copies)
        await _repeats(account, items)
        await sql.run(
            """
            UPDATE journal SET state = 'done', done_at = $2, claimed_until = NULL, next_try_at = NULL,
                               error = NULL
            WHERE id = ANY($1::bigint[])
            """,
            list(entry_ids),
            now,
        )


async def _hold(entry_ids: Sequence[int]) -> None:
    held = await sql.rows(
        "SELECT id FROM journal WHERE id = ANY($1::bigint[]) AND state = 'open' ORDER BY id FOR UPDATE",
        list(entry_ids),
    )
    if len(held) != len(set(entry_ids)):
        raise ClaimLost


async def _split(
    account: Account, items: Sequence[Item]
) -> tuple[list[Item], list[tuple[int, int, int, int]]]:
    """Part the new messages from further arrivals of known ones."""
    known = await known_keys([item.message.content_key for item in items])
    fresh: dict[bytes, Item] = {}
    copies = []
    for item in items:
        if message_id := known.get(item.message.content_key):
            copies.append((message_id, account.id, item.entry_id, item.position))
        else:
            fresh.setdefault(item.message.content_key, item)
    return list(fresh.values()), copies


async def _repeats(account: Account, items: Sequence[Item]) -> None:
    """Note the second of two equal messages in one batch, whose first has just been written."""
    keys_seen: set[bytes] = set()
    twice = []
    for item in items:
        if item.message.content_key in keys_seen:
            twice.append(item)
        keys_seen.add(item.message.content_key)
    if twice:
        known = await known_keys([item.message.content_key for item in twice])
        await also_came_by(
            (known[item.message.content_key], account.id, item.entry_id, item.position)
            for item in twice
        )


def _claim(account: Account, party: Party, language: str | None = None) -> Claim:
    name = (party.name or party.address).replace("\x00", "").strip()[:NAME_CHARACTERS]
    return Claim(account.kind, "", party.key.replace("\x00", ""), name or party.key, language)


async def _people(
    account: Account,
    items: Sequence[Item],
    copied: Mapping[bytes, Sequence[Party]],
    *,
    now: datetime,
) -> dict[tuple[str, str, str], Known]:
    claims = []
    for item in items:
        claims.append(_claim(account, item.message.sender or UNKNOWN, item.message.language))
        claims.extend(_claim(account, party) for party in copied[item.message.content_key])
    # The sender's own claim tells his name and language; being copied tells less.
    return await know([*reversed(claims)], now=now)


def _copied(message: Inbound, ours: frozenset[str]) -> list[Party]:
    """Return who else is addressed: they follow the ticket. Our own addresses are not people."""
    if message.automatic:
        return []
    others = {party.key: party for party in (*message.to, *message.cc) if "@" in party.address}
    return [party for key, party in list(others.items())[:50] if key not in ours]


def _marked(message: Inbound, ours: frozenset[str]) -> Inbound:
    """Mark our own mail that comes home, by a list or by forwarding: it is nobody's inquiry."""
    from_us = message.sender is not None and message.sender.key in ours
    made_by_us = message.external_id and mail_ids.read(keys("mail ids"), message.external_id)
    if message.automatic or not (from_us or made_by_us):
        return message
    return replace(message, automatic="auto-generated")


async def _placed(
    account: Account,
    items: Sequence[Item],
    copied: Mapping[bytes, Sequence[Party]],
    known: dict[tuple[str, str, str], Known],
) -> list[Received]:
    """Give every message its ticket, in journal order, each seeing those before it in the batch."""
    signing = keys("mail ids")
    pointed = {item.message.content_key: pointers(item.message) for item in items}
    every = {pointer for pointers in pointed.values() for pointer in pointers}
    guessed = {item.message.content_key: numbers(item.message.subject or "") for item in items}
    if every or any(guessed.values()):
        await hold_merges(still=True)
    named = {pointer: int(of) for pointer in every if (of := mail_ids.read(signing, pointer))}
    known_ids = await tickets_of_ids([pointer for pointer in every if pointer not in named])
    counted = await tickets_of_numbers([n for found in guessed.values() for n in found])
    meant = await lock_cases([*named.values(), *known_ids.values(), *counted.values()])
    signed = {pointer: meant.roots[ticket_id] for pointer, ticket_id in named.items()}
    referred = {pointer: meant.roots[ticket_id] for pointer, ticket_id in known_ids.items()}
    supposed = {number: meant.roots[ticket_id] for number, ticket_id in counted.items()}
    cases = dict(meant.by_root)

    received = []
    following = count(-1, -1)
    for item in items:
        message = item.message
        sender = known[_claim(account, message.sender or UNKNOWN).key]
        nearest = pointed[message.content_key]
        found = place(
            signed=[signed[pointer] for pointer in nearest if pointer in signed],
            referred=[referred[pointer] for pointer in nearest if pointer in referred],
            supposed=[supposed[n] for n in guessed[message.content_key] if n in supposed],
            sender=sender.identity_id,
            authenticated=message.authenticated,
            cases=cases,
            automatic=message.automatic is not None,
            report=message.bounce is not None,
        )
        ticket = found.ticket if found.ticket is not None else next(following)
        followers = tuple(
            known[_claim(account, party).key].identity_id for party in copied[message.content_key]
        )
        if message.external_id:
            referred.setdefault(message.external_id, ticket)
        case = cases.get(ticket) or Case(
            ticket, closed=False, parties=frozenset({sender.identity_id})
        )
        if found.verified:
            case = replace(case, parties=case.parties | set(followers))
        cases[ticket] = case
        received.append(
            _received(
                account,
                item,
                sender,
                ticket,
                found.linked_to,
                followers,
                verified=found.verified,
                home=meant.homes.get((ticket, sender.identity_id)),
            )
        )
    return received


def _received(
    account: Account,
    item: Item,
    sender: Known,
    ticket: int,
    linked_to: int | None,
    followers: tuple[int, ...],
    *,
    verified: bool,
    home: int | None,
) -> Received:
    message = item.message
    return Received(
        ticket=ticket,
        # A link may lead to a ticket of this very batch only by its content; those have no id yet.
        linked_to=linked_to if linked_to is None or linked_to > 0 else None,
        unique_key=message.content_key,
        channel=account.kind,
        channel_account_id=account.id,
        journal_id=item.entry_id,
        position=item.position,
        identity_id=sender.identity_id,
        contact_id=sender.contact_id,
        contact_name=sender.contact_name,
        external_id=_clean(message.external_id),
        subject=_clean(message.subject) or "",
        text=_clean(message.text) or "",
        reply_text=_clean(message.reply_text) or "",
        html=_clean(message.html),
        language=message.language,
        automatic=message.automatic or ("bounce" if message.bounce else None),
        bounce=message.bounce.kind if message.bounce else None,
        verified=verified,
        warnings=message.warnings,
        followers=followers,
        home=home,
        files=item.files,
        said_at=item.source_time,
    )


def _clean(text: str | None) -> str | None:
    """Drop the one character that PostgreSQL cannot store."""
    return text if text is None else text.replace("\x00", "")
