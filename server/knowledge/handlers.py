"""The doors of knowledge: canned replies and articles, and the help beside the composer."""

from dataclasses import replace
from datetime import datetime

from litestar import Response, Router, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.knowledge import KnowledgeForm
from agent_ui.sentences import REASONS
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.http import AnyRequest, is_part, respond, see_other, text_of
from server.kit.limits import FORM_KEY_CHARACTERS
from server.knowledge import actions, forms, placeholders
from server.knowledge.actions import ChangedMeanwhile
from server.knowledge.actions.write import LIMITS
from server.knowledge.queries import likes, pieces
from server.knowledge.queries.pieces import ARTICLE, REPLY, Written
from server.knowledge.screens import help as help_screens
from server.knowledge.screens import pages as screens
from server.knowledge.screens.values import LANGUAGES, language_of
from server.people.queries import Viewer
from server.tickets.queries import ticket

ASKED = 60
SAID_BESIDE = frozenset({*LIMITS, "teams"})
Answer = Response[str] | Redirect


@get(urls.KNOWLEDGE)
async def listed(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    kind: FromPath[str],
    q: FromQuery[str] = "",
    archived: FromQuery[str] = "",
    gone: FromQuery[int | None] = None,
) -> Response[str]:
    """Show the canned replies or the articles that one's teams use."""
    _known(kind)
    page = await screens.list_page(
        kind, viewer=viewer, now=clock.now(), asked=q, archived=archived == "1", gone=gone
    )
    return respond(request, "knowledge", page, part=("knowledge_list", page.list))


@get(urls.KNOWLEDGE_PIECE)
async def read(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    kind: FromPath[str],
    piece_id: FromPath[int],
) -> Response[str]:
    """Show one to read."""
    page = await screens.piece_page(piece_id, kind=kind, viewer=viewer, now=clock.now())
    return respond(request, "knowledge_piece", page, part=("knowledge_piece", page.piece))


@get(urls.KNOWLEDGE_FORM)
async def form(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    kind: FromPath[str],
    piece_id: FromPath[int],
) -> Response[str]:
    """Show one as a form; 0 is a new one."""
    _known(kind)
    shown = await screens.form_of(piece_id, kind=kind, viewer=viewer)
    return await _form(request, viewer, shown)


@post(urls.KNOWLEDGE_FORM, status_code=200)
async def write(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    kind: FromPath[str],
    piece_id: FromPath[int],
) -> Answer:
    """Save one, look at it as a ticket would fill it, archive it, bring it back, or go back to a version."""
    _known(kind)
    sent = await request.form()
    now = clock.now()
    match text_of(sent, "do", limit=20):
        case "save" | "preview" as does:
            return await _save(request, viewer, kind, piece_id, sent, does, now=now)
        case "archive":
            await actions.archive(piece_id, kind=kind, by=viewer, now=now)
            return see_other(urls.knowledge(kind, gone=piece_id))
        case "back" | "version" as does:
            try:
                if does == "back":
                    await actions.bring_back(piece_id, kind=kind, by=viewer)
                else:
                    version = forms.number(sent, "version")
                    await actions.go_back(piece_id, version, kind=kind, by=viewer, now=now)
            except Invalid as error:
                shown = await screens.form_of(piece_id, kind=kind, viewer=viewer)
                return await _form(request, viewer, _wrong(shown, error), status=422)
            return see_other(urls.knowledge_form(kind, piece_id))
        case _:
            raise NotFound


async def _save(
    request: AnyRequest,
    viewer: Viewer,
    kind: str,
    piece_id: int,
    sent: FormMultiDict,
    does: str,
    *,
    now: datetime,
) -> Answer:
    before = await screens.form_of(piece_id, kind=kind, viewer=viewer)
    typed = forms.written(sent, before, viewer=viewer)
    number = text_of(sent, "ticket", limit=20)
    seen = forms.number(sent, "version")
    shown = await screens.filled(typed, piece_id, kind=kind, viewer=viewer, version=seen)
    shown = replace(
        shown,
        form_key=text_of(sent, "form_key", limit=FORM_KEY_CHARACTERS) or shown.form_key,
        ticket=number,
        versions=before.versions,
        archived=before.archived,
    )
    try:
        if does == "preview":
            actions.checked(typed, kind=kind)
            return await _form(request, viewer, await _previewed(shown, typed, viewer, now=now))
        saved = await actions.save(
            piece_id or None,
            typed,
            kind=kind,
            by=viewer,
            form_key=shown.form_key,
            now=now,
            seen=seen,
        )
    except Invalid as error:
        return await _form(request, viewer, _wrong(shown, error), status=422)
    except ChangedMeanwhile as error:
        latest = before.versions[0].author if before.versions else ""
        said = Reason(error.code, {"actor": latest})
        # What was typed stays; saved again, it stands over what the other wrote, which is kept as a version.
        shown = replace(shown, version=before.version, errors=(("form", said),))
        return await _form(request, viewer, shown, status=409)
    return see_other(urls.knowledge_piece(kind, saved))


