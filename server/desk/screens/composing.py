"""The place to write, with what was typed there already."""

import secrets
from dataclasses import dataclass
from typing import cast

from agent_ui.mail.answer import language_of, signature
from agent_ui.models import Attachment, Composer, Conflict, Copies, Reason
from agent_ui.models.codes import ChannelKind, Locale, Mode, Written
from agent_ui.models.common import TicketMark
from channels.message import Party
from server.channel_accounts.queries import own_addresses
from server.desk.queries import spoke_last
from server.people.queries import Viewer
from server.tickets.queries.answering import Beginning, beginning
from server.tickets.queries.ticket import Ticket

LANGUAGES = frozenset({"ar", "en"})
BY_ADDRESS = frozenset({"email"})
"""Channels whose answers need an address that such an answer can be sent to, and may have copies."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody has written and the server has not taken yet; ``None`` is what nobody touched.

    ``wrong`` is the field that the error is about.
    """

    text: str = ""
    mode: Mode = "reply"
    form_key: str = ""
    error: Reason | None = None
    wrong: Written = "text"
    conflict: Conflict | None = None
    cc: str | None = None
    bcc: str | None = None
    quotes: bool | None = None
    merged_into: TicketMark | None = None


async def composer(found: Ticket, *, viewer: Viewer, seen_seq: int, typed: Typed) -> Composer:
    """Build the composer for one person."""
    begun = await beginning(found, viewer=viewer)
    by_mail = found.channel in BY_ADDRESS
    return Composer(
        ticket_id=found.id,
        channel=cast("ChannelKind", found.channel),
        to=found.address,
        form_key=typed.form_key or new_key(),
        seen_seq=seen_seq,
        account=found.account_name,
        text=typed.text,
        mode=typed.mode,
        blocked=blocked(found),
        error=typed.error,
        wrong=typed.wrong,
        conflict=typed.conflict,
        attachments_allowed=by_mail,
        language=language(found.language),
        kept=tuple(
            Attachment(file.id, file.filename, file.content_type, file.size) for file in begun.kept
        ),
        copies=await _copies(begun, found, typed) if by_mail else None,
        quotes=(begun.quoting if typed.quotes is None else typed.quotes) if by_mail else None,
        sender=begun.sender if by_mail else "",
        sender_name=begun.sender_name,
        signature=_signature(begun, found, viewer) if by_mail else "",
        merged_into=typed.merged_into,
    )


async def _copies(begun: Beginning, found: Ticket, typed: Typed) -> Copies:
    """Our own addresses are nobody to write to, however they came into the conversation."""
    ours = await own_addresses() if begun.others else frozenset[str]()
    others = ", ".join(one for one in begun.others if Party(one).key not in ours)
    usual = others if begun.copying else ""
    return Copies(
        cc=usual if typed.cc is None else typed.cc,
        bcc=typed.bcc or "",
        usual=usual,
        everybody=others,
        unreached=await _unreached(found, copied=usual),
    )


async def _unreached(found: Ticket, *, copied: str) -> str:
    """Return who wrote last, where an answer as it begins goes to other people only."""
    last = await spoke_last(found)
    if last is None or "@" not in last:
        return ""
    reached = {Party(one).key for one in (found.address, *copied.split(", ")) if one}
    return "" if Party(last).key in reached else last


def _signature(begun: Beginning, found: Ticket, viewer: Viewer) -> str:
    return signature(
        viewer.name,
        own=begun.signatures,
        account=begun.account_signature,
        language=language_of(found.language),
    )


def blocked(found: Ticket) -> Reason | None:
    """Return what stops an answer, if anything does."""
    if found.status == "closed":
        return Reason("closed")
    if not found.account_enabled:
        return Reason("account_off", {"account": found.account_name})
    if found.channel in BY_ADDRESS and "@" not in found.address:
        return Reason("no_address")
    return None


def language(code: str | None) -> Locale | None:
    """Return the language as the desk knows it."""
    return cast("Locale", code) if code in LANGUAGES else None


def new_key() -> str:
    """Return a key for one form: sent twice, it counts once."""
    return secrets.token_urlsafe(16)
