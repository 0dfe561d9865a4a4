"""Write a mail of alarms: numbers first, then the first few by name, then where the rest stands.

It names tickets by number and never repeats what a citizen wrote: it leaves the house.
"""

from agent_ui.catalogue import mark as _
from agent_ui.catalogue import translations
from agent_ui.mail.answer import LEFT_TO_RIGHT, POP, render_answer
from agent_ui.models.alarms import AlarmLine, AlarmMail
from agent_ui.reader import Reader

SUBJECT = _("Tawasul: %(what)s")
TEST = _("This is a test: alarms reach you by this way.")
TEST_SUBJECT = _("a test of the alarms")
HELD = _("This was kept back during your quiet hours.")
ALL = _("Everything: %(link)s")
CHANGE = _("What you are told of, and when not, you choose here: %(link)s")
LINE = _("%(number)s · %(target)s · due %(when)s")


def render_alarm(
    mail: AlarmMail, reader: Reader, *, settings_link: str | None
) -> tuple[str, str, str]:
    """Return the subject, the text and the HTML."""
    what = reader.say(TEST_SUBJECT) if mail.test else reader.alarm_counts(mail.counts)
    parts = [reader.say(TEST) if mail.test else what]
    if mail.held:
        parts.append(reader.say(HELD))
    parts += [_line(line, reader) for line in mail.lines]
    more = mail.whole - len(mail.lines)
    if more > 0:
        ngettext = translations(reader.locale).ngettext
        said = ngettext("and %(num)s more", "and %(num)s more", more)
        parts.append(said % {"num": reader.number(more)})
    parts.append(reader.say(ALL) % {"link": mail.link})
    if settings_link is not None:
        parts.append(reader.say(CHANGE) % {"link": settings_link})
    text, html = render_answer("\n\n".join(parts), language=reader.locale)
    return reader.say(SUBJECT) % {"what": what}, text, html


def _line(line: AlarmLine, reader: Reader) -> str:
    if line.reason is not None:
        return f"{reader.because(line.reason).striptags()} ({reader.times.clock(line.at)})"
    return reader.say(LINE) % {
        "number": f"{LEFT_TO_RIGHT}#{line.number}{POP}",
        "target": reader.words.of("target", line.target or ""),
        "when": reader.times.clock(line.due_at) if line.due_at else "–",
    }
