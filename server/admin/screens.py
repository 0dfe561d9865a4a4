"""What administration looks at, as view models."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from agent_ui.models import (
    AccountList,
    ChannelsPage,
    Outgoing,
    OutgoingList,
    OutgoingMail,
    OutgoingRow,
    Quarantine,
    QuarantineEntry,
    QuarantinePage,
    Reason,
    UnreadableMail,
)
from agent_ui.models.codes import ChannelKind
from agent_ui.models.reconciliation import (
    ReconciledFolder,
    Reconciliation,
    ReconciliationPage,
)
from channels.email.parse import ParsedMail, parse
from server.admin import queries
from server.admin.queries import KeptMail
from server.intake.queries import Entry, entries
from server.intake.queries.reconciliation import Reconciled, latest, looking
from server.intake.queries.unreadable import Unreadable, unreadable
from server.kit import blobs
from server.kit.errors import NotFound
from server.kit.limits import LIST_PAGE
from server.people.queries import Viewer
from server.tickets.screens.accounts import SAID_AS, healths
from server.tickets.screens.chrome import chrome

BECAUSE = {
    "TimeoutError": "took_too_long",
    "OSError": "could_not_store",
    "BlobMissing": "could_not_store",
}
"""Why an entry failed, by the kind of failure; any other could not be read."""


async def quarantine_page(viewer: Viewer, *, after: int | None, now: datetime) -> QuarantinePage:
    """Build the whole page of what could not be used."""
    rail = await chrome(viewer, here="quarantine", now=now)
    return QuarantinePage(rail, await quarantine(after=after))


async def quarantine(*, after: int | None = None) -> Quarantine:
    """Build the list of failed entries, newest first."""
    found = await entries("failed", after=after, limit=LIST_PAGE + 1)
    shown = found[:LIST_PAGE]
    heads = await queries.heads([entry.id for entry in shown])
    return Quarantine(
        tuple(_entry(entry, heads.get(entry.id, b"")) for entry in shown),
        str(shown[-1].id) if len(found) > LIST_PAGE else None,
        () if after else tuple(_unreadable(mail) for mail in await unreadable()),
    )


def _unreadable(mail: Unreadable) -> UnreadableMail:
    return UnreadableMail(
        id=mail.id,
        kind=cast("ChannelKind", mail.kind),
        account=mail.account,
        folder=mail.folder,
        uid=mail.uid,
        reason=Reason("refused", {"answer": mail.reason}),
        attempts=mail.attempts,
        since=mail.first_at,
        next_try_at=mail.next_try_at,
        form_key=secrets.token_urlsafe(12),
    )


async def channels_page(viewer: Viewer, *, now: datetime) -> ChannelsPage:
    """Build the whole page of channel accounts."""
    return ChannelsPage(await chrome(viewer, here="channels", now=now), await accounts())


async def accounts() -> AccountList:
    """Build the list of channel accounts."""
    return AccountList(await healths())


async def reconciliation_page(
    viewer: Viewer, teams: Sequence[int] | None, *, now: datetime
) -> ReconciliationPage:
    """Build the whole page of counted mail."""
    rail = await chrome(viewer, here="reconciliation", now=now)
    return ReconciliationPage(rail, await reconciliation(teams))


async def reconciliation(teams: Sequence[int] | None) -> Reconciliation:
    """Build the figures of the mailboxes of some teams, or of all."""
    return Reconciliation(
        tuple(_reconciled(one) for one in await latest(of_teams=teams)),
        looking=any(one.asked for one in await looking(of_teams=teams)),
    )


def _reconciled(one: Reconciled) -> ReconciledFolder:
    found = one.figures
    error = Reason(SAID_AS.get(one.error, one.error)) if one.error else None
    if found is None:
        return ReconciledFolder(one.account_id, one.account, one.folder, one.at, error=error)
    return ReconciledFolder(
        account_id=one.account_id,
        account=one.account,
        folder=one.folder,
        at=one.at,
        on_server=found.on_server,
        taken_over=found.in_journal,
        in_tickets=found.in_tickets,
        quarantined=found.quarantined,
        waiting=found.waiting,
        missing=found.missing,
        lost=found.lost,
        error=error,
    )


async def outgoing(
    viewer: Viewer, *, now: datetime, after: int | None = None, mail_id: int | None = None
) -> Outgoing:
    """Build the whole page of kept mail, with one of them open."""
    rail = await chrome(viewer, here="outgoing", now=now)
    mail = await _mail(mail_id, viewer) if mail_id is not None else None
    return Outgoing(rail, await outgoing_list(viewer, after=after, current=mail_id), mail)


async def outgoing_list(
    viewer: Viewer, *, after: int | None = None, current: int | None = None
) -> OutgoingList:
    """Build the list of kept mail, newest first."""
    found = await queries.kept_mails(viewer=viewer, after=after)
    shown = found[:LIST_PAGE]
    return OutgoingList(
        tuple(_row(mail, current=mail.id == current) for mail in shown),
        str(shown[-1].id) if len(found) > LIST_PAGE else None,
    )


async def letter(mail_id: int, viewer: Viewer) -> ParsedMail:
    """Read a kept mail from its bytes, as the citizen's own program would."""
    mail = await queries.kept_mail(mail_id, viewer=viewer)
    try:
        return parse(await blobs.load(mail.blob_hash))
    except blobs.BlobMissing as error:
        raise NotFound from error


async def _mail(mail_id: int, viewer: Viewer) -> OutgoingMail:
    mail = await queries.kept_mail(mail_id, viewer=viewer)
    read = await letter(mail_id, viewer)
    return OutgoingMail(
        id=mail.id,
        sender=read.sender.address if read.sender else "",
        to=", ".join(party.address for party in read.to),
        subject=read.subject or mail.subject,
        at=mail.kept_at,
        text=read.text,
        has_html=read.html is not None,
        message_id=read.message_id or "",
        ticket_id=mail.ticket_id,
        number=str(mail.number),
    )


def _row(mail: KeptMail, *, current: bool) -> OutgoingRow:
    return OutgoingRow(
        id=mail.id,
        to=", ".join(mail.recipients),
        subject=mail.subject,
        at=mail.kept_at,
        ticket_id=mail.ticket_id,
        number=str(mail.number),
        current=current,
    )


def _entry(entry: Entry, head: bytes) -> QuarantineEntry:
    read = parse(head) if entry.kind == "email" and head else None
    because = BECAUSE.get(entry.error or "", "unreadable")
    return QuarantineEntry(
        id=entry.id,
        kind=cast("ChannelKind", entry.kind),
        account=entry.account,
        received_at=entry.received_at,
        size=entry.size,
        attempts=entry.attempts,
        reason=Reason(because, {"detail": entry.error}),
        sender=read.sender.address if read and read.sender else "",
        subject=(read.subject or "") if read else "",
        form_key=secrets.token_urlsafe(16),
    )
