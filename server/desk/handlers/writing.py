"""Take an answer or a note from the composer, or hand it back with what keeps it from being taken."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from litestar.datastructures import FormMultiDict

from agent_ui.models.codes import Mode, Written
from server.channel_accounts.queries import own_addresses
from server.desk import screens
from server.desk.handlers.forms import form_key, number, numbers, uploads
from server.desk.handlers.shown import Answer, again, answer, as_it_is_now, reason
from server.desk.screens import Typed
from server.kit.errors import Invalid
from server.kit.http import AnyRequest, is_part, respond, text_of
from server.kit.limits import COPIES_CHARACTERS
from server.people.queries import Viewer
from server.tickets import actions
from server.tickets.actions import Copy, Merged, NewerThings, Upload
from server.tickets.queries import ticket
from server.tickets.queries.roots import root_of
from server.tickets.queries.ticket import Ticket

FIELDS = frozenset({"text", "files", "cc", "bcc"})


async def write(
    request: AnyRequest,
    viewer: Viewer,
    found: Ticket,
    mode: Mode,
    form: FormMultiDict,
    *,
    now: datetime,
) -> Answer:
    """Write what the form says; refused, it comes back as it was, with the reason beside its field."""
    typed = _typed(form, mode)
    files: Sequence[Upload] = ()
    status = 422
    try:
        files = await uploads(form)
        # A merged ticket is closed, but that is not what its writer has to know.
        merged = await root_of(found.id) != found.id
        if mode == "reply" and not merged and (because := screens.blocked(found)):
            typed = replace(typed, error=because)
        else:
            await _take(viewer, found, typed, form, files, now=now)
            return await as_it_is_now(request, viewer, found.id, now=now)
    except NewerThings as error:
        as_it_is = await ticket.one(found.id, viewer=viewer)
        newer = await screens.conflict(
            as_it_is, viewer=viewer, since=_seen(form) or 0, seqs=error.seqs
        )
        typed, status = replace(typed, conflict=newer), 409
    except Merged as error:
        into = (await screens.marks([error.root], viewer=viewer))[error.root]
        typed, status = replace(typed, merged_into=into), 409
    except Invalid as error:
        field = error.field if error.field in FIELDS else "text"
        typed = replace(typed, error=reason(error), wrong=cast("Written", field))
    try:
        chosen = numbers(form, "kept")
        await actions.keep(found.id, by=viewer, files=files, chosen=chosen, now=now)
    except Invalid as error:
        # Mostly they are refused once more here, and what is wrong with them is said already.
        if typed.error is None:
            typed = replace(typed, error=reason(error), wrong="files")
    return await _composer_again(request, viewer, found.id, typed, now=now, status=status)


def _typed(form: FormMultiDict, mode: Mode) -> Typed:
    """Read what was typed, however long: it must come back whole."""

    def of(name: str) -> str | None:
        given = form.get(name)
        return given if isinstance(given, str) else None

    # A form without these fields says nothing about copies or quotes.
    by_mail = of("cc") is not None
    return Typed(
        text=of("text") or "",
        mode=mode,
        form_key=form_key(form),
        cc=of("cc"),
        bcc=of("bcc"),
        quotes=of("quotes") == "on" if by_mail else None,
    )


async def _take(
    viewer: Viewer,
    found: Ticket,
    typed: Typed,
    form: FormMultiDict,
    files: Sequence[Upload],
    *,
    now: datetime,
) -> None:
    kept = numbers(form, "kept")
    if typed.mode == "note":
        await actions.note(
            found.id,
            by=viewer,
            text=typed.text,
            files=files,
            kept=kept,
            form_key=typed.form_key,
            now=now,
        )
        return
    await actions.reply(
        found.id,
        by=viewer,
        text=typed.text,
        files=files,
        kept=kept,
        copies=await _copies(form, found),
        quotes=typed.quotes,
        form_key=typed.form_key,
        seen_seq=_seen(form),
        now=now,
    )


async def _copies(form: FormMultiDict, found: Ticket) -> tuple[Copy, ...] | None:
    if form.get("cc") is None:
        return None
    return actions.copies(
        cc=text_of(form, "cc", limit=COPIES_CHARACTERS),
        bcc=text_of(form, "bcc", limit=COPIES_CHARACTERS),
        asked=found.address,
        ours=await own_addresses(),
    )


def _seen(form: FormMultiDict) -> int | None:
    return number(form, "anyway_seq" if form.get("anyway") else "seen_seq")


async def _composer_again(
    request: AnyRequest,
    viewer: Viewer,
    ticket_id: int,
    typed: Typed,
    *,
    now: datetime,
    status: int,
) -> Answer:
    found = await ticket.one(ticket_id, viewer=viewer)
    if is_part(request):
        composer = await screens.composer(
            found, viewer=viewer, seen_seq=found.last_seq, typed=typed
        )
        return respond(request, "composer", composer, status=status)
    shown = await again(request, viewer, ticket_id, now=now, typed=typed)
    return await answer(request, viewer, shown, now=now, status=status)
