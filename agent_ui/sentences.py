"""Sentences for reasons and events, made from their codes in the reader's language.

A sentence names its parameters; ``KINDS`` says which of them are codes and of what kind. What is
missing or unknown is shown as an ellipsis or as it stands, because a screen must never fail on it.
"""

from collections.abc import Mapping
from datetime import date, datetime

from markupsafe import Markup, escape

from agent_ui import merge_words, rule_words, token_words, urls
from agent_ui.alarms import SENTENCES
from agent_ui.catalogue import mark as _
from agent_ui.days import both_days
from agent_ui.models.common import Param, Person, TicketMark
from agent_ui.times import shape
from agent_ui.words import Words

EVENTS = {
    "ticket_created": _("Ticket opened through %(channel)s"),
    "ticket_opened": _("Ticket opened through %(channel)s"),
    "ticket_reopened": _("Reopened"),
    "status_changed": _("Status: %(from)s → %(to)s"),
    "priority_changed": _("Priority: %(from)s → %(to)s"),
    "topic_changed": _("Topic: %(to)s"),
    "team_changed": _("Handed over to %(to)s"),
    "contact_class_changed": _("The contact is to be given preference"),
    "preference_ended": _("The contact is not to be given preference"),
    "assigned": _("Assigned to %(to)s"),
    "unassigned": _("No longer assigned"),
    "nobody_found": _("Nobody could be found for too long"),
    "taken": _("Taken by %(to)s"),
    "routed": _("Sent to %(team)s"),
    "linked": _("Linked to ticket %(number)s"),
    **merge_words.EVENTS,
    "snoozed": _("Put off until %(until)s"),
    "no_reply_needed": _("No answer is needed"),
    "read": _("Opened and read"),
    "clock_started": _("%(clock)s is due %(due_at)s"),
    "clock_breached": _("Late since %(due_at)s: %(clock)s"),
    "clock_warned": _("%(percent)s%% of the time is used: %(clock)s, due %(due_at)s"),
    "clock_escalated": _("Escalated at %(percent)s%% of the time: %(clock)s"),
    "notice_acknowledged": _("Note was taken: %(clock)s"),
    "clock_closing": _("The office closes soon: %(clock)s, due %(due_at)s"),
    "raised_by_policy": _("The policy raised the priority to %(to)s"),
    "returned_by_policy": _("The policy gave it back to the queue"),
    "given_by_policy": _("The policy assigned it to %(to)s"),
    "moved_by_policy": _("The policy handed it over to %(to)s"),
    **rule_words.EVENTS,
    "delivery_failed": _("An answer could not be sent"),
    "delivery_copy_failed": _("A copy of an answer did not arrive"),
    "invited": _("Who got a copy of the answer takes part from now on"),
    "delivery_undone": _("Sending was undone"),
    "delivery_resent": _("The answer was sent again"),
    "delivery_arrived": _("Marked as arrived"),
    "rating_asked": _("The contact was asked how it went"),
    "rated": _("The contact rated it: %(score)s"),
    "rating_changed": _("The contact changed the rating from %(before)s to %(score)s"),
    "rating_worded": _("The contact changed the words of the rating"),
}
REASONS = {
    # why a ticket is where it is
    "rule": _("The rule “%(rule)s” applied"),
    "topic_words": _("The topic %(topic)s was recognised by its words: %(words)s"),
    "topic": _("The topic is %(topic)s"),
    "channel": _("It came through %(channel)s"),
    "language": _("It is written in %(language)s"),
    "team": _("%(team)s looks after this"),
    "catch_all": _("No rule and no topic names a team, so it went to %(team)s"),
    "round_robin": _("%(agent)s was next in turn among those online"),
    "least_busy": _("%(agent)s had the fewest open tickets"),
    "same_agent": _("%(agent)s answered this person before"),
    "assigned_by_rule": _("A rule names %(agent)s"),
    "priority_of_topic": _("The topic makes it %(priority)s"),
    "topic_unknown": _("No topic could be recognised"),
    "nobody_online": _("Nobody in the team was online"),
    "nobody_on_shift": _("Nobody in the team is on shift"),
    "nobody_speaks_language": _("Nobody online speaks this language"),
    "nobody_knows_topic": _("Nobody online is trained for this topic"),
    "everyone_full": _("Everybody in the team has as much as they may carry"),
    "everyone_capped": _("Everybody in the team has had as many as they may get in an hour"),
    "everyone_declined": _("Everybody who could take it has handed it back"),
    "team_has_nobody": _("The team has no members"),
    **rule_words.REASONS,
    **merge_words.REASONS,
    **token_words.REASONS,
    "topic_under_itself": _("A topic cannot lie under itself"),
    "topic_chosen": _("Somebody chose the topic %(topic)s"),
    "topic_by_model": _("The topic %(topic)s was recognised from what similar messages were about"),
    "topic_by_keywords": _("The topic %(topic)s was recognised by its words"),
    "topic_names_unknown_team": _("The topic’s team no longer exists"),
    "policy_of_topic": _("The topic has a promise of its own"),
    "longest_idle": _("%(agent)s had been free the longest"),
    "most_spare_capacity": _("%(agent)s had the most room"),
    "declined_not_my_topic": _("%(agent)s handed it back: another topic"),
    "declined_not_my_language": _("%(agent)s handed it back: another language"),
    "declined_knows_the_person": _("%(agent)s handed it back: knows the person"),
    "declined_too_much": _("%(agent)s handed it back: too much at once"),
    "declined_other": _("%(agent)s handed it back"),
    "away_gave_back": _("%(agent)s went away before starting on it"),
    "not_yours": _("Only who has the ticket can hand it back"),
    "left_gave_back": _("%(agent)s no longer works in this team"),
    "overflowed": _("Nobody was there in %(team)s, so it went to the next team"),
    "nothing_given": _("Nothing was handed out by itself in these days."),
    "shares_unknown": _(
        "Who was there in these days was not written down, so there is nothing to compare with."
    ),
    "shares_even": _("Evenly handed out: everybody got close to what they might have expected."),
    "shares_uneven": _(
        "%(agent)s got %(more)s more than they might have expected, %(other)s %(fewer)s fewer."
    ),
    "never_works": _("Write at least one window, or let the team’s hours hold"),
    # why a clock stands
    "status_pending": _("we are waiting for the contact"),
    "status_on_hold": _("another office has to act first"),
    "outside_hours": _("the office is closed; it goes on %(until)s"),
    # what stops an answer
    "no_address": _("There is no address to which an answer may go"),
    "unverified_only": _(
        "This message came from a sender we could not verify, so no answer may go there"
    ),
    "automatic_only": _("Only automatic mail came in; there is nobody to answer"),
    "closed": _("The ticket is closed. A new message from the contact opens a new one"),
    "account_off": _("%(account)s is switched off, so nothing can be sent through it"),
    "not_allowed": _("Your role does not allow this"),
    "not_in_team": _("Only members of %(team)s may answer here"),
    "window_over": _("The time in which this channel accepts an answer is over"),
    # what is wrong with what was sent
    "empty": _("Write something first"),
    "empty_text": _("Write something first"),
    "too_long": _("This is too long"),
    "topic_in_rule": _("Rule “%(called)s” names this topic. Change the rule first"),
    "topic_in_policy": _("The promise “%(called)s” is made for this topic. Change it first"),
    "topic_needs_heir": _("Choose the topic that takes over what is open"),
    "text_too_long": _("This is too long"),
    "files_too_large": _("The files are too large to be sent together"),
    "too_many_files": _("These are too many files"),
    "not_a_picture": _("%(name)s is not a picture that mail programs can show"),
    "picture_missing": _(
        "The picture %(name)s is no longer with the answer. Add it again, or take its mark out of the text"
    ),
    "pictures_too_large": _("The pictures in the text are more than %(limit)s together"),
    "wrong_address": _("%(address)s is not an e-mail address"),
    "own_address": _("%(address)s is an address of ours"),
    "signature_too_long": _("A signature has at most %(limit)s characters"),
    "signature_too_many_lines": _("A signature has at most %(limit)s lines"),
    "too_many_copies": _("At most %(limit)s people can get a copy"),
    "score_missing": _("Choose one of the five first"),
    "rating_hours": _("Whole hours, from 1 to %(limit)s"),
    "comment_too_long": _("This is longer than %(limit)s characters, by %(over)s"),
    "form_key": _("This form is not complete. Load the page again"),
    "search_unread": _("“%(said)s” could not be read and was left out"),
    "search_no_such_status": _("There is no status “%(said)s”"),
    "search_no_such_channel": _("There is no channel “%(said)s”"),
    "search_no_such_tag": _("There is no tag “%(said)s”"),
    "search_no_such_topic": _("There is no topic “%(said)s”"),
    "search_cut_short": _(
        "There is too much of this to look through at once. Add a word, or a time"
    ),
    "search_busy": _("Many people are searching just now. Try again in a moment"),
    "bad_cursor": _("This place in the list no longer exists"),
    "address_taken": _("Somebody with this address is here already"),
    "status": _("This status cannot be chosen now"),
    "priority": _("There is no such priority"),
    "newer_things": _(
        "Something has changed since you looked. See how it stands now and repeat it"
    ),
    "conflict": _("Something has changed since you looked. See how it stands now and repeat it"),
    "forbidden": _("Your role or your teams do not include it. An administrator can change that."),
    "invalid": _("Go back and look at what you filled in."),
    "required": _("This has to be filled in"),
    "not_an_address": _("This is not an e-mail address"),
    "too_short": _("Use at least %(limit)s characters"),
    "not_the_same": _("The two are not the same"),
    "too_common": _("This password is too easy to guess"),
    "file_too_large": _("The file is larger than %(limit)s"),
    "already_taken": _("%(actor)s took this ticket first"),
    "not_possible": _("This cannot be changed from here"),
    "saved": _("Saved"),
    "bulk_done": _("Done with %(done)s tickets"),
    "bulk_told": _("Told so many people: %(people)s"),
    "bulk_none": _("No ticket was ticked"),
    "bulk_reason": _("Write the reason for the pause beside the button first"),
    "bulk_text": _("Write the note beside the button first"),
    "bulk_left": _("Done with %(done)s tickets; %(left)s stayed as they were"),
    "too_late": _("It has already left and cannot be undone"),
    "nobody_waits": _("Nobody waits for an answer here now"),
    # what is wrong with opening hours and promises
    "hours_unreadable": _("This cannot be read as hours. Write them like %(example)s"),
    "zone_unknown": _("There is no such time zone. Use a name such as Asia/Riyadh"),
    "date_unreadable": _("This is not a day"),
    "range_inverted": _("The last day lies before the first"),
    "period_too_long": _("These are more than 800 days. Choose fewer"),
    "range_too_long": _("This is longer than a year. Write the week itself instead"),
    "too_many_days": _("These are too many days with other hours: at most %(limit)s"),
    "name_taken": _("There is one of this name already"),
    "not_a_number": _("This is not a number above zero"),
    "nothing_promised": _("Promise at least one thing"),
    "no_calendar": _("There is no such calendar"),
    "percent": _("Use a number between 1 and %(limit)s"),
    "country_unknown": _("The holidays of this country and year are not known"),
    "overlap": _("Windows overlap on %(day)s; they count once"),
    "over_midnight": _("A window of %(day)s ends on the next day"),
    "never_opens": _("These hours never open, so nothing would ever be due"),
    "long_closure": _("It is closed from %(first)s to %(last)s"),
    # canned replies and articles
    "unknown_placeholder": _("Nothing can be filled in for %(said)s"),
    "not_a_shortcut": _("Use one word of letters or digits, without spaces and slashes"),
    "shortcut_taken": _("Another canned reply has this word already"),
    "not_a_link": _("This is not the address of a page. It begins with https://"),
    "not_your_teams": _("You write for the teams that you supervise. Choose among them"),
    "no_such_ticket": _("Your teams have no ticket with this number"),
    "piece_changed": _(
        "%(actor)s saved this meanwhile. What they wrote is kept among the versions;"
        " saving again puts yours in its place"
    ),
    # why something may help with an answer
    "help_topic": _("About %(topic)s"),
    "help_words": _("Words in common: %(words)s"),
    "help_used": _("In answers so far: %(count)s"),
    "help_busy": _("There is too much going on to look for help just now. Look again in a moment"),
    "windows_overlap": _("Windows overlap here. Write each hour once"),
    "closed_year": _("The office would be closed for a year or longer, until %(last)s"),
    "target_zero": _("Promise more than no time, or leave it empty to promise nothing"),
    "target_far": _("Promise at most %(limit)s hours"),
    "starts_past": _("This day is over. Leave it empty to begin at once"),
    "ends_past": _("This day is over"),
    "starts_same": _("A version that begins on this day is planned already. Change that one"),
    "dates_overlap": _("The next version begins before this one ends"),
    "choice_gone": _("This is no longer here. Choose again"),
    "step_minutes": _("Use a whole number of minutes between 1 and %(limit)s"),
    "step_nothing": _("Say who is told, or what becomes of the ticket"),
    "step_twice": _("There is a step at this moment already"),
    "no_alarm_account": _(
        "No account sends alarms yet. Choose one among the ways out of the house"
    ),
    "policy_hidden": _("No ticket comes as far as here: %(name)s fits all of them first"),
    # what a policy's steps say
    "step_percent": _("%(percent)s%% used"),
    "step_late": _("late by %(minutes)s working minutes"),
    "step_close": _("%(minutes)s minutes before the office closes"),
    "step_agent": _("whoever has the ticket is told"),
    "step_lead": _("the lead of the team is told"),
    "step_supervisors": _("the supervisors of the team are told"),
    "step_team": _("everybody of %(team)s is told"),
    "step_user": _("%(person)s is told"),
    "step_office": _("an e-mail goes to %(address)s"),
    "step_raise_next": _("the priority goes up by one"),
    "step_raise": _("the priority becomes %(priority)s"),
    "step_give_queue": _("the ticket goes back to the queue"),
    "step_give_team": _("the ticket goes to %(team)s"),
    "step_give_user": _("the ticket goes to %(person)s"),
    "step_tag": _("the tag %(tag)s is added"),
    # signing in
    "wrong_password": _("The address and the password do not belong together"),
    "too_many_tries": _("Too many tries. Try again in %(minutes)s min"),
    "signed_out": _("You have been signed out"),
    "session_ended": _("Your session has ended. Sign in again and you will be back where you were"),
    "role_changed": _("Your role has changed. Sign in again"),
    "link_used": _("This link has been used already or is no longer valid"),
    # why a message could not be sent
    "refused": _("The other side refused it: %(answer)s"),
    "Refused": _("The other side refused it: %(answer)s"),
    "RecipientGone": _("The address no longer exists"),
    "Unreachable": _("The server could not be reached"),
    "TemporaryFailure": _("The other side cannot take it now"),
    "SignInFailed": _("The server refused our name or password"),
    "unsendable": _("It cannot be put into a form that this channel accepts"),
    "imap": _("The mailbox cannot be read"),
    "smtp": _("Nothing can be sent through the mail server"),
    "recipient_gone": _("The address no longer exists"),
    "mailbox_full": _("The mailbox of the other side is full"),
    "cannot_connect": _("The server could not be reached"),
    "sign_in_refused": _("The server refused our name or password"),
    "certificate": _("The server’s certificate could not be checked"),
    "timeout": _("The server did not answer in time"),
    "rate_limited": _("The provider asks us to send more slowly"),
    "gave_up": _("It failed %(tries)s times"),
    "configuration": _("A setting is missing or wrong: %(setting)s"),
    # why an entry is in quarantine
    "unreadable": _("It could not be read: %(detail)s"),
    "too_large": _("It is larger than %(limit)s"),
    "too_deep": _("It is nested too deeply"),
    "took_too_long": _("Reading it took too long"),
    "could_not_store": _("It could not be stored: %(detail)s"),
}
# One spelling is used for whole-number and text parameters alike; these ones are codes.
KINDS = {
    "channel": "channel",
    "clock": "target",
    "target": "target",
    "language": "language",
    "status": "status",
    "priority": "priority",
    "score": "score",
    "before": "score",
}
FIELDS = {
    "status_changed": "status",
    "priority_changed": "priority",
    "raised_by_policy": "priority",
}
ANSWERED = _("The other side answered: %(answer)s")
UNKNOWN_EVENT = _("Something changed (%(code)s)")
MISSING = "…"


