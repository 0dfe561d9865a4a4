"""Decide which ticket a message belongs to, and whether to believe that it does. Pure.

An id that we signed, or a party of the ticket who answers one of its messages, leads into a ticket;
nothing that can be guessed does. A signed id from a stranger, or a party whose mail fails
authentication, is let in as *unverified*: shown so, and changing nothing about the ticket's parties.

Automatic mail moves nothing, so it joins a closed ticket too instead of opening another; the servers that
write reports are party to no ticket, and their signed id is all that they need.

A merged ticket is meant as the one in which its conversation goes on, with the parties of both.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TICKET_NUMBER = re.compile(r"(?<!\w)#?([1-9١-٩۱-۹]\d{5,17})(?!\w)")


@dataclass(frozen=True, slots=True)
class Place:
    """``ticket`` is an existing ticket's id or ``None`` for a new one, then linked to ``linked_to``."""

    ticket: int | None
    linked_to: int | None = None
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """What threading must know of a ticket that a message may mean."""

    id: int
    closed: bool
    parties: frozenset[int]


def place(
    *,
    signed: Sequence[int],
    referred: Sequence[int],
    supposed: Sequence[int],
    sender: int,
    authenticated: bool | None,
    cases: Mapping[int, Case],
    automatic: bool = False,
    report: bool = False,
) -> Place:
    """Find the message's place.

    ``signed`` are tickets named by ids we signed, ``referred`` tickets of other messages it refers to,
    ``supposed`` those whose number stands in its subject: each the nearest first. ``sender`` is the
    writer's identity; ``authenticated`` is ``False`` only if a check failed; ``report`` is a server's
    word on mail of ours.
    """
    believed = authenticated is not False
    for ticket_id in signed:
        if case := cases.get(ticket_id):
            known = report or sender in case.parties
            return _into(case, verified=believed and known, automatic=automatic)
    for ticket_id in referred:
        if (case := cases.get(ticket_id)) and sender in case.parties:
            return _into(case, verified=believed, automatic=automatic)
    for ticket_id in (*referred, *supposed):
        if ticket_id in cases:
            return Place(None, linked_to=ticket_id, verified=believed)
    return Place(None, verified=believed)


def _into(case: Case, *, verified: bool, automatic: bool) -> Place:
    if case.closed and not automatic:
        return Place(None, linked_to=case.id, verified=verified)
    return Place(case.id, verified=verified)


def numbers(subject: str) -> tuple[int, ...]:
    """Return what looks like ticket numbers in a subject, in any digits."""
    return tuple(int(found) for found in TICKET_NUMBER.findall(subject))[:5]
