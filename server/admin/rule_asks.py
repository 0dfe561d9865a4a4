"""Everything that a rule may ask, as questions of a form: what is typed into each, and what it is in the rule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from routing.facts import PRIORITIES
from server.kit.lists import parted

Kind = Literal[
    "ids", "codes", "code", "words", "number", "percent", "times", "dates", "weekdays", "fixed"
]
FIELD_CHARACTERS: Final = 8000
NUMBER_CHARACTERS: Final = 18


class Unusable(ValueError):
    """What was typed cannot be used; the code says why."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A condition as the form asks for it; ``fixed`` is the value of one that needs none."""

    code: str
    field: str
    op: str
    kind: Kind
    fixed: bool = True


TOPIC: Final = (
    Ask("if_topic", "topic", "in", "ids"),
    Ask("if_topic_exactly", "topic", "exactly", "ids"),
    Ask("if_topic_unknown", "topic", "unknown", "fixed"),
    Ask("if_topic_known", "topic", "unknown", "fixed", fixed=False),
    Ask("if_sure", "topic_confidence", "at_least", "percent"),
    Ask("if_unsure", "topic_confidence", "below", "percent"),
)
SAID: Final = (
    Ask("if_words", "words", "any", "words"),
    Ask("if_all_words", "words", "all", "words"),
    Ask("if_subject", "subject", "any", "words"),
    Ask("if_all_subject", "subject", "all", "words"),
    Ask("if_language", "language", "in", "codes"),
    Ask("if_attachments", "attachments", "at_least", "number"),
    Ask("if_few_attachments", "attachments", "below", "number"),
)
SENDER: Final = (
    Ask("if_sender", "sender", "in", "words"),
    Ask("if_domain", "sender", "domain", "words"),
    Ask("if_vip", "vip", "is", "fixed"),
    Ask("if_vip_not", "vip", "is", "fixed", fixed=False),
    Ask("if_earlier", "earlier_tickets", "at_least", "number"),
    Ask("if_few_earlier", "earlier_tickets", "below", "number"),
)
WHERE: Final = (
    Ask("if_channel", "channel", "in", "codes"),
    Ask("if_account", "account", "in", "ids"),
)
WHEN: Final = (
    Ask("if_open", "calendar", "open", "ids"),
    Ask("if_closed", "calendar", "closed", "ids"),
    Ask("if_weekday", "weekday", "in", "weekdays"),
    Ask("if_time", "time", "between", "times"),
    Ask("if_date", "date", "between", "dates"),
)
URGENCY: Final = (
    Ask("if_priority", "priority", "at_least", "code"),
    Ask("if_priority_in", "priority", "in", "codes"),
)
GROUPS: Final[Mapping[str, tuple[Ask, ...]]] = {
    "topic": TOPIC,
    "said": SAID,
    "sender": SENDER,
    "where": WHERE,
    "when": WHEN,
    "urgency": URGENCY,
}
BY_CODE: Final[Mapping[str, Ask]] = {ask.code: ask for asks in GROUPS.values() for ask in asks}


def ask_of(condition: Mapping[str, Any]) -> Ask:
    """Return the question that a condition answers."""
    return next(
        ask
        for ask in BY_CODE.values()
        if (ask.field, ask.op) == (condition["field"], condition["op"])
        and (ask.kind != "fixed" or ask.fixed is condition["value"])
    )


def typed(ask: Ask, value: Any) -> tuple[str, ...]:
    """Return what somebody would have typed for this value."""
    items = value if isinstance(value, list | tuple) else [value]
    match ask.kind:
        case "words":
            return ("، ".join(map(str, items)),)
        case "percent":
            return (f"{value * 100:g}",)
        case "number":
            return (f"{value:g}",)
        case "fixed":
            return ()
        case _:
            return tuple(map(str, items))


def value_of(ask: Ask, given: Sequence[str]) -> Any:
    """Return the value that was typed; :class:`Unusable` says what is wrong with it."""
    if ask.kind == "fixed":
        return ask.fixed
    filled = [text.strip() for text in given if text.strip()]
    if not filled:
        raise Unusable("required")
    return _READ[ask.kind](filled)


def _words(filled: list[str]) -> list[str]:
    found = parted(filled[0][:FIELD_CHARACTERS])
    if not found:
        raise Unusable("required")
    return found


def _numbers(filled: list[str]) -> list[int]:
    return [_number([text]) for text in filled]


def _number(filled: list[str]) -> int:
    if not filled[0].isdecimal() or len(filled[0]) > NUMBER_CHARACTERS:
        raise Unusable("not_a_whole_number")
    return int(filled[0])


def _share(filled: list[str]) -> float:
    percent = _number(filled)
    if not 0 < percent <= 100:
        raise Unusable("not_a_share")
    return percent / 100


def _priority(filled: list[str]) -> str:
    if filled[0] not in PRIORITIES:
        raise Unusable("not_possible")
    return filled[0]


def _both(filled: list[str]) -> list[str]:
    if len(filled) != 2:
        raise Unusable("required")
    return filled


_READ: Final[Mapping[Kind, Callable[[list[str]], Any]]] = {
    "ids": _numbers,
    "weekdays": _numbers,
    "codes": list,
    "code": _priority,
    "words": _words,
    "number": _number,
    "percent": _share,
    "times": _both,
    "dates": _both,
}
