"""A rule as a form of plain questions, and back; what the form cannot ask is kept as it was written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from litestar.datastructures import FormMultiDict

from agent_ui.models import Choice, Name, Question, Reason
from agent_ui.models.codes import ChannelKind

PRIORITIES = ("low", "normal", "high", "urgent")
LANGUAGES = ("ar", "en", "fr")
FIELD_CHARACTERS = 4000

Condition = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may name: (id, name, depth) of topics, teams, accounts and people."""

    topics: Sequence[tuple[int, Name, int]]
    teams: Sequence[tuple[int, Name]]
    accounts: Sequence[tuple[int, str]]
    people: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class _Asks:
    question: str
    field: str
    op: str
    kind: str


ASKS = (
    _Asks("if_topic", "topic", "in", "ids"),
    _Asks("if_topic_unknown", "topic", "unknown", "yes"),
    _Asks("if_words", "words", "any", "words"),
    _Asks("if_all_words", "words", "all", "words"),
    _Asks("if_subject", "subject", "any", "words"),
    _Asks("if_channel", "channel", "in", "codes"),
    _Asks("if_account", "account", "in", "ids"),
    _Asks("if_language", "language", "in", "codes"),
    _Asks("if_sender", "sender", "in", "words"),
    _Asks("if_domain", "sender", "domain", "words"),
    _Asks("if_priority", "priority", "at_least", "code"),
    _Asks("if_earlier", "earlier_tickets", "at_least", "number"),
    _Asks("if_attachments", "attachments", "at_least", "one"),
    _Asks("if_vip", "vip", "is", "yes"),
)
UNLESS = (
    _Asks("unless_words", "words", "any", "words"),
    _Asks("unless_sender", "sender", "in", "words"),
)


