"""Say tickets, what was said on them and how their promises stand to programs."""

from typing import cast

from agent_ui.models.codes import (
    ChannelKind,
    ClockState,
    DeliveryState,
    Direction,
    Priority,
    Status,
    Target,
)
from agent_ui.models.watch import ClockAccount
from agent_ui.render import Ui
from server.api.queries.tickets import Happened, Message, Summary
from server.api.shapes import tickets as shapes
from server.api.shapes.common import Named, Names, Person
from server.kit.links import without_words
from server.people.queries import Viewer
from server.service_levels.queries import of_ticket
from server.supervision.screens.accounts import accounts
from server.tickets.queries.lists import Named as Known
from server.tickets.queries.lists import Someone
from sla.clock import Clock as Running
from sla.clock import used_at


async def clocks(ticket_id: int, ui: Ui, *, viewer: Viewer) -> shapes.Clocks:
    """Say every promise of a ticket, and how it was reckoned in the reader's language."""
    found = await accounts(ticket_id, viewer=viewer, now=ui.now)
    told = {(one.target, one.turn): one for one in found.accounts}
    return shapes.Clocks(
        tuple(
            _clock(one, told.get((cast("Target", str(one.kind)), one.turn)), ui)
            for one in await of_ticket(ticket_id)
        )
    )


def ticket(one: Summary) -> shapes.Ticket:
    """Say a ticket."""
    return shapes.Ticket(
        id=str(one.id),
        number=str(one.number),
        subject=one.subject,
        status=cast("Status", one.status),
        priority=cast("Priority", one.priority),
        language=one.language,
        channel=cast("ChannelKind", one.channel),
        team=_named(one.team),
        topic=_named(one.topic) if one.topic else None,
        assignee=_person(one.assignee),
        contact=Person(str(one.contact.id), one.contact.name),
        created_at=one.created_at,
        last_message_at=one.last_message_at,
        last_words=one.last_words,
        waiting_since=one.waiting_since,
        next_due_at=one.next_due_at,
        last_seq=one.last_seq,
        merged_into=str(one.merged_into) if one.merged_into else None,
    )


def message(one: Message) -> shapes.Message:
    """Say what was said."""
    return shapes.Message(
        id=str(one.id),
        seq=one.seq,
        direction=cast("Direction", one.direction),
        channel=cast("ChannelKind", one.channel),
        said_at=one.said_at,
        author=_person(one.author),
        address=one.address,
        display_name=one.display_name,
        verified=one.verified,
        automatic=one.automatic,
        text=without_words(one.text),
        reply_text=without_words(one.reply_text),
        cut=one.cut,
        delivery=cast("DeliveryState | None", one.delivery),
        files=tuple(
            shapes.File(str(file.id), file.filename, file.content_type, file.size)
            for file in one.files
        ),
    )


def event(one: Happened) -> shapes.Event:
    """Say what happened."""
    return shapes.Event(one.seq, one.kind, one.at, _person(one.actor), one.data or {})


def _clock(one: Running, told: ClockAccount | None, ui: Ui) -> shapes.Clock:
    return shapes.Clock(
        target=cast("Target", str(one.kind)),
        turn=one.turn,
        state=cast("ClockState", str(one.state)),
        started_at=one.started_at,
        due_at=one.due_at,
        answered_at=one.met_at or one.answered_at,
        allowed=one.allowed.total_seconds(),
        used=used_at(one, ui.now).total_seconds(),
        account=tuple(
            shapes.AccountLine(line.at, line.code, ui.account_line(line).striptags())
            for line in (told.lines if told else ())
        ),
    )


def _named(one: Known) -> Named:
    return Named(str(one.id), Names(one.ar, one.en))


def _person(one: Someone | None) -> Person | None:
    return Person(str(one.id), one.name) if one else None
