"""Write the body of an answer, as text and as HTML, in the language of its reader.

Mail programs know little CSS and no logical properties, so the direction stands on the outer table
and nothing below it depends on a side.
"""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from agent_ui.catalogue import mark as _
from agent_ui.catalogue import translations
from agent_ui.direction import direction
from agent_ui.models.codes import Locale

LEFT_TO_RIGHT, POP = "\u2066", "\u2069"
REFERENCE = _("Your reference: %(number)s")
WROTE = _("You wrote:")


def render_answer(
    text: str,
    *,
    language: Locale,
    signature: str = "",
    ticket_number: str = "",
    quoted: str = "",
) -> tuple[str, str]:
    """Return the plain text part and the HTML part."""
    catalogue = translations(language)
    reference, wrote = catalogue.gettext(REFERENCE), catalogue.gettext(WROTE)
    text, signature, quoted = (_lines(part) for part in (text, signature, quoted))
    html = (
        _environment()
        .get_template("mail/answer.html")
        .render(
            text=text,
            language=language,
            dir=direction(language),
            signature=signature,
            reference=reference.partition("%(number)s"),
            number=ticket_number,
            quoted=quoted,
            wrote=wrote,
        )
    )
    parts = [text]
    if signature:
        parts.append(signature)
    if ticket_number:
        parts.append(reference % {"number": f"{LEFT_TO_RIGHT}{ticket_number}{POP}"})
    if quoted:
        parts.append(f"{wrote}\n" + "\n".join(f"> {line}".rstrip() for line in quoted.splitlines()))
    return "\n\n".join(parts) + "\n", html


def _lines(text: str) -> str:
    """Forms send their own line ends."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("agent_ui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
