"""Write what a citizen hears at once: that the message has arrived, and under which number.

Nothing that the citizen wrote is repeated: the sender's address may be forged, and whoever it belongs to
must not be sent a stranger's words in our name.
"""

from agent_ui.catalogue import mark as _
from agent_ui.catalogue import translations
from agent_ui.models.codes import Locale

SUBJECT = _("We have received your message: %(number)s")
RECEIVED = _("Thank you for writing to us. Your message has arrived and we are looking after it.")
MORE = _("If you want to add something, answer this message; you need not send it again.")


def render_acknowledgement(*, language: Locale, ticket_number: str) -> tuple[str, str]:
    """Return the subject and the text; the number follows below the text like that of any answer."""
    say = translations(language).gettext
    return say(SUBJECT) % {"number": ticket_number}, f"{say(RECEIVED)}\n\n{say(MORE)}"
