"""One reader at one moment: how names, numbers, reasons and times are said to them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cached_property
from typing import ClassVar

from markupsafe import Markup, escape

from agent_ui import sentences, signs, stylesheet, urls
from agent_ui.catalogue import mark as _
from agent_ui.catalogue import translations
from agent_ui.direction import direction, line_direction
from agent_ui.due import Due, due
from agent_ui.models import (
    Choice,
    Choices,
    Composer,
    Conflict,
    ErrorPage,
    EventLine,
    Item,
    Person,
    RailView,
    Reason,
    Thread,
    TicketList,
    Viewer,
)
from agent_ui.models.codes import Digits, Locale, Theme
from agent_ui.times import Times, shape
from agent_ui.words import ERROR_TITLE, Words

COUNT_CAP = 999
KILO = 1024
LARGEST_FILE = 25_000_000
ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
ANSWER_GOES = {
    "email": _("Reply by e-mail to %(to)s"),
    "hotline": _("Call back %(to)s"),
    "walk_in": _("Said at the counter to %(to)s"),
}
ANSWER_GOES_ELSEWHERE = _("Reply through %(channel)s to %(to)s")
UNASSIGNED = _("Unassigned")
NO_TOPIC = _("No topic")
SIZES = (_("%(num)s B"), _("%(num)s KB"), _("%(num)s MB"))


@dataclass(frozen=True)
class Reader:
    """Everything a template may ask about the person it is written for."""

    locale: Locale
    now: datetime
    zone: tzinfo
    digits: Digits = "latn"
    theme: Theme = "auto"
    csrf_token: str = ""

    pointing: ClassVar[frozenset[str]] = signs.POINTING
    view_icons: ClassVar[Mapping[str, str]] = signs.VIEW_ICONS
    view_keys: ClassVar[Mapping[str, str]] = signs.VIEW_KEYS
    field_icons: ClassVar[Mapping[str, str]] = signs.FIELD_ICONS
    field_verbs: ClassVar[Mapping[str, str]] = signs.FIELD_VERBS
    field_keys: ClassVar[Mapping[str, str]] = signs.FIELD_KEYS
    delivery_icons: ClassVar[Mapping[str, str]] = signs.DELIVERY_ICONS
    largest_file: ClassVar[int] = LARGEST_FILE
    statuses: ClassVar[tuple[str, ...]] = signs.STATUSES

    @property
    def dir(self) -> str:
        return direction(self.locale)

    @cached_property
    def icons(self) -> str:
        """Return the address of the drawings."""
        return self.static("vendor/icons.svg")

    @property
    def stylesheet(self) -> str:
        """Return the address of the rules as they are now."""
        return urls.stylesheet(stylesheet.version())

    def static(self, path: str) -> str:
        """Return the address of a file as it is now, so that it may be kept for ever."""
        return urls.static(path, version=stylesheet.static_version(path))

    @cached_property
    def times(self) -> Times:
        return Times(self.locale, self.digits, self.zone, self.now, translations(self.locale))

    @cached_property
    def words(self) -> Words:
        return Words(self.locale, self.digits, translations(self.locale), self.times)

    def say(self, message: str) -> str:
        """Return a marked message in the reader's language."""
        return translations(self.locale).gettext(message)

    def tip(self, text: str, key: str) -> str:
        """Return a tooltip that also names the key."""
        return f"{text} ({self.isolate(key.upper())})"

    def number(self, value: int) -> str:
        """Write a number in the reader's digits."""
        return shape(f"{value:,}", self.digits)

    def count(self, value: int) -> str:
        """Write a count, which nobody reads exactly beyond 999."""
        return f"{self.number(COUNT_CAP)}+" if value > COUNT_CAP else self.number(value)

    def figure(self, value: int) -> str:
        """Write a figure of a table, where nothing is quieter than a zero."""
        return self.number(value) if value else "–"

    def size(self, bytes_: int) -> Markup:
        """Write the size of a file, isolated so that its unit stays behind it."""
        power = min(len(SIZES) - 1, max(0, (bytes_.bit_length() - 1) // 10))
        value = bytes_ / KILO**power
        said = shape(f"{value:.1f}" if power and value < 10 else f"{value:.0f}", self.digits)
        return Markup("<bdi>{}</bdi>").format(self.say(SIZES[power]) % {"num": said})

    def isolate(self, text: str) -> str:
        """Keep a text's direction to itself where no element can, as in a title."""
        return f"{ISOLATE}{text}{POP_ISOLATE}"

    def ticket_title(self, thread: Thread) -> str:
        """Return what an open ticket is called in the window's title."""
        return f"{self.isolate(f'#{thread.number}')} {self.isolate(thread.subject)}"

    def because(self, reason: Reason) -> Markup:
        """Say a reason."""
        return sentences.reason(reason.code, reason.params, self.words)

    def happened(self, event: EventLine) -> Markup:
        """Say an event."""
        return sentences.event(event.kind, event.params, self.words)

    def due(
        self, at: datetime, *, warn_at: datetime | None = None, since: datetime | None = None
    ) -> Due:
        """Return how a promise stands now."""
        return due(at, now=self.now, warn_at=warn_at, since=since)

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

    def by_day(self, items: Iterable[Item]) -> Iterator[tuple[str, Item]]:
        """Yield every item, with the name of its day in front of the first of each."""
        last: date | None = None
        for item in items:
            day = item.at.astimezone(self.zone).date()
            yield ("" if day == last else self.times.calendar_day(item.at)), item
            last = day

    def names(self, people: Iterable[Person]) -> Markup:
        """List people by name."""
        comma = "، " if self.locale == "ar" else ", "
        return escape(comma).join(Markup("<bdi>{}</bdi>").format(one.name) for one in people)

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

    def dir_of(self, text: str) -> str:
        """Return the way a line runs: that of its first letter after any "Re:"."""
        return line_direction(text) or self.dir

    def answer_goes(self, composer: Composer) -> Markup:
        """Say through what and to whom an answer goes."""
        message = self.say(ANSWER_GOES.get(composer.channel, ANSWER_GOES_ELSEWHERE))
        channel = self.words.of("channel", composer.channel)
        to = Markup('<bdi dir="ltr">{}</bdi>').format(composer.to)
        return escape(message) % {"channel": channel, "to": to}

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

    def file_icon(self, media_type: str) -> str:
        """Return the drawing for a file of this type."""
        return signs.file_icon(media_type)

    def oversees(self, viewer: Viewer) -> bool:
        """Tell whether the page of supervision is for this person."""
        return bool(viewer.roles & {"supervisor", "administrator"})

    def administers(self, viewer: Viewer) -> bool:
        """Tell whether the pages about the system itself are for this person."""
        return "administrator" in viewer.roles
