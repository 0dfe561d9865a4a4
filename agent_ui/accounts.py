"""How a promise was reckoned, a sentence a line: codes in, the reader's words out."""

from collections.abc import Iterator

from markupsafe import Markup, escape

from agent_ui.catalogue import mark as _
from agent_ui.days import DayWords
from agent_ui.models.watch import AccountLine
from agent_ui.times import Times
from agent_ui.words import Words

LINES = {
    "started": _("Started: %(cause)s. Promised are %(allowed)s of working time"),
    "antedated": _("Counted from an earlier moment: %(cause)s"),
    "postdated": _("Counted from a later moment: %(cause)s"),
    "paused": _("Stopped: %(cause)s"),
    "resumed": _("Went on: %(cause)s"),
    "answered": _("An answer was written"),
    "accepted": _("Fulfilled: %(cause)s"),
    "unanswered": _("The answer did not leave: %(cause)s"),
    "breached": _("Became late"),
    "cancelled": _("No longer needed: %(cause)s"),
    "reopened": _("Goes on after all: %(cause)s"),
    "restored": _("Counts on as if it had never ended: %(cause)s"),
    "given": _("%(open)s of working time more, so that it is not late at once"),
    "retargeted": _("Other terms from here on: %(cause)s. Promised are now %(allowed)s"),
    "recounted": _("All of it was counted again: %(cause)s"),
    "counted": _("%(day)s: %(open)s counted, until %(until)s"),
    "counted_late": _("%(day)s: %(open)s over time, until %(until)s"),
    "to_count": _("%(day)s: %(open)s still to come, until %(until)s"),
    "closed_day": _("%(day)s: closed all day"),
    "due": _("Due, after %(allowed)s of working time"),
    "met": _("Kept with %(open)s of working time to spare"),
    "met_late": _("Kept, but %(open)s of working time late"),
    "late": _("Late by %(open)s of working time"),
    "left": _("%(open)s of working time are left"),
    "waiting": _("Stands still with %(open)s of working time left"),
    "over": _("Ended without an answer: %(cause)s"),
    "never_due": _("Its calendar never opens again, so nothing is due"),
}
CAUSES = {
    "citizen_message": _("the contact wrote"),
    "opened_for_citizen": _("the ticket was opened for the contact"),
    "public_reply": _("we answered"),
    "reply_accepted": _("the answer was accepted for delivery"),
    "reply_undone": _("it was taken back"),
    "reply_failed": _("it could not be sent"),
    "no_reply_needed": _("no answer is needed"),
    "status_new": _("the ticket is new again"),
    "status_open": _("the ticket is open again"),
    "status_pending": _("we are waiting for the contact"),
    "status_on_hold": _("another office has to act first"),
    "status_resolved": _("the ticket was resolved"),
    "status_closed": _("the ticket was closed"),
    "ticket_ended": _("the ticket was resolved or closed"),
    "priority_changed": _("the priority changed"),
    "topic_changed": _("the topic changed"),
    "team_changed": _("the team changed"),
    "contact_class_changed": _("the preference of the contact changed"),
    "policy_changed": _("the policy changed"),
    "calendar_changed": _("the calendar changed"),
    "hours_changed": _("the hours of the team or the channel changed"),
    "merged_away": _("the ticket became part of another"),
    "took_over": _("it took over another ticket"),
    "came_back": _("the merge was undone"),
    "part_left": _("a ticket that was merged into it was given back"),
    "message_split": _("a message became a ticket of its own"),
    "earlier_message_waits": _("an earlier message waits for the same answer"),
    "due": _("its time had come"),
}
FOLDED = _("%(num)s of working time in between")
OWN_HOURS = _("with that day’s own hours")


def said(line: AccountLine, words: Words, times: Times, days: DayWords) -> Markup:
    """Return the sentence of one line; an unknown code stands for itself."""
    say = words.catalogue.gettext
    if line.params.get("folded"):
        return escape(say(FOLDED)) % {"num": times.working(line.open or 0)}
    cause = str(line.params.get("cause") or "")
    allowed = line.params.get("allowed")
    params = {
        "cause": say(CAUSES[cause]) if cause in CAUSES else cause.replace("_", " ") or "–",
        "allowed": times.working(allowed) if isinstance(allowed, int) else "–",
        "day": days.both_days(line.day) if line.day else "–",
        "open": times.working(line.open) if line.open is not None else "–",
        "until": _until(line, times),
    }
    text = escape(say(LINES[line.code])) % params if line.code in LINES else escape(line.code)
    beside: list[str | Markup] = []
    if line.params.get("exception"):
        beside.append(say(OWN_HOURS))
    beside += [_isolated(name) for name in _names(line)]
    if beside:
        text += Markup(" <small>({})</small>").format(Markup(" · ").join(beside))
    return text


def _until(line: AccountLine, times: Times) -> str:
    """Say until when, with the day where it is another than the line's."""
    if line.until is None:
        return "–"
    same = line.day in {None, times.first_day(line.until)}
    return times.time_of_day(line.until) if same else times.dated(line.until)


def _names(line: AccountLine) -> Iterator[str]:
    """Give what people called the things that a line is about."""
    for name in (line.occasion, line.params.get("policy"), line.params.get("calendar")):
        if isinstance(name, str) and name:
            yield name


def _isolated(name: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(name)
