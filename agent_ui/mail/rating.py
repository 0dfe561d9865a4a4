"""Write the mail that asks a citizen how it went: five links, why it came, until when it may be answered.

The words are kept with the ticket, the links are not: they are made when the mail leaves, so that nobody at the
desk holds one.
"""

from datetime import date

from babel.dates import format_date

from agent_ui.catalogue import mark as _
from agent_ui.catalogue import translations
from agent_ui.direction import direction
from agent_ui.mail.answer import LEFT_TO_RIGHT, POP, REFERENCE, SEPARATOR, environment
from agent_ui.models.codes import Digits, Locale
from agent_ui.rating_words import SCORE, SCORES
from agent_ui.times import shape

ASK = _("Your request has been dealt with. How did we handle it?")
HOW = _("Choose one of the five. A page opens on which you confirm it and may add a few words.")
WHY = _(
    "You get this message once, because we answered your request and regard it as settled. "
    "You may answer until %(day)s."
)
NOT_SETTLED = _("Is something still open? Then answer this message, and we take it up again.")


def rating_words(language: Locale) -> str:
    """Return what is asked, as it is kept with the ticket."""
    say = translations(language).gettext
    return f"{say(ASK)}\n\n{say(HOW)}"


def render_rating(
    text: str, *, language: Locale, link: str, until: date, signature: str, ticket_number: str
) -> tuple[str, str]:
    """Return the plain text part and the HTML part."""
    say = translations(language).gettext
    digits: Digits = "arab" if language == "ar" else "latn"
    scores = [
        (shape(str(score), digits), say(SCORE[str(score)]), f"{link}?score={score}")
        for score in SCORES
    ]
    day = shape(format_date(until, "d MMMM y", locale=language), digits)
    below = (say(WHY) % {"day": day}, say(NOT_SETTLED))
    reference = say(REFERENCE)
    html = (
        environment()
        .get_template("mail/rating.html")
        .render(
            text=text,
            scores=scores,
            below=below,
            language=language,
            dir=direction(language),
            signature=signature,
            reference=reference.partition("%(number)s"),
            number=ticket_number,
        )
    )
    parts = [text, "\n".join(f"{score} – {word}: {to}" for score, word, to in scores), *below]
    number = reference % {"number": f"{LEFT_TO_RIGHT}{ticket_number}{POP}"}
    parts.append(f"{SEPARATOR}\n" + "\n\n".join(filter(None, (signature, number))))
    return "\n\n".join(parts) + "\n", html
