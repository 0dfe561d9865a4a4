"""What was found, as view models: with the words marked where they stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from agent_ui import words
from agent_ui.catalogue import translations
from agent_ui.models import FoundTicket, Name, Person, Reason, Search, SearchResults, TicketRow
from agent_ui.models.codes import ChannelKind, Priority, Status
from routing.text import normalise
from server.people.queries import Viewer
from server.search import queries
from server.search.asked import Asked, read
from server.search.marks import AROUND, Marker
from server.search.pool import TooBusy
from server.search.queries import Found, Hit, Narrowed
from server.tickets.queries import tags, topics
from server.tickets.queries.roots import merged_numbers
from server.tickets.screens.chrome import chrome

ECHO = 60


async def search_page(
    viewer: Viewer, *, asked: str, older: bool, after: str | None, now: datetime
) -> Search:
    """Build the whole page of a search."""
    rail = await chrome(viewer, here="search", now=now)
    return Search(rail, await results(viewer, asked=asked, older=older, after=after, now=now))


async def results(
    viewer: Viewer, *, asked: str, older: bool, after: str | None, now: datetime
) -> SearchResults:
    """Search, and say what of it could not be done."""
    meant = read(asked)
    narrowing = await _narrowing(meant)
    found = Found(())
    notices = list(narrowing.notices)
    # Where an operator names nothing that exists, nothing is what it finds.
    if not notices:
        try:
            found = await queries.find(
                meant,
                viewer=viewer,
                now=now,
                narrowed=narrowing.narrowed,
                older=older,
                after=after,
            )
        except TooBusy as busy:
            notices.append(Reason(busy.code))
    notices += [Reason("search_unread", {"said": said[:ECHO]}) for said in meant.unread]
    if found.cut_short:
        notices.append(Reason("search_cut_short"))
    marker = Marker(meant)
    merged = await merged_numbers([hit.id for hit in found.hits if hit.status == "closed"])
    return SearchResults(
        asked=meant.text,
        found=tuple(_found(hit, marker, merged.get(hit.id), now=now) for hit in found.hits),
        older=older,
        after=after,
        next_after=found.next_after,
        notices=tuple(notices),
    )


@dataclass(frozen=True, slots=True)
class _Narrowing:
    narrowed: Narrowed
    notices: tuple[Reason, ...]


async def _narrowing(asked: Asked) -> _Narrowing:
    statuses: list[str] = []
    channels: list[str] = []
    chosen: list[int] | None = None
    named: list[str] = []
    notices: list[Reason] = []
    for operator, said in asked.filters:
        if operator == "status":
            codes: Iterable[object] = _codes(words.STATUS, said)
            statuses += map(str, codes)
        elif operator == "channel":
            codes = _codes(words.CHANNEL, said)
            channels += map(str, codes)
        elif operator == "tag":
            codes = await tags.called_like(said)
            named += map(str, codes)
        else:
            codes = await _topics(said)
            chosen = [*(chosen or []), *codes]
        if not codes:
            notices.append(Reason(f"search_no_such_{operator}", {"said": said[:ECHO]}))
    return _Narrowing(
        Narrowed(
            tuple(statuses),
            tuple(channels),
            None if chosen is None else tuple(chosen),
            tuple(named),
        ),
        tuple(notices),
    )


def _codes(known: Mapping[str, str], said: str) -> list[str]:
    """Return the codes that are called so in either language, or begin so."""
    arabic = translations("ar").gettext
    names = {
        code: (normalise(code.replace("_", " ")), normalise(word), normalise(arabic(word)))
        for code, word in known.items()
    }
    said = said.replace("_", " ")
    whole = [code for code, called in names.items() if said in called]
    return whole or [
        code for code, called in names.items() if any(c.startswith(said) for c in called)
    ]


async def _topics(said: str) -> list[int]:
    """Return the topics whose name holds these words, with all that lies under them."""
    found: list[int] = []
    under: int | None = None
    for entry in await topics.tree():
        if under is not None and entry.depth <= under:
            under = None
        called = any(said in normalise(name) for name in (entry.topic.ar, entry.topic.en))
        if under is None and called:
            under = entry.depth
        if under is not None:
            found.append(entry.topic.id)
    return found


def _found(hit: Hit, marker: Marker, merged_into: int | None, *, now: datetime) -> FoundTicket:
    text = marker.best(hit.texts)
    in_address = bool(marker.hits(hit.address))
    shown = text if text is not None else hit.address if in_address else hit.last_words
    return FoundTicket(
        row=TicketRow(
            id=hit.id,
            number=str(hit.number),
            contact=hit.contact_name,
            channel=cast("ChannelKind", hit.channel),
            subject=hit.subject,
            last_words=shown,
            last_message_at=hit.last_message_at,
            status=cast("Status", hit.status),
            priority=cast("Priority", hit.priority),
            topic=Name(hit.topic.ar, hit.topic.en) if hit.topic else None,
            unread=hit.unread,
            assignee=Person(hit.assignee.id, hit.assignee.name) if hit.assignee else None,
            due_at=hit.next_due_at,
            late=hit.next_due_at is not None and hit.next_due_at <= now,
            warn_at=hit.next_warn_at,
            merged_into=str(merged_into or ""),
        ),
        contact=marker.marked(hit.contact_name),
        number=_number(str(hit.number), marker),
        subject=marker.marked(hit.subject),
        words=marker.marked(shown, around=AROUND),
    )


def _number(number: str, marker: Marker) -> tuple[tuple[str, bool], ...]:
    begun = next((prefix for prefix in marker.asked.prefixes if number.startswith(prefix)), "")
    return tuple(
        (part, hit) for part, hit in ((begun, True), (number[len(begun) :], False)) if part
    )
