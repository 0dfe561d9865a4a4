"""Say what stands in a report: periods and their parts, figures and what they mean, the lines of a breakdown."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar

from babel.dates import format_date
from hijridate import Gregorian

from agent_ui.catalogue import mark as _
from agent_ui.catalogue import translations
from agent_ui.days import DayWords
from agent_ui.metric_words import MEANING, METRIC
from agent_ui.models.report import Figure, Ratings, ReportPart, ReportPeriod, ReportRow
from agent_ui.times import shape

ONE_DAY = timedelta(days=1)
TOO_FEW = _("too few")
NOBODY: Mapping[str, str] = {
    "topic": _("No topic"),
    "agent": _("Unassigned"),
    "calendar": _("No calendar"),
    "total": _("All"),
}
KINDS: Mapping[str, str] = {
    "day": _("Day"),
    "week": _("Week"),
    "month": _("Month"),
    "hijri": _("Hijri month"),
    "days": _("Other days"),
}
BY: Mapping[str, str] = {
    "team": _("Team"),
    "topic": _("Topic"),
    "channel": _("Channel"),
    "agent": _("Agent"),
    "priority": _("Priority"),
    "calendar": _("Calendar"),
}


class ReportWords(DayWords):
    """What a reader is told about figures."""

    report_kinds: ClassVar[Mapping[str, str]] = KINDS
    report_by: ClassVar[Mapping[str, str]] = BY

    def metric(self, metric: str) -> str:
        """Return what a figure is called."""
        return self._said(METRIC[metric])

    def meaning(self, metric: str) -> str:
        """Return what a figure means."""
        return self._said(MEANING[metric])

    def period_name(self, period: ReportPeriod) -> str:
        """Return what a period is called in its own calendar."""
        match period.kind:
            case "day":
                return self.full_day(period.first)
            case "month":
                return self._shaped(period.first, "MMMM y")
            case "hijri":
                there = Gregorian.fromdate(period.first).to_hijri()
                name = f"{there.month_name(self.locale)} {there.year} {there.notation(self.locale)}"
                return shape(name, self.digits)
            case _:
                return self.day_range(period.first, period.last)

    def day_range(self, first: date, last: date) -> str:
        """Return the first and the last of some days, the year once where it is the same."""
        same = first.year == last.year
        return f"{self._shaped(first, 'd MMM' if same else 'd MMM y')} – {self._shaped(last, 'd MMM y')}"

    def part_name(self, part: ReportPart, *, hijri: bool) -> str:
        """Return what a day, week or month of a period is called."""
        if part.first == part.last:
            day = self._shaped(part.first, "EEE d MMM")
            return f"{self.hijri(part.first)} ({day})" if hijri else day
        whole = part.first.day == 1 and (part.last + ONE_DAY).day == 1
        if whole and part.last - part.first < timedelta(days=31):
            return self._shaped(part.first, "MMMM y")
        return self.day_range(part.first, part.last)

    def figure_value(self, figure: Figure, *, before: bool = False) -> str:
        """Write a headline figure, or what it was before."""
        value = figure.before if before else figure.value
        if value is None:
            return self.too_few if figure.metric == "satisfied" else "–"
        return self.percent(value) if figure.percent else self.decimal(value)

    @property
    def too_few(self) -> str:
        """Say why no share is told."""
        return self._said(TOO_FEW)

    def points(self, mean: float | None) -> str:
        """Write a mean of points."""
        return "–" if mean is None else self.decimal(mean)

    def satisfied(self, ratings: Ratings) -> str:
        """Write the share of the satisfied, or why there is none."""
        if not ratings.rated:
            return "–"
        return self.too_few if ratings.satisfied is None else self.percent(ratings.satisfied)

    def _shaped(self, day: date, pattern: str) -> str:
        return shape(format_date(day, pattern, locale=self.locale), self.digits)

    def _said(self, message: str) -> str:
        return translations(self.locale).gettext(message)

    def row_nobody(self, row: ReportRow) -> str:
        """Return what the line of those without one is called."""
        return self._said(NOBODY.get(row.kind, NOBODY["total"]))
