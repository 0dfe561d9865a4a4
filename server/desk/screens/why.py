"""Why a ticket is where it is, told as a story: what it was taken to be, which rules applied, who got it, what then."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from agent_ui.models import Param, Person, Reason
from agent_ui.models.rules import WhyStep
from agent_ui.reader import ISOLATE, POP_ISOLATE
from agent_ui.sentences import REASONS
from server.desk.screens.history import Names, plain
from server.tickets.queries.thread import Done

SAID_AS = {
    "topic_chosen": "topic",
    "team_of_topic": "team",
    "fallback_team": "catch_all",
    "last_agent": "same_agent",
    "most_spare_capacity": "least_busy",
}
"""Routing tells apart what one sentence can say."""
TITLES = {
    "topic_unknown": "about",
    "topic_chosen": "about",
    "topic_given": "about",
    "topic_by_keywords": "about",
    "team_of_topic": "team",
    "fallback_team": "team",
    "topic_names_unknown_team": "team",
    "priority_of_topic": "team",
    "policy_of_topic": "team",
}
"""Which part of the story a reason of routing belongs to; all others are about rules."""
SURE, LIKELY = 0.9, 0.7
NAMED = 8
"""So many names are said; of more, only how many there are."""


def why(decisions: Sequence[Done], known: Names) -> tuple[WhyStep, ...]:
    """Tell what was decided, the first thing first."""
    return tuple(
        step for event in reversed(decisions) for step in _steps(event, known) if step.lines
    )


def _steps(event: Done, known: Names) -> Iterator[WhyStep]:
    given = event.data.get("reasons", ())
    if event.kind == "routed":
        for title in ("about", "rules", "team"):
            # How many rules were read is known last and said first.
            lines = [
                line
                for reason in sorted(given, key=lambda one: one["code"] != "rules_read")
                if TITLES.get(reason["code"], "rules") == title
                for line in _lines(reason, event, known)
            ]
            others = _others(event, known) if title == "rules" else ()
            yield WhyStep(title, (*lines, *others), event.at)
        return
    lines = [line for reason in given for line in _lines(reason, event, known)]
    if event.actor is not None and not given:
        lines = [_by_hand(event, event.actor.name, event.actor.id, known)]
    yield WhyStep(_title(event), tuple(lines), event.at)


def _title(event: Done) -> str:
    if event.kind == "waits_for_agent":
        return "waits"
    if event.kind == "assigned" and event.data.get("to") is not None and event.actor is None:
        return "person"
    return "later"


def _by_hand(event: Done, name: str, actor: int, known: Names) -> Reason:
    params: dict[str, Param] = {"actor": Person(actor, name)}
    to = event.data.get("to")
    if event.kind == "team_changed":
        return Reason("hand_team", params | {"team": known.team(to)})
    if to is None:
        return Reason("hand_nobody", params)
    if to == actor:
        return Reason("hand_taken", params)
    return Reason("hand_person", params | {"to": known.person(to)})


def _lines(given: Mapping[str, Any], event: Done, known: Names) -> Iterator[Reason]:
    code = given["code"]
    match code:
        case "topic_given" | "topic_by_keywords":
            yield _topic(given, known)
        case "rules_read":
            code = "rules_read" if given["hit"] else "no_rule_applied"
            yield Reason(code, {"looked": given["looked"], "hit": given["hit"]})
        case "rule":
            yield from _applied(given, event, known)
        case "refused":
            yield _passed_over(given, known)
        case _:
            reason = Reason(SAID_AS.get(code, code), _params(given, known))
            if reason.code in REASONS:
                yield reason


def _topic(given: Mapping[str, Any], known: Names) -> Reason:
    params: dict[str, Param] = {"topic": known.topic(given.get("topic"))}
    if "share" in given:
        return Reason("topic_by_keywords", params)
    sure = given.get("confidence")
    if sure is None:
        return Reason("topic", params)
    degree = "sure" if sure >= SURE else "likely" if sure >= LIKELY else "maybe"
    return Reason(f"topic_{degree}", params | {"percent": round(sure * 100)})


def _applied(given: Mapping[str, Any], event: Done, known: Names) -> Iterator[Reason]:
    rule: dict[str, Param] = {"rule": known.rule(given.get("rule"))}
    settled = given.get("set", ())
    data = event.data
    if not settled:
        yield Reason("rule", rule)
    for name in settled:
        more: dict[str, Param] = {}
        match name:
            case "team":
                more = {"team": known.team(data.get("team"))}
            case "topic":
                more = {"topic": known.topic(data.get("topic"))}
            case "priority":
                more = {"priority": data.get("priority")}
            case "tags":
                more = {"tags": _listed(known.tags.get(tag, "") for tag in data.get("tags", ()))}
        yield Reason(f"rule_sets_{name}", rule | more)


def _others(event: Done, known: Names) -> Iterator[Reason]:
    """Name the rules that were read and did not apply."""
    reasons = event.data.get("reasons", ())
    hit = {reason.get("rule") for reason in reasons if reason["code"] == "rule"}
    ended = {reason.get("rule") for reason in reasons if reason["code"] == "stopped_by_rule"}
    names: list[str] = []
    for rule in known.versions.get(event.data.get("rules", 0), ()):
        if rule["enabled"] and rule["id"] not in hit:
            names.append(rule["name"])
        if rule["id"] in ended:
            break
    if names:
        yield Reason("rules_not_applied", {"rules": _some(names)})


def _passed_over(given: Mapping[str, Any], known: Names) -> Reason:
    people = [known.person(one) for one in given.get("agents", ())]
    named = [person.name for person in people if person is not None]
    count = given.get("count", len(named))
    return Reason(f"passed_{given.get('why')}", {"names": _some(named, count), "count": count})


def _some(names: Sequence[str], count: int | None = None) -> str:
    """List names; of many the first ones and how many more there are."""
    shown = names[:NAMED]
    more = (len(names) if count is None else count) - len(shown)
    return _listed(shown) + (f" +{more}" if more > 0 else "")


def _listed(names: Iterable[str]) -> str:
    """List names of either script: each keeps its direction to itself, and the dot belongs to neither."""
    return " · ".join(f"{ISOLATE}{name}{POP_ISOLATE}" for name in names if name)


def _params(given: Mapping[str, Any], known: Names) -> dict[str, Param]:
    params: dict[str, Param] = {}
    for key, value in given.items():
        match key:
            case "agent" | "actor":
                params[key] = known.person(value)
            case "team":
                params[key] = known.team(value)
            case "topic":
                params[key] = known.topic(value)
            case "rule" | "by":
                params[key] = known.rule(value)
            case "code":
                pass
            case _:
                params.update([plain((key, value))])
    return params
