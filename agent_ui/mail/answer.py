"""Write the body of an answer, as text and as HTML, in the language of its reader.

Mail programs know little CSS and no logical properties, so the direction stands on the outer table
and nothing below it depends on a side.
"""

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from agent_ui.catalogue import mark as _
from agent_ui.catalogue import translations
from agent_ui.direction import direction
from agent_ui.models.codes import Locale
from agent_ui.pictures import pieces, said

LEFT_TO_RIGHT, POP = "\u2066", "\u2069"
SEPARATOR = "-- "
"""What mail programs, and we, know a signature by; the space belongs to it."""
REFERENCE = _("Your reference: %(number)s")
WROTE = _("You wrote:")


def language_of(code: str | None) -> Locale:
    """Return in which of our languages somebody is answered."""
    return "ar" if (code or "ar") == "ar" else "en"


def signature(name: str, *, own: tuple[str, str], account: str, language: Locale) -> str:
    """Return what an answer is signed with: its author's words in Arabic or English, else their name."""
    arabic, english = own
    chosen = (arabic or english) if language == "ar" else (english or arabic)
    return _lines("\n".join(filter(None, (chosen.strip() or name, account.strip()))))


def render_answer(
    text: str,
    *,
    language: Locale,
    signature: str = "",
    ticket_number: str = "",
    quoted: str = "",
    pictures: Mapping[str, str] | None = None,
) -> tuple[str, str]:
    """Return the plain text part and the HTML part; ``pictures`` are the content ids of those in the text."""
    catalogue = translations(language)
    reference, wrote = catalogue.gettext(REFERENCE), catalogue.gettext(WROTE)
    text, signature, quoted = (_lines(part) for part in (text, signature, quoted))
    shown = pictures or {}
    html = (
        environment()
        .get_template("mail/answer.html")
        .render(
            text=text,
            pieces=lambda line: pieces(line, shown),
            pictures=shown,
            language=language,
            dir=direction(language),
            signature=signature,
            reference=reference.partition("%(number)s"),
            number=ticket_number,
            quoted=quoted,
            wrote=wrote,
        )
    )
    parts = [_without_pictures(text, shown, language)]
    below = [signature] if signature else []
    if ticket_number:
        below.append(reference % {"number": f"{LEFT_TO_RIGHT}{ticket_number}{POP}"})
    if below:
        parts.append(f"{SEPARATOR}\n" + "\n\n".join(below))
    if quoted:
        parts.append(f"{wrote}\n" + "\n".join(f"> {line}".rstrip() for line in quoted.splitlines()))
    return "\n\n".join(parts) + "\n", html


def _without_pictures(text: str, shown: Mapping[str, str], language: Locale) -> str:
    """Name the pictures where they stand, in the reader's language."""
    return "".join(
        before + (said(name, language) if name else "") for before, name in pieces(text, shown)
    )


def _lines(text: str) -> str:
    """Forms send their own line ends."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@cache
def environment() -> Environment:
    """Return the templates of mail, compiled once."""
    return Environment(
        loader=PackageLoader("agent_ui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
