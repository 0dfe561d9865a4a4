"""The pages on which canned replies and articles are found, read and written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_urlsafe
from typing import cast

from agent_ui.models import Choice, Name, Reason
from agent_ui.models.knowledge import (
    Kind,
    KnowledgeForm,
    KnowledgeFormPage,
    KnowledgeLine,
    KnowledgeList,
    KnowledgeListPage,
    KnowledgePiece,
    KnowledgePiecePage,
    KnowledgePreview,
    KnowledgeVersion,
)
from server.kit.errors import Forbidden, NotFound
from server.knowledge import placeholders
from server.knowledge.queries import pieces
from server.knowledge.queries.pieces import Piece, Written, may_write
from server.knowledge.screens.values import values
from server.people.queries import Viewer, teams
from server.search.asked import read
from server.search.marks import AROUND, Marker
from server.tickets.queries import ticket, topics
from server.tickets.screens.chrome import chrome

ASKED = 200
BEGINS = 220
NAMES = tuple(placeholders.NAMES.values())


@dataclass(frozen=True, slots=True)
class _Known:
    topics: dict[int, Name]
    teams: dict[int, Name]


async def list_page(
    kind: str, *, viewer: Viewer, now: datetime, asked: str, archived: bool, gone: int | None
) -> KnowledgeListPage:
    """Build the list with the rail around it."""
    rail = await chrome(viewer, here=f"knowledge-{kind}", now=now)
    shown = await knowledge_list(kind, viewer=viewer, asked=asked, archived=archived, gone=gone)
    return KnowledgeListPage(rail, shown)


async def knowledge_list(
    kind: str,
    *,
    viewer: Viewer,
    asked: str = "",
    archived: bool = False,
    gone: int | None = None,
    notice: Reason | None = None,
) -> KnowledgeList:
    """Build the list: all of a kind, or those that hold what was asked for."""
    meant = read(asked[:ASKED])
    found: tuple[Piece, ...] = ()
    if meant.loose or not meant.text:
        found = await pieces.listed(kind, viewer=viewer, terms=meant.loose, archived=archived)
    known = await _known()
    marker = Marker(meant)
    left = None
    if gone:
        taken = await pieces.one(gone, kind=kind, viewer=viewer)
        left = _line(taken, known, viewer, marker) if taken.archived_at else None
    return KnowledgeList(
        kind=_kind(kind),
        lines=tuple(_line(one, known, viewer, marker) for one in found),
        asked=meant.text,
        may_write=viewer.administrator or bool(viewer.supervised),
        archived=archived,
        gone=left,
        notice=notice,
    )


async def piece_page(
    piece_id: int, *, kind: str, viewer: Viewer, now: datetime
) -> KnowledgePiecePage:
    """Build a piece to read."""
    found = await pieces.one(piece_id, kind=kind, viewer=viewer)
    rail = await chrome(viewer, here=f"knowledge-{kind}", now=now)
    line = _line(found, await _known(), viewer, Marker(read("")))
    written = found.written
    shown = KnowledgePiece(line, written.body_ar, written.body_en, written.address)
    return KnowledgePiecePage(rail, shown)


async def form_page(form: KnowledgeForm, *, viewer: Viewer, now: datetime) -> KnowledgeFormPage:
    """Put a form on its page."""
    return KnowledgeFormPage(
        await chrome(viewer, here=f"knowledge-{form.kind}", now=now),
        form,
    )


async def form_of(piece_id: int, *, kind: str, viewer: Viewer) -> KnowledgeForm:
    """Build the form of a piece as it stands; 0 is a new one."""
    if not (viewer.administrator or viewer.supervised):
        raise Forbidden
    if not piece_id:
        own = None if viewer.administrator else tuple(sorted(viewer.supervised))
        return await filled(Written("", "", "", "", team_ids=own), 0, kind=kind, viewer=viewer)
    found = await pieces.one(piece_id, kind=kind, viewer=viewer)
    if not may_write(viewer, found.written.team_ids):
        raise Forbidden
    form = await filled(found.written, piece_id, kind=kind, viewer=viewer, version=found.version)
    savings = await pieces.versions(piece_id)
    return replace(
        form,
        archived=found.archived_at is not None,
        versions=tuple(
            KnowledgeVersion(
                one.version,
                one.author or "",
                one.at,
                Name(one.written.title_ar, one.written.title_en),
                one.written.body_ar,
                one.written.body_en,
                current=one.version == found.version,
            )
            for one in savings
        ),
    )


async def filled(
    written: Written, piece_id: int, *, kind: str, viewer: Viewer, version: int = 0
) -> KnowledgeForm:
    """Build a form with what was typed into it."""
    every = await teams()
    offered = [team for team in every if viewer.administrator or team.id in viewer.supervised]
    chosen = written.team_ids or ()
    return KnowledgeForm(
        id=piece_id,
        kind=_kind(kind),
        form_key=token_urlsafe(16),
        version=version,
        title_ar=written.title_ar,
        title_en=written.title_en,
        body_ar=written.body_ar,
        body_en=written.body_en,
        shortcut=written.shortcut,
        address=written.address,
        topics=tuple(
            Choice(
                str(node.topic.id),
                Name(node.topic.ar, node.topic.en),
                selected=node.topic.id in written.topic_ids,
                depth=node.depth,
            )
            for node in await topics.tree()
        ),
        teams=tuple(
            Choice(str(team.id), Name(team.name_ar, team.name_en), selected=team.id in chosen)
            for team in offered
        ),
        every_team=written.team_ids is None,
        may_every_team=viewer.administrator,
        names=NAMES if kind == pieces.REPLY else (),
    )


async def preview(
    written: Written, number: str, *, viewer: Viewer, now: datetime
) -> KnowledgePreview:
    """Fill a draft for a ticket that the viewer may see; raise :class:`NotFound` for any other."""
    digits = "".join(str(int(sign)) for sign in number if sign.isdecimal())
    ticket_id = await pieces.ticket_of(int(digits[:18]), viewer=viewer) if digits else None
    if ticket_id is None:
        raise NotFound
    found = await ticket.one(ticket_id, viewer=viewer)
    arabic, english = (
        placeholders.filled(
            body, values(found, viewer, language=language, now=now), language=language
        )
        for body, language in ((written.body_ar, "ar"), (written.body_en, "en"))
    )
    return KnowledgePreview(str(found.number), arabic, english)


async def _known() -> _Known:
    return _Known(
        {node.topic.id: Name(node.topic.ar, node.topic.en) for node in await topics.tree()},
        {team.id: Name(team.name_ar, team.name_en) for team in await teams()},
    )


def _line(found: Piece, known: _Known, viewer: Viewer, marker: Marker) -> KnowledgeLine:
    written = found.written
    bodies = [body for body in _in_order(written, viewer.locale) if body]
    text = marker.best(bodies) or bodies[0]
    return KnowledgeLine(
        id=found.id,
        kind=_kind(found.kind),
        title=Name(written.title_ar, written.title_en),
        words=marker.marked(" ".join(text.split())[: BEGINS * 20], around=AROUND),
        saved_at=found.saved_at,
        shortcut=written.shortcut,
        topics=_named(written.topic_ids, known.topics),
        teams=None if written.team_ids is None else _named(written.team_ids, known.teams),
        uses=found.uses,
        author=found.author or "",
        may_write=may_write(viewer, written.team_ids),
        archived=found.archived_at is not None,
    )


def _in_order(written: Written, locale: str) -> Sequence[str]:
    both = (written.body_ar, written.body_en)
    return both if locale == "ar" else both[::-1]


def _named(ids: Collection[int], names: dict[int, Name]) -> tuple[Name, ...]:
    return tuple(names[one] for one in ids if one in names)


def _kind(kind: str) -> Kind:
    return cast("Kind", kind)