async def _previewed(
    shown: KnowledgeForm, typed: Written, viewer: Viewer, *, now: datetime
) -> KnowledgeForm:
    try:
        looked = await screens.preview(typed, shown.ticket, viewer=viewer, now=now)
    except NotFound:
        return replace(shown, errors=(("ticket", Reason("no_such_ticket")),))
    return replace(shown, preview=looked)


@get(urls.HELP)
async def help_with(
    request: AnyRequest, viewer: NamedDependency[Viewer], ticket_id: FromPath[int]
) -> Response[str]:
    """Show what may help with the answer; asked for after the conversation, so that it delays nothing."""
    now = clock.now()
    found = await ticket.one(ticket_id, viewer=viewer)
    if is_part(request):
        shown = await help_screens.answer_help(found, viewer=viewer, now=now)
        return respond(request, "answer_help", shown)
    page = await help_screens.answer_help_page(found, viewer=viewer, now=now)
    return respond(request, "answer_help", page)


@get(urls.HELP_REPLIES)
async def help_replies(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    ticket_id: FromPath[int],
    q: FromQuery[str] = "",
) -> Answer:
    """Show the canned replies that `/word` may mean; without a script they are on the help's page."""
    found = await ticket.one(ticket_id, viewer=viewer)
    if not is_part(request):
        return see_other(urls.help_with(ticket_id))
    shown = await help_screens.reply_choices(found, q[:ASKED], viewer=viewer, now=clock.now())
    return respond(request, "reply_choices", shown)


@post(urls.HELP_INSERT, status_code=200)
async def help_insert(
    request: AnyRequest, viewer: NamedDependency[Viewer], ticket_id: FromPath[int]
) -> Response[str]:
    """Return the words that go into the answer, and remember that they did."""
    sent = await request.form()
    now = clock.now()
    found = await ticket.one(ticket_id, viewer=viewer)
    wanted = text_of(sent, "language", limit=2)
    if wanted not in LANGUAGES:
        wanted = language_of(found, viewer)
    for kind in (REPLY, ARTICLE):
        if kind in sent:
            piece = await pieces.one(forms.number(sent, kind), kind=kind, viewer=viewer)
            if piece.archived_at is not None:
                raise NotFound
            words = help_screens.fill(piece, found, viewer=viewer, wanted=wanted, now=now)
            await actions.use_piece(piece.id, ticket_id=found.id, by=viewer, now=now)
            return _words(words)
    source = await ticket.one(forms.number(sent, "source"), viewer=viewer)
    words = placeholders.quoted(await likes.answer_of(source.id))
    await actions.use_answer(source.id, ticket_id=found.id, by=viewer, now=now)
    return _words(words)


def _words(words: str) -> Response[str]:
    return Response(words, media_type=MediaType.TEXT, headers={"Cache-Control": "no-store"})


async def _form(
    request: AnyRequest, viewer: Viewer, shown: KnowledgeForm, *, status: int = 200
) -> Response[str]:
    page = await screens.form_page(shown, viewer=viewer, now=clock.now())
    return respond(request, "knowledge_form", page, part=("knowledge_form", shown), status=status)


def _wrong(shown: KnowledgeForm, error: Invalid) -> KnowledgeForm:
    field = error.field if error.field in SAID_BESIDE else "form"
    params: dict[str, str | int | None] = {"limit": LIMITS.get(field)}
    if error.code == "unknown_placeholder":
        params["said"] = placeholders.unknown(getattr(shown, field))
    code = error.code if error.code in REASONS else "not_possible"
    return replace(shown, errors=((field, Reason(code, params)),))


def _known(kind: str) -> None:
    if kind not in {REPLY, ARTICLE}:
        raise NotFound


router = Router(
    path="/",
    route_handlers=[listed, read, form, write, help_with, help_replies, help_insert],
    request_max_body_size=forms.SIZE,
)
