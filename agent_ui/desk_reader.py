"""What the desk's own templates ask about: views, fields, the composer, and who may see what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from agent_ui import pictures, signs
from agent_ui.catalogue import mark as _
from agent_ui.catalogue import translations
from agent_ui.models import (
    Attachment,
    Choice,
    Choices,
    Composer,
    Conflict,
    ErrorPage,
    EventLine,
    Item,
    Message,
    Promise,
    RailView,
    Thread,
    TicketList,
    Viewer,
)
from agent_ui.promise_line import PromiseLine, promise_line
from agent_ui.reader import Reader
from agent_ui.words import ERROR_TITLE

ANSWER_GOES = {
    "email": _("Reply by e-mail to %(to)s"),
    "hotline": _("Call back %(to)s"),
    "walk_in": _("Said at the counter to %(to)s"),
}
ANSWER_GOES_ELSEWHERE = _("Reply through %(channel)s to %(to)s")
UNASSIGNED = _("Unassigned")
NO_TOPIC = _("No topic")


@dataclass(frozen=True)
class DeskReader(Reader):
    """A reader at the desk."""

    def ticket_title(self, thread: Thread) -> str:
        """Return what an open ticket is called in the window's title."""
        return f"{self.isolate(f'#{thread.number}')} {self.isolate(thread.subject)}"

    def view_name(self, view: TicketList | RailView) -> str:
        """Return what a view of the inbox is called."""
        key = view.view if isinstance(view, TicketList) else view.key
        return self.words.name(view.name) or self.words.of("view", key)

    def empty_view(self, view: TicketList) -> tuple[str, str, str]:
        """Return icon, title and text for a view without tickets."""
        icon, title, text = (
            signs.EMPTY_STATUS
            if view.status
            else signs.EMPTY_VIEWS.get(view.view, signs.EMPTY_TEAM)
        )
        return icon, self.say(title), self.say(text)

    def error_words(self, view: ErrorPage) -> tuple[str, str]:
        """Return title and text for an HTTP status; a rare one is told like the general one."""
        code = str(view.status)
        if code not in ERROR_TITLE:
            code = "400" if 400 <= view.status < 500 else "500"
        return self.words.of("error_title", code), self.words.of("error_text", code)

    def promise_line(self, view: Promise) -> PromiseLine:
        """Return what a row of promises says."""
        return promise_line(view, self)

    def by_day(self, items: Iterable[Item]) -> Iterator[tuple[str, Item]]:
        """Yield every item, with the name of its day in front of the first of each."""
        last: date | None = None
        for item in items:
            day = item.at.astimezone(self.zone).date()
            yield ("" if day == last else self.times.calendar_day(item.at)), item
            last = day

    def chosen(self, choices: Choices) -> str:
        """Return what a field holds now."""
        now = next((choice for choice in choices.options if choice.selected), None)
        if now:
            return self.choice_name(choices.field, now)
        return self.say(NO_TOPIC if choices.field == "topic" else UNASSIGNED)

    def choice_name(self, field: str, choice: Choice) -> str:
        """Return what an option is called: its own name, or the word for its code."""
        if choice.name is not None:
            return self.words.name(choice.name)
        if not choice.value:
            return self.say(NO_TOPIC if field == "topic" else UNASSIGNED)
        return self.words.of(field, choice.value)

    def goes_without_saying(self, choices: Choices) -> bool:
        """Tell whether a field holds what almost every ticket holds, so that its sign is enough."""
        now = next((choice.value for choice in choices.options if choice.selected), "")
        return choices.field == "priority" and now == "normal"

    def answer_goes(self, composer: Composer) -> Markup:
        """Say through what and to whom an answer goes."""
        message = self.say(ANSWER_GOES.get(composer.channel, ANSWER_GOES_ELSEWHERE))
        channel = self.words.of("channel", composer.channel)
        to = Markup('<bdi dir="ltr">{}</bdi>').format(composer.to)
        return escape(message) % {"channel": channel, "to": to}

    def picture_mark(self, name: str) -> str:
        """Return what stands in a text for a picture of this name."""
        return pictures.said(name, self.locale)

    def with_pictures(self, message: Message) -> Iterator[tuple[str, Attachment | None]]:
        """Yield what stands before each picture of a text, and the picture, which has lines of its own."""
        shown = {picture.name: picture for picture in message.pictures}
        below = False
        for before, name in pictures.pieces(message.text, shown):
            text = before.removeprefix("\n") if below else before
            yield (text.removesuffix("\n") if name else text), shown.get(name)
            below = True

    @property
    def composer_answers(self) -> Markup:
        """Say where the answer to the composer goes: errors stay in it, the rest is the ticket's."""
        stay = "target:#composer swap:outerHTML push:false"
        return Markup(  # noqa: S704 - constants of ours
            'hx-target="#conversation" hx-swap="outerHTML" '
            f'hx-status:409="{stay}" hx-status:422="{stay}"'
        )

    def arrived_meanwhile(self, conflict: Conflict) -> str:
        """Say what happened while somebody was writing."""
        count = len(conflict.items)
        ngettext = translations(self.locale).ngettext
        if any(isinstance(item, EventLine) for item in conflict.items):
            said = ngettext(
                "%(num)s thing happened while you were writing",
                "%(num)s things happened while you were writing",
                count,
            )
        else:
            said = ngettext(
                "%(num)s new message arrived while you were writing",
                "%(num)s new messages arrived while you were writing",
                count,
            )
        return said % {"num": self.number(count)}

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys and what they do."""
        return tuple((key, self.say(meaning)) for key, meaning in signs.KEYS)

    def option(self, kind: str, choice: Choice) -> str:
        """Return what an option of a form is called; none is a dash."""
        if choice.name is not None:
            return self.words.name(choice.name)
        return self.words.of(kind, choice.value) if choice.value else "–"

    def declines(self) -> tuple[tuple[str, str], ...]:
        """Return why a ticket may be handed back."""
        return tuple((code, self.say(words)) for code, words in signs.DECLINES)

    def search_signs(self) -> tuple[tuple[str, str], ...]:
        """Return what may be typed to narrow a search, and what it does."""
        number = 1 if self.locale == "ar" else 0
        return tuple((row[number], self.say(row[2])) for row in signs.SEARCH)

    def oversees(self, viewer: Viewer) -> bool:
        """Tell whether the page of supervision is for this person."""
        return bool(viewer.roles & {"supervisor", "administrator"})

    def administers(self, viewer: Viewer) -> bool:
        """Tell whether the pages about the system itself are for this person."""
        return "administrator" in viewer.roles
