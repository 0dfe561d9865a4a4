"""The reader's words for the codes that view models carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from gettext import NullTranslations

from agent_ui import rule_words, token_words
from agent_ui.alarms import KINDS, OUTCOMES
from agent_ui.catalogue import mark as _
from agent_ui.metric_words import METRIC
from agent_ui.models.codes import Digits, Locale
from agent_ui.models.common import Name
from agent_ui.rating_words import SCORE
from agent_ui.signs import DECLINES
from agent_ui.times import Times

# A lone heh looks like a circle; its initial form is what abbreviations use.
LONE_FORMS = {"ه": "هـ"}
PRODUCT = _("Tawasul")
STATUS = {
    "new": _("New"),
    "open": _("Open"),
    "pending": _("Pending"),
    "on_hold": _("On hold"),
    "resolved": _("Resolved"),
    "closed": _("Closed"),
}
PRIORITY = {
    "low": _("Low"),
    "normal": _("Normal"),
    "high": _("High"),
    "urgent": _("Urgent"),
}
CHANNEL = {
    "email": _("E-mail"),
    "telegram": _("Telegram"),
    "webchat": _("Live chat"),
    "hotline": _("Hotline"),
    "messenger": _("Messenger"),
    "instagram": _("Instagram"),
    "whatsapp": _("WhatsApp"),
    "x": _("X"),
    "app": _("Smart app"),
    "walk_in": _("Service counter"),
}
TARGET = {
    "first_response": _("First response"),
    "next_response": _("Next response"),
    "resolution": _("Resolution"),
}
CONTACT_CLASS = {
    "vip": _("Contacts given preference"),
    "ordinary": _("Contacts not given preference"),
}
CLOCK = {
    "idle": _("Not started"),
    "running": _("Running"),
    "paused": _("Paused"),
    "answered": _("Answered, on its way"),
    "met": _("Kept"),
    "breached": _("Late"),
    "met_late": _("Kept late"),
    "cancelled": _("No longer needed"),
}
DELIVERY = {
    "held": _("Leaving shortly"),
    "queued": _("Waiting to be sent"),
    "sending": _("Being sent"),
    "sent": _("Sent"),
    "delivered": _("Delivered"),
    "read": _("Read"),
    "failed": _("Could not be sent"),
    "uncertain": _("It is not known whether this arrived"),
}
PRESENCE = {
    "online": _("Online"),
    "away": _("Away"),
    "offline": _("Offline"),
}
ROLE = {
    "agent": _("Agent"),
    "supervisor": _("Supervisor"),
    "administrator": _("Administrator"),
}
VIEW = {
    "mine": _("Assigned to me"),
    "unassigned": _("Unassigned"),
    "all": _("All tickets"),
    "late": _("Late"),
}
ACCOUNT = {
    "connected": _("Connected"),
    "connecting": _("Connecting"),
    "waiting": _("Trying again shortly"),
    "failed": _("Not connected"),
    "off": _("Switched off"),
    "kept": _("Keeps its mail here"),
}
DIRECTION = {
    "in": _("Message from the contact"),
    "out": _("Our answer"),
    "note": _("Internal note"),
    "call": _("Call"),
}
FIELD = {
    "status": _("Status"),
    "assignee": _("Assigned to"),
    "team": _("Team"),
    "topic": _("Topic"),
    "priority": _("Priority"),
}
ERROR_TITLE = {
    "400": _("This could not be understood"),
    "403": _("This is not open to you"),
    "404": _("Nothing is here"),
    "405": _("This does not work that way"),
    "409": _("Somebody was faster"),
    "413": _("This is too large"),
    "422": _("Something is missing"),
    "429": _("A little too fast"),
    "500": _("Something went wrong on our side"),
    "503": _("Back in a moment"),
}
ERROR_TEXT = {
    "400": _("Go back, load the page again and repeat what you did."),
    "403": _("Your role or your teams do not include it. An administrator can change that."),
    "404": _("The address is wrong, or what was here has been moved."),
    "405": _("Go back and use the buttons of the page."),
    "409": _("It has changed since you opened it. Load the page again to see how it stands now."),
    "413": _("Send less at once, or a smaller file."),
    "422": _("Go back and look at what you filled in."),
    "429": _("Too many requests came from here. Wait a moment and try again."),
    "500": _("It has been written down. What you typed is kept; try again in a moment."),
    "503": _("The desk is starting or its database is away. The page can be loaded again shortly."),
}
COLUMN = {
    "ticket": _("Ticket"),
    "target": _("Promise"),
    "turn": _("Turn"),
    "outcome": _("Outcome"),
    "started": _("Started"),
    "due": _("Due"),
    "decided": _("Decided"),
    "hours": _("Working hours used"),
    "team": _("Team"),
    "topic": _("Topic"),
    "channel": _("Channel"),
    "agent": _("Agent"),
    "priority": _("Priority"),
    "status": _("Status"),
    "calendar": _("Calendar"),
    "score": _("Points"),
    "comment": _("In their words"),
    "asked_at": _("Asked on"),
    "rated_at": _("Answered on"),
    "first_median": _("First response: median working hours"),
    "first_p90": _("First response: 9 of 10 within working hours"),
    "resolution_median": _("Resolution: median working hours"),
    "resolution_p90": _("Resolution: 9 of 10 within working hours"),
}
MEASURE = {
    "late": _("Late now"),
    "soon": _("Due within the hour"),
    "later": _("Due later today"),
    "waiting": _("Everybody who waits"),
    "unassigned": _("Unassigned"),
    "open": _("Open"),
}
LANGUAGE = {"ar": _("Arabic"), "en": _("English"), "fr": _("French")}
DIGITS = {"arab": _("Arabic digits"), "latn": _("Western digits")}
THEME = {"auto": _("As the device"), "light": _("Light"), "dark": _("Dark")}

QUESTION = {
    **rule_words.QUESTION,
    "name": _("Name"),
    "name_ar": _("Name in Arabic"),
    "name_en": _("Name in English"),
    "parent": _("It lies under"),
    "keywords": _("Words that tell of it (part them by commas)"),
    "examples": _("How people say it, in any language or dialect (one sentence a line)"),
    "team": _("Team"),
    "priority": _("Priority"),
    "strategy": _("Who is next"),
    "hourly_cap": _("At most so many an hour for one person (empty: no limit)"),
    "grace_minutes": _("Minutes after which somebody who is away gives back what is untouched"),
    "patience_minutes": _("Minutes after which supervisors are told that nobody could be found"),
    "overflow_team": _("Where tickets go then if nobody is there at all"),
    "capacity": _("How much at once (a mail counts 1, a chat 5)"),
    "languages": _("Languages"),
    "every_topic": _("Every topic"),
    "topics": _("Or only these topics"),
}
FORM = {
    **rule_words.FORM,
    "topic": _("Topic"),
    "new_topic": _("New topic"),
    "way": _("How tickets are handed out"),
    "skills": _("What this person can take"),
    "save": _("Save"),
}
SHARE = {
    "team": _("Team"),
    "agent": _("Agent"),
    "present": _("Hours there"),
    "given": _("Given"),
    "expected": _("Expected"),
    "difference": _("More or fewer"),
    "taken": _("Taken"),
    "handed": _("Handed over"),
    "came_back": _("Came back"),
    "declined": _("Handed back"),
    "gave_back": _("Left lying"),
    "carried": _("Hours of open tickets"),
}
STRATEGY = {
    "round_robin": _("One after the other"),
    "most_spare_capacity": _("Whoever has the most room"),
    "longest_idle": _("Whoever has been free the longest"),
}
KNOWLEDGE = {"reply": _("Canned replies"), "article": _("Articles")}
KNOWLEDGE_ONE = {"reply": _("Canned reply"), "article": _("Article")}
TRAINING = {
    "kept": _("Better or as good: taken into use"),
    "worse": _("Worse on what was held back: not used"),
    "worse_on_seeded": _("Worse on the example sentences: not used. Look at the latest choices"),
    "too_few_examples": _("Too few examples to learn from"),
    "took_too_long": _("It took too long and was stopped"),
    "failed": _("It failed; the log says why"),
    "running": _("Learning"),
}

SETS: Mapping[str, Mapping[str, str]] = {
    "status": STATUS,
    "priority": PRIORITY,
    "channel": CHANNEL,
    "target": TARGET,
    "clock": CLOCK,
    "contact_class": CONTACT_CLASS,
    "delivery": DELIVERY,
    "presence": PRESENCE,
    "role": ROLE,
    "view": VIEW,
    "account": ACCOUNT,
    "direction": DIRECTION,
    "measure": MEASURE,
    "metric": METRIC,
    "column": COLUMN,
    "field": FIELD,
    "alarm": KINDS,
    "alarm_outcome": OUTCOMES,
    "error_title": ERROR_TITLE,
    "error_text": ERROR_TEXT,
    "language": LANGUAGE,
    "digits": DIGITS,
    "theme": THEME,
    "question": QUESTION,
    "form": FORM,
    "share": SHARE,
    "score": SCORE,
    "decline": dict(DECLINES),
    "strategy": STRATEGY,
    **rule_words.SETS,
    **token_words.SETS,
    "knowledge": KNOWLEDGE,
    "knowledge_one": KNOWLEDGE_ONE,
    "training": TRAINING,
}


@dataclass(frozen=True, slots=True)
class Words:
    """What one reader calls things."""

    locale: Locale
    digits: Digits
    catalogue: NullTranslations
    times: Times

    @property
    def product(self) -> str:
        return self.catalogue.gettext(PRODUCT)

    def of(self, kind: str, code: str) -> str:
        """Return the word for a code; an unknown code is shown as it is rather than failing."""
        message = SETS[kind].get(code)
        return self.catalogue.gettext(message) if message else code

    def name(self, name: Name | str | None) -> str:
        """Return a name in the reader's language, or in the other one if it has only that."""
        if isinstance(name, Name):
            first, second = (name.ar, name.en) if self.locale == "ar" else (name.en, name.ar)
            return first or second
        return name or ""

    def initials(self, name: str) -> str:
        """Return up to two letters for a person; a thin space keeps Arabic ones from joining."""
        parts = [part for part in name.split() if part not in {"ال", "بن", "بنت", "al"}]
        letters = [part.removeprefix("ال")[:1].upper() for part in (parts[:1] + parts[1:][-1:])]
        return "\u202f".join(LONE_FORMS.get(letter, letter) for letter in letters if letter)
