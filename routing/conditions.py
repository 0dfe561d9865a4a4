"""What a rule may ask about an inquiry: each field with the comparisons that make sense for it.

A condition is compiled once into a function of a `Reading`; nothing in it can raise later.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import TYPE_CHECKING, Final

from routing.errors import InvalidRule
from routing.facts import PRIORITIES
from routing.text import search_terms

if TYPE_CHECKING:
    from routing.reading import Reading

Test = Callable[["Reading"], bool]
_PHRASES: Final = 200
_LENGTH: Final = 400


def _strings(value: object, where: str) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else [value]
    if not items or len(items) > _PHRASES:
        raise InvalidRule(where, f"needs between 1 and {_PHRASES} words or phrases")
    for item in items:
        if not isinstance(item, str) or not item.strip() or len(item) > _LENGTH:
            raise InvalidRule(where, f"needs text of 1 to {_LENGTH} characters, not {item!r:.60}")
    return tuple(items)


def _numbers(value: object, where: str) -> frozenset[int]:
    items = value if isinstance(value, list | tuple) else [value]
    if not items or not all(isinstance(item, int) and not isinstance(item, bool) for item in items):
        raise InvalidRule(where, "needs one or more ids")
    return frozenset(items)


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidRule(where, f"needs a number, not {value!r:.60}")
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidRule(where, f"needs true or false, not {value!r:.60}")
    return value


def _rank(value: object, where: str) -> int:
    if not isinstance(value, str) or value not in PRIORITIES:
        raise InvalidRule(where, f"needs one of {', '.join(PRIORITIES)}, not {value!r:.60}")
    return PRIORITIES.index(value)


def _topic_in(value: object, where: str) -> Test:
    wanted = _numbers(value, where)
    return lambda reading: not wanted.isdisjoint(reading.topic_path)


def _topic_exactly(value: object, where: str) -> Test:
    wanted = _numbers(value, where)
    return lambda reading: reading.topic in wanted


def _topic_unknown(value: object, where: str) -> Test:
    wanted = _flag(value, where)
    return lambda reading: (reading.topic is None) is wanted


def _confidence_at_least(value: object, where: str) -> Test:
    bound = _number(value, where)
    return lambda reading: (
        reading.topic_confidence is not None and reading.topic_confidence >= bound
    )


def _confidence_below(value: object, where: str) -> Test:
    bound = _number(value, where)
    return lambda reading: reading.topic_confidence is None or reading.topic_confidence < bound


def _channel(value: object, where: str) -> Test:
    wanted = frozenset(_strings(value, where))
    return lambda reading: reading.inquiry.channel in wanted


def _account(value: object, where: str) -> Test:
    wanted = _numbers(value, where)
    return lambda reading: reading.inquiry.account in wanted


def _language(value: object, where: str) -> Test:
    wanted = frozenset(item.lower() for item in _strings(value, where))
    return lambda reading: reading.language in wanted


def _phrases(value: object, where: str) -> tuple[tuple[str, str], ...]:
    phrases = []
    for item in _strings(value, where):
        terms = search_terms(item)
        if not terms:
            raise InvalidRule(where, f"{item!r:.60} has no letters or digits")
        phrases.append((terms[0] if len(terms) == 1 else "", f" {' '.join(terms)} "))
    return tuple(phrases)


def _any_words(value: object, where: str) -> Test:
    phrases = _phrases(value, where)
    single = frozenset(word for word, _ in phrases if word)
    longer = tuple(spaced for word, spaced in phrases if not word)
    if not longer:
        return lambda reading: not single.isdisjoint(reading.words)
    return lambda reading: (
        not single.isdisjoint(reading.words) or any(phrase in reading.spaced for phrase in longer)
    )


def _all_words(value: object, where: str) -> Test:
    phrases = _phrases(value, where)
    single = frozenset(word for word, _ in phrases if word)
    longer = tuple(spaced for word, spaced in phrases if not word)
    return lambda reading: (
        single <= reading.words and all(phrase in reading.spaced for phrase in longer)
    )


def _any_subject_words(value: object, where: str) -> Test:
    phrases = tuple(spaced for _, spaced in _phrases(value, where))
    return lambda reading: any(phrase in reading.spaced_subject for phrase in phrases)


def _all_subject_words(value: object, where: str) -> Test:
    phrases = tuple(spaced for _, spaced in _phrases(value, where))
    return lambda reading: all(phrase in reading.spaced_subject for phrase in phrases)


def _sender(value: object, where: str) -> Test:
    wanted = frozenset(item.strip().lower() for item in _strings(value, where))
    return lambda reading: reading.sender in wanted


def _sender_domain(value: object, where: str) -> Test:
    wanted = tuple(item.strip().lower().lstrip("@") for item in _strings(value, where))
    ends = tuple(f"@{domain}" for domain in wanted) + tuple(f".{domain}" for domain in wanted)
    return lambda reading: "@" in reading.sender and reading.sender.endswith(ends)


def _priority_in(value: object, where: str) -> Test:
    items = value if isinstance(value, list | tuple) else [value]
    if not items:
        raise InvalidRule(where, "needs at least one priority")
    wanted = frozenset(_rank(item, where) for item in items)
    return lambda reading: reading.rank in wanted


def _priority_at_least(value: object, where: str) -> Test:
    bound = _rank(value, where)
    return lambda reading: reading.rank >= bound


def _vip(value: object, where: str) -> Test:
    wanted = _flag(value, where)
    return lambda reading: reading.inquiry.vip is wanted


def _calendar_open(value: object, where: str) -> Test:
    wanted = _numbers(value, where)
    return lambda reading: any(reading.inquiry.calendars.get(one) is True for one in wanted)


def _calendar_closed(value: object, where: str) -> Test:
    wanted = _numbers(value, where)
    return lambda reading: any(reading.inquiry.calendars.get(one) is False for one in wanted)


def _weekday(value: object, where: str) -> Test:
    wanted = _numbers(value, where)
    if not wanted <= frozenset(range(7)):
        raise InvalidRule(where, "needs weekdays from 0 (Monday) to 6 (Sunday)")
    return lambda reading: reading.inquiry.at.weekday() in wanted


def _hours(value: object, where: str) -> Test:
    try:
        start, end = (time.fromisoformat(item) for item in _pair(value, where))
    except ValueError as error:
        raise InvalidRule(where, 'needs two times such as ["08:00", "14:30"]') from error
    if start.tzinfo or end.tzinfo or start == end:
        raise InvalidRule(where, "needs two different times without a zone")
    if start < end:
        return lambda reading: start <= reading.inquiry.at.time() < end
    return lambda reading: reading.inquiry.at.time() >= start or reading.inquiry.at.time() < end


def _dates(value: object, where: str) -> Test:
    try:
        first, last = (date.fromisoformat(item) for item in _pair(value, where))
    except ValueError as error:
        raise InvalidRule(where, 'needs two dates such as ["2026-03-01", "2026-03-30"]') from error
    if last < first:
        raise InvalidRule(where, "ends before it begins")
    return lambda reading: first <= reading.inquiry.at.date() <= last


def _pair(value: object, where: str) -> tuple[str, str]:
    if (
        not isinstance(value, list | tuple)
        or len(value) != 2
        or not all(isinstance(item, str) for item in value)
    ):
        raise InvalidRule(where, "needs a beginning and an end")
    return value[0], value[1]


def _attachments_at_least(value: object, where: str) -> Test:
    bound = _number(value, where)
    return lambda reading: reading.inquiry.attachments >= bound


def _attachments_below(value: object, where: str) -> Test:
    bound = _number(value, where)
    return lambda reading: reading.inquiry.attachments < bound


def _earlier_at_least(value: object, where: str) -> Test:
    bound = _number(value, where)
    return lambda reading: reading.inquiry.earlier_tickets >= bound


def _earlier_below(value: object, where: str) -> Test:
    bound = _number(value, where)
    return lambda reading: reading.inquiry.earlier_tickets < bound


FIELDS: Final[Mapping[str, Mapping[str, Callable[[object, str], Test]]]] = {
    "topic": {"in": _topic_in, "exactly": _topic_exactly, "unknown": _topic_unknown},
    "topic_confidence": {"at_least": _confidence_at_least, "below": _confidence_below},
    "channel": {"in": _channel},
    "account": {"in": _account},
    "language": {"in": _language},
    "words": {"any": _any_words, "all": _all_words},
    "subject": {"any": _any_subject_words, "all": _all_subject_words},
    "sender": {"in": _sender, "domain": _sender_domain},
    "priority": {"in": _priority_in, "at_least": _priority_at_least},
    "attachments": {"at_least": _attachments_at_least, "below": _attachments_below},
    "vip": {"is": _vip},
    "earlier_tickets": {"at_least": _earlier_at_least, "below": _earlier_below},
    "calendar": {"open": _calendar_open, "closed": _calendar_closed},
    "weekday": {"in": _weekday},
    "time": {"between": _hours},
    "date": {"between": _dates},
}

# For whoever builds rules on screen: each field with its comparisons.
COMPARISONS: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(ops) for name, ops in FIELDS.items()
}
