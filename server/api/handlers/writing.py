"""The doors through which programs write: answers, notes and changes, each once for a key of the caller's."""

from typing import Annotated

from litestar import patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from msgspec import UNSET
from msgspec.structs import asdict

from server.api.actions import change_ticket
from server.api.handlers.common import IDEMPOTENCY_KEY, WRITES, asks, form_key, id_of, number
from server.api.queries.tickets import first_answer
from server.api.shapes import tickets as shapes
from server.desk.screens import blocked
from server.kit import clock
from server.kit.errors import Invalid
from server.people.queries import Viewer
from server.tickets import actions
from server.tickets.actions.common import Merged
from server.tickets.queries import ticket as tickets
from server.tickets.queries.roots import root_of

IDS = frozenset({"assignee", "topic", "team"})
Key = Annotated[
    str,
    HeaderParameter(
        name=IDEMPOTENCY_KEY,
        description="Made by the caller for this one write; a repeat gets the first answer.",
    ),
]


@post(
    "/tickets/{ticket_id:str}/replies",
    operation_id="reply",
    summary="Answer the contact",
    **asks("tickets:write", says=WRITES),
)
async def reply(
    viewer: NamedDependency[Viewer],
    ticket_id: FromPath[str],
    data: JSONBody[shapes.Say],
    key: Key,
) -> shapes.Said:
    """Answer by the ticket's own channel, in the name of the token's person; it can be undone for a while."""
    there = id_of(ticket_id)
    made = form_key(key, ticket_id=there, verb="reply")
    if answer := await first_answer(viewer, made):
        return _said(actions.Written(**answer))
    found = await tickets.one(there, viewer=viewer)
    if (root := await root_of(there)) != there:
        raise Merged(root)
    if because := blocked(found):
        raise Invalid(because.code, field="text")
    return _said(
        await actions.reply(
            there,
            by=viewer,
            text=data.text,
            form_key=made,
            seen_seq=data.seen_seq,
            now=clock.now(),
        )
    )


@post(
    "/tickets/{ticket_id:str}/notes",
    operation_id="note",
    summary="Write a note",
    **asks("tickets:write", says=WRITES),
)
async def note(
    viewer: NamedDependency[Viewer],
    ticket_id: FromPath[str],
    data: JSONBody[shapes.Note],
    key: Key,
) -> shapes.Said:
    """Write something down that only colleagues see."""
    there = id_of(ticket_id)
    made = form_key(key, ticket_id=there, verb="note")
    return _said(
        await actions.note(there, by=viewer, text=data.text, form_key=made, now=clock.now())
    )


@patch(
    "/tickets/{ticket_id:str}",
    operation_id="change",
    summary="Change a ticket",
    **asks("tickets:write", says=WRITES),
)
async def change(
    viewer: NamedDependency[Viewer],
    ticket_id: FromPath[str],
    data: JSONBody[shapes.Change],
    key: Key,
) -> shapes.Changed:
    """Change where a ticket stands, who has it, what it is about, how urgent it is: all of it or nothing."""
    there = id_of(ticket_id)
    seq = await change_ticket(
        there,
        chosen=_chosen(data),
        by=viewer,
        form_key=form_key(key, ticket_id=there, verb="change"),
        seen_seq=data.seen_seq,
        now=clock.now(),
    )
    return shapes.Changed(str(there), seq)


def _said(written: actions.Written) -> shapes.Said:
    return shapes.Said(str(written.message_id), written.seq)


def _chosen(data: shapes.Change) -> dict[str, str | int | None]:
    chosen = {
        name: number(value, field=name) if name in IDS and value is not None else value
        for name, value in asdict(data).items()
        if value is not UNSET and name != "seen_seq"
    }
    if not chosen:
        raise Invalid("required", field="")
    return chosen


handlers = [reply, note, change]