class _Params(dict[str, Markup]):
    def __missing__(self, key: str) -> Markup:
        return Markup(MISSING)  # noqa: S704 - a constant of ours


def event(kind: str, params: Mapping[str, Param], words: Words) -> Markup:
    """Return the line for one event."""
    kinds = KINDS | ({"from": FIELDS[kind], "to": FIELDS[kind]} if kind in FIELDS else {})
    return _say(EVENTS.get(kind, UNKNOWN_EVENT), {"code": kind, **params}, kinds, words)


def reason(code: str, params: Mapping[str, Param], words: Words) -> Markup:
    """Return the sentence for one reason; an unknown code stands for itself."""
    unknown = ANSWERED if "answer" in params else code.replace("%", "%%")
    return _say(REASONS.get(code) or SENTENCES.get(code, unknown), params, KINDS, words)


def _say(
    message: str, params: Mapping[str, Param], kinds: Mapping[str, str], words: Words
) -> Markup:
    said = _Params({key: _shown(key, value, kinds, words) for key, value in params.items()})
    return escape(words.catalogue.gettext(message)) % said


def _shown(key: str, value: Param, kinds: Mapping[str, str], words: Words) -> Markup:
    match value:
        case None | TicketMark():
            return to_ticket(value) if value else Markup(MISSING)  # noqa: S704 - a constant of ours
        case date():
            return escape(_when(value, words))
        case int():
            return escape(shape(f"{value:,}", words.digits))
        case str() if key.endswith("_at") and (at := _instant(value)):
            return escape(words.times.clock(at))
        case str() if key in kinds:
            return escape(words.of(kinds[key], value))
    return _isolated(value.name if isinstance(value, Person) else words.name(value))


def to_ticket(mark: TicketMark) -> Markup:
    """Return a ticket's number as a link to it."""
    number = Markup('<bdi dir="ltr" class="number">#{}</bdi>').format(mark.number)
    return Markup('<a href="{}">{}</a>').format(urls.ticket(mark.id), number) if mark.id else number


def _when(at: date, words: Words) -> str:
    """Say a moment, or a whole day by both calendars."""
    if isinstance(at, datetime):
        return words.times.clock(at)
    return both_days(at, words.locale, words.digits)


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _isolated(text: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(text)
