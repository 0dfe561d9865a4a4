"""One reader at one moment: how names, numbers, reasons and times are said to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from typing import ClassVar

from markupsafe import Markup, escape

from agent_ui import accounts, rating_words, sentences, signs, stylesheet, urls
from agent_ui.alarms import AlarmWords
from agent_ui.catalogue import mark as _
from agent_ui.catalogue import translations
from agent_ui.direction import direction, line_direction
from agent_ui.due import Due, due
from agent_ui.models import (
    EventLine,
    Person,
    Reason,
)
from agent_ui.models.codes import Digits, Locale, Theme
from agent_ui.models.common import TicketMark
from agent_ui.models.report import ReportRow
from agent_ui.models.watch import AccountLine
from agent_ui.report_words import ReportWords
from agent_ui.times import Times, shape
from agent_ui.words import Words

COUNT_CAP = 999
KILO = 1024
LARGEST_FILE = 25_000_000
ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
SIZES = (_("%(num)s B"), _("%(num)s KB"), _("%(num)s MB"))


@dataclass(frozen=True)
class Reader(AlarmWords, ReportWords):
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
    scores: ClassVar[tuple[int, ...]] = rating_words.SCORES
    low_score: ClassVar[int] = rating_words.LOW

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

    @property
    def scripts(self) -> str:
        """Return the folder of the scripts as they are now."""
        return urls.scripts(stylesheet.scripts_version())

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

    def row_name(self, row: ReportRow) -> str:
        """Return what a line of a report is about."""
        if row.kind in {"channel", "priority"} and row.word:
            return self.words.of(row.kind, row.word)
        return self.words.name(row.name) or row.word or self.row_nobody(row)

    def to_ticket(self, mark: TicketMark) -> Markup:
        """Name a ticket by its number, which leads to it."""
        return sentences.to_ticket(mark)

    def because(self, reason: Reason) -> Markup:
        """Say a reason."""
        return sentences.reason(reason.code, reason.params, self.words)

    def happened(self, event: EventLine) -> Markup:
        """Say an event."""
        return sentences.event(event.kind, event.params, self.words)

    def account_line(self, line: AccountLine) -> Markup:
        """Say one line of a promise's account."""
        return accounts.said(line, self.words, self.times, self)

    def due(
        self, at: datetime, *, warn_at: datetime | None = None, since: datetime | None = None
    ) -> Due:
        """Return how a promise stands now."""
        return due(at, now=self.now, warn_at=warn_at, since=since)

    @property
    def comma(self) -> str:
        """Return what stands between the parts of a list."""
        return "، " if self.locale == "ar" else ", "

    def names(self, people: Iterable[Person]) -> Markup:
        """List people by name."""
        return escape(self.comma).join(Markup("<bdi>{}</bdi>").format(one.name) for one in people)

    def dir_of(self, text: str) -> str:
        """Return the way a line runs: that of its first letter after any "Re:"."""
        return line_direction(text) or self.dir

    def file_icon(self, media_type: str) -> str:
        """Return the drawing for a file of this type."""
        return signs.file_icon(media_type)
