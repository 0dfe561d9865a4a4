"""Instants from the ruined date headers that mailers write; None rather than a guess at "now"."""

import re
from datetime import UTC, datetime, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv ene gen ocak يناير",
            "feb fév fev şub فبراير",
            "mar mär mrz mars mart مارس",
            "apr avr abr nis ابريل أبريل إبريل",
            "may mai mag mayıs maj mei مايو",
            "jun juin haz giu يونيو",
            "jul juil tem lug يوليو",
            "aug aoû aou ago ağu اغسطس أغسطس",
            "sep set eyl سبتمبر",
            "oct okt ott eki out اكتوبر أكتوبر",
            "nov kas نوفمبر",
            "dec déc dez dic ara ديسمبر",
        ),
        1,
    )
    for name in names.split()
}
ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60, "met": 60,
    "mez": 60, "cest": 120, "mest": 120, "mesz": 120, "eet": 120, "eest": 180, "msk": 180,
    "ast": -240, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360,
    "pst": -480, "pdt": -420, "akst": -540, "hst": -600, "jst": 540, "kst": 540, "pkt": 300,
    "trt": 180, "gst": 240, "hkt": 480, "sgt": 480, "aest": 600, "aedt": 660, "nzst": 720,
    "nzdt": 780, "adt": -180,
}  # fmt: skip
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
COMMENT = re.compile(r"\([^()]*\)?")
CLOCK, DOTTED_CLOCK = (
    re.compile(
        rf"(?<!\d)(\d{{1,2}}){between}(\d{{1,2}})(?:[:.](\d{{1,2}})(?!\d)(?:[.,]\d+)?)?(?!\.?\d)"
        r"\s*([ap]\.?m\b\.?|[صم](?!\w))?",
        re.IGNORECASE,
    )
    for between in (":", r"\.")
)
OFFSET = re.compile(r"(?:gmt|utc?)?\s*([+-])\s?(\d{1,2}):?(\d{2})?(?:\.\d+)?(?!\d)", re.IGNORECASE)
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s,]|$)")
NAMED = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.)?[\s\-/.,]*([^\W\d_]{3,})\.?[\s\-/.,]*(\d{2,5})"
)
MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?[\s\-]+(\d{1,2})(?:st|nd|rd|th)?(?!\d|[:.]\d)")
YEAR = re.compile(r"(?<![\d:+-])(\d{4})(?![\d:])")
NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
USUAL = re.compile(
    r"(?:[A-Za-z]{3},?\s+)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+"
    r"(\d\d):(\d\d)(?::(\d\d))?\s+([+-])(\d\d)(\d\d)(?!\d)"
)


def parse(value: str) -> datetime | None:
    """Read a date in any usual or unusual order, in UTC."""
    found = USUAL.match(value)
    if found and (month := MONTHS.get(found[2].lower())):
        offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
        return _instant(
            (int(found[3]), month, int(found[1])),
            (int(found[4]), int(found[5]), int(found[6] or 0)),
            -offset if found[7] == "-" else offset,
        )
    return _lenient(value[:200])


def _lenient(value: str) -> datetime | None:
    value = COMMENT.sub(" ", value.translate(DIGITS)).strip()
    clock = CLOCK.search(value) or DOTTED_CLOCK.search(value)
    rest = value if not clock else f"{value[: clock.start()]} {value[clock.end() :]}"
    day = _day(value, rest)
    if day is None:
        return None
    time = (0, 0, 0) if clock is None else _time(clock)
    offset = timedelta(0)
    if clock is not None:
        offset = _offset(value[clock.end() :])
    return _instant(day, time, offset)


def _time(clock: re.Match[str]) -> tuple[int, int, int]:
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    half = (clock[4] or "").lower()
    if half[:1] in ("p", "م") and hour < 12:
        hour += 12
    if half[:1] in ("a", "ص") and hour == 12:
        hour = 0
    return hour, minute, second


def _day(value: str, rest: str) -> tuple[int, int, int] | None:
    """Find year, month and day; four digits first mean ISO, a month's name means itself."""
    if found := ISO.search(value):
        return int(found[1]), int(found[2]), int(found[3])
    if (found := NAMED.search(rest)) and (month := _month(found[2])):
        return _year(found[3]), month, int(found[1])
    if (found := MONTH_FIRST.search(rest)) and (month := _month(found[1])):
        year = YEAR.search(rest, found.end())
        return (int(year[1]), month, int(found[2])) if year else None
    if found := NUMERIC.search(rest):
        first, second, year_ = int(found[1]), int(found[2]), int(found[3])
        return (year_, first, second) if second > 12 else (year_, second, first)
    return None


def _month(name: str) -> int | None:
    name = name.lower()
    return MONTHS.get(name) or MONTHS.get(name[:4]) or MONTHS.get(name[:3])


def _year(digits: str) -> int:
    """Two and three digits are years since 1900, as RFC 5322 says of old mailers."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _offset(tail: str) -> timedelta:
    """Read `+0300`, `GMT+3`, `+03:00` or a zone's name; unknown names are UTC."""
    found = OFFSET.search(tail)
    if found:
        hours, minutes = int(found[2]), int(found[3] or 0)
        if hours <= 15 and minutes < 60:
            offset = timedelta(hours=hours, minutes=minutes)
            return -offset if found[1] == "-" else offset
        return timedelta(0)
    for name in re.findall(r"[A-Za-z]+", tail):
        if name.lower() in ZONES:
            return timedelta(minutes=ZONES[name.lower()])
    return timedelta(0)


def _instant(
    day: tuple[int, int, int], time: tuple[int, int, int], offset: timedelta
) -> datetime | None:
    hour, minute, second = time
    try:
        return datetime(*day, hour, minute, min(second, 59), tzinfo=UTC) - offset
    except (ValueError, OverflowError):
        return None