def read(form: FormMultiDict, former: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the body of a rule as it was filled in."""
    group = "any" if form.get("match") == "any" else "all"
    asked = [one for ask in ASKS if (one := _condition(ask, form)) is not None]
    ruled_out = [one for ask in UNLESS if (one := _condition(ask, form)) is not None]
    when = (former or {}).get("when", {})
    kept = {name: _others(when.get(name, ()), UNLESS if name == "none" else ASKS) for name in when}
    kept[group] = [*asked, *kept.get(group, ())]
    kept["none"] = [*ruled_out, *kept.get("none", ())]
    then = {
        name: value
        for name, value in (former or {}).get("then", {}).items()
        if name not in {"topic", "team", "priority", "assign_to", "stop"}
    }
    for name in ("topic", "team", "assign_to"):
        if (number := _number(form.get(f"then_{name}"))) is not None:
            then[name] = number
    if form.get("then_priority") in PRIORITIES:
        then["priority"] = form.get("then_priority")
    if form.get("then_stop"):
        then["stop"] = True
    return {"when": {name: items for name, items in kept.items() if items}, "then": then}


def questions(name: str, body: Mapping[str, Any], known: Known) -> tuple[Question, ...]:
    """Ask everything that a rule can say, with what this one says filled in."""
    when = body.get("when", {})
    group = "any" if when.get("any") and not when.get("all") else "all"
    then = body.get("then", {})
    said = {ask.question: _said(ask, when.get(group, ())) for ask in ASKS}
    said |= {ask.question: _said(ask, when.get("none", ())) for ask in UNLESS}
    topics = [(str(topic), called, depth) for topic, called, depth in known.topics]
    return (
        Question("name", value=name),
        Question("match", "one", options=_codes(("all", "any"), group), of="match"),
        *(_question(ask, said[ask.question], known) for ask in (*ASKS, *UNLESS)),
        Question("then_topic", "one", options=_tree(topics, then.get("topic"))),
        Question("then_team", "one", options=_named(known.teams, then.get("team"))),
        Question(
            "then_priority",
            "one",
            options=_codes(("", *PRIORITIES), then.get("priority") or ""),
            of="priority",
        ),
        Question("then_assign_to", "one", options=_named(known.people, then.get("assign_to"))),
        Question("then_stop", "yes", value="yes" if then.get("stop") else ""),
    )


def sentences(
    items: Sequence[Mapping[str, Any]], names: Mapping[str, Mapping[Any, str]]
) -> tuple[Reason, ...]:
    """Say conditions in plain words; ``names`` are the reader's for ids and codes, by field."""
    return tuple(_sentence(item, names) for item in items)


def actions(then: Mapping[str, Any], names: Mapping[str, Mapping[Any, str]]) -> tuple[Reason, ...]:
    """Say what a rule does."""
    return tuple(
        Reason(f"do_{name}", {"to": _names(value, names.get(_OF.get(name, name), {}))})
        for name, value in then.items()
        if value
    )


_OF = {"assign_to": "person"}


def _sentence(item: Mapping[str, Any], names: Mapping[str, Mapping[Any, str]]) -> Reason:
    if "field" not in item:
        return Reason("if_group")
    ask = next((a for a in ASKS if (a.field, a.op) == (item["field"], item["op"])), None)
    shown = _names(item["value"], names.get(item["field"], {}))
    if ask is None:
        return Reason("if_other", {"field": item["field"], "op": item["op"], "value": shown})
    if ask.kind == "yes" and not item["value"]:
        return Reason(f"{ask.question}_not")
    return Reason(ask.question, {"value": shown})


def _names(value: object, names: Mapping[Any, str]) -> str:
    items = value if isinstance(value, list | tuple) else [value]
    return "، ".join(names.get(item, str(item)) for item in items)


def _condition(ask: _Asks, form: FormMultiDict) -> Condition | None:
    given = [
        text for text in form.getall(ask.question, []) if isinstance(text, str) and text.strip()
    ]
    value: object
    match ask.kind:
        case "ids":
            value = [number for text in given if (number := _number(text)) is not None]
        case "codes":
            value = given
        case "words":
            value = parts(given[0]) if given else []
        case "code":
            value = given[0] if given else ""
        case "number":
            value = _number(given[0]) if given else None
        case "one":
            value = 1 if given else None
        case _:
            value = True if given else None
    if value is None or value in ([], ""):
        return None
    return {"field": ask.field, "op": ask.op, "value": value}


def parts(text: str) -> list[str]:
    """Part a list as people write it: by commas of either script, or lines."""
    for mark in ("،", "؛", ";", "\n"):
        text = text.replace(mark, ",")
    return list(
        dict.fromkeys(part.strip() for part in text[:FIELD_CHARACTERS].split(",") if part.strip())
    )


def _others(items: Sequence[Mapping[str, Any]], asks: Sequence[_Asks]) -> list[Mapping[str, Any]]:
    """Return the conditions that the form has no question for, or asked already."""
    seen: set[str] = set()
    kept = []
    for item in items:
        ask = next(
            (a for a in asks if (a.field, a.op) == (item.get("field"), item.get("op"))), None
        )
        if ask is None or ask.question in seen or (ask.kind == "yes" and not item["value"]):
            kept.append(item)
        else:
            seen.add(ask.question)
    return kept


def _said(ask: _Asks, items: Sequence[Mapping[str, Any]]) -> Any:
    return next(
        (
            i["value"]
            for i in items
            if (i.get("field"), i.get("op")) == (ask.field, ask.op) and i["value"]
        ),
        None,
    )


def _question(ask: _Asks, said: Any, known: Known) -> Question:
    chosen = said if isinstance(said, list | tuple) else [said]
    topics = [(str(topic), called, depth) for topic, called, depth in known.topics]
    options = {
        "if_topic": lambda: _tree(topics, *chosen)[1:],
        "if_account": lambda: _named(known.accounts, *chosen)[1:],
        "if_channel": lambda: _codes(get_args(ChannelKind), *chosen),
        "if_language": lambda: _codes(LANGUAGES, *chosen),
        "if_priority": lambda: _codes(("", *PRIORITIES), said or ""),
    }.get(ask.question)
    if options is not None:
        return Question(
            ask.question,
            "one" if ask.kind == "code" else "many",
            options=options(),
            of=ask.field,
        )
    if ask.kind in {"yes", "one"}:
        return Question(ask.question, "yes", value="yes" if said else "")
    if ask.kind == "number":
        return Question(ask.question, "number", value="" if said is None else str(said))
    return Question(ask.question, value="، ".join(map(str, chosen)) if said else "")


def _codes(codes: Sequence[str], *chosen: object) -> tuple[Choice, ...]:
    return tuple(Choice(code, selected=code in chosen) for code in codes)


def _named(
    options: Sequence[tuple[int, Name] | tuple[int, str]], *chosen: object
) -> tuple[Choice, ...]:
    return (
        Choice("", selected=not any(chosen)),
        *(Choice(str(key), called, selected=key in chosen) for key, called in options),
    )


def _tree(options: Sequence[tuple[str, Name, int]], *chosen: object) -> tuple[Choice, ...]:
    wanted = {str(one) for one in chosen if one is not None}
    return (
        Choice("", selected=not wanted),
        *(
            Choice(key, called, selected=key in wanted, depth=depth)
            for key, called, depth in options
        ),
    )


def _number(text: object) -> int | None:
    return (
        int(text)
        if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 18
        else None
    )
