"""What a canned reply's open places come to for one ticket, in the language of its reader."""

from collections.abc import Mapping
from datetime import datetime

from babel.dates import format_date

from server.kit.http import zone
from server.people.queries import Viewer
from server.tickets.queries.lists import Named
from server.tickets.queries.ticket import Ticket

LANGUAGES = ("ar", "en")


def values(ticket: Ticket, viewer: Viewer, *, language: str, now: datetime) -> Mapping[str, str]:
    """Return a text for every place that is known of this ticket."""
    named = "" if "@" in ticket.contact_name else ticket.contact_name
    return {
        "contact": " ".join(named.split()),
        "number": str(ticket.number),
        "agent": viewer.name,
        "team": _name(ticket.team, language),
        "topic": _name(ticket.topic, language),
        "subject": " ".join(ticket.subject.split()),
        "today": format_date(now.astimezone(zone()).date(), format="long", locale=language),
    }


def language_of(ticket: Ticket, viewer: Viewer) -> str:
    """Return the language in which this citizen is answered; where none is known, the viewer's own."""
    for known in (ticket.language, ticket.contact_language):
        if known in LANGUAGES:
            return str(known)
        if known:
            return "en"
    return viewer.locale


def _name(named: Named | None, language: str) -> str:
    if named is None:
        return ""
    return (named.ar or named.en) if language == "ar" else (named.en or named.ar)
