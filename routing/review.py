"""Look over a set of rules before it is saved: what is broken, and what can never happen.

Rules run once from top to bottom, so a run always ends; but they can name what is gone, stand where nothing
reaches them, ask for what cannot be, or send topics to and fro.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from routing.facts import Existing, Reason
from routing.implied import CHANGED_BY_RULES, conditions, implies, same
from routing.rules import Rule
from routing.topics import TopicTree

_SETTINGS: Final = ("topic", "team", "priority", "policy", "assign_to", "auto_reply")
_CHOICES: Final = frozenset({"channel", "account", "language", "priority", "weekday"})
_PATH = tuple[str, Mapping[str, Any]]


def review(rules: Sequence[Rule], *, topics: TopicTree, existing: Existing) -> tuple[Reason, ...]:
    """List what is wrong with the rules, each with the rule's id and `where` in it.

    `names_unknown_…`: it names what is gone. `never_matches`: its conditions rule each other out.
    `never_reached`, `shadowed`, `contradicts`, `goes_in_circle`: because of the rule `by`, it is not reached, adds
    nothing, decides otherwise under the same conditions, or takes back what that one did.
    """
    found: list[Reason] = []
    above: list[Rule] = []
    for rule in rules:
        found += _gone(rule, topics, existing)
        if not rule.enabled:
            continue
        found += _impossible(rule)
        found += _because_of_others(rule, above)
        above.append(rule)
    return tuple(found)


def _gone(rule: Rule, topics: TopicTree, existing: Existing) -> Iterator[Reason]:
    then = rule.then
    named: list[tuple[str, str, int, Collection[int] | None]] = [
        (f"then.{setting}", kind, value, known)
        for setting, kind, value, known in (
            ("topic", "topic", then.topic, topics.by_id),
            ("team", "team", then.team, existing.teams),
            ("policy", "policy", then.policy, existing.policies),
            ("assign_to", "person", then.assign_to, existing.people),
            ("auto_reply", "answer", then.auto_reply, existing.answers),
        )
        if value is not None
    ]
    of_field = {
        "topic": topics.by_id,
        "account": existing.accounts,
        "calendar": existing.calendars,
    }
    for where, condition in _paths(rule.source.get("when", {}), "when"):
        kind = condition["field"]
        if kind in of_field and condition["op"] != "unknown":
            named += [(where, kind, value, of_field[kind]) for value in _list(condition["value"])]
    for where, kind, value, known in named:
        if known is not None and value not in known:
            yield Reason(f"names_unknown_{kind}", {"rule": rule.id, kind: value, "where": where})


def _paths(group: Mapping[str, Any], where: str) -> Iterator[_PATH]:
    for name, items in group.items():
        for at, item in enumerate(items):
            path = f"{where}.{name}[{at}]"
            if "field" in item:
                yield path, item
            else:
                yield from _paths(item, path)


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _impossible(rule: Rule) -> Iterator[Reason]:
    """Tell where something is asked for and ruled out at once, or a field is to be two things."""
    if where := _at_odds(rule.source.get("when", {}), "when"):
        yield Reason("never_matches", {"rule": rule.id, "where": where})


def _at_odds(group: Mapping[str, Any], where: str) -> str | None:
    none = {same(item) for item in group.get("none", ())}
    choices: dict[str, frozenset[Any]] = {}
    for at, item in enumerate(group.get("all", ())):
        path = f"{where}.all[{at}]"
        if same(item) in none:
            return path
        if "field" not in item:
            if (deeper := _at_odds(item, path)) is not None:
                return deeper
        elif item["op"] == "in" and item["field"] in _CHOICES:
            field, options = item["field"], frozenset(_list(item["value"]))
            choices[field] = choices.get(field, options) & options
            if not choices[field]:
                return path
    return None


def _because_of_others(rule: Rule, above: Sequence[Rule]) -> Iterator[Reason]:
    """Tell what the rules above leave of this one; the first answer is enough, but for contradictions."""
    when = rule.source.get("when", {})
    settled = {condition["field"] for condition in conditions(when)} & CHANGED_BY_RULES
    for at, higher in enumerate(above):
        between = above[at:]
        changed = {"topic", "topic_confidence"} if any(r.then.topic for r in between) else set()
        changed |= {"priority"} if any(r.then.priority for r in between) else set()
        wider = higher.source.get("when", {})
        alike = not settled & changed and implies(when, wider)
        if alike and higher.then.stop:
            yield Reason("never_reached", {"rule": rule.id, "by": higher.id, "where": "when"})
            return
        if alike and (differing := list(_otherwise(rule, higher))) and implies(wider, when):
            yield from differing
            return
        if alike and _adds_nothing(rule, higher):
            yield Reason("shadowed", {"rule": rule.id, "by": higher.id, "where": "then"})
            return
        if _topic_asked(when) == higher.then.topic is not None and _circle(rule, higher):
            yield Reason(
                "goes_in_circle", {"rule": rule.id, "by": higher.id, "where": "then.topic"}
            )
            return


def _otherwise(rule: Rule, higher: Rule) -> Iterator[Reason]:
    for name in _SETTINGS:
        own, theirs = getattr(rule.then, name), getattr(higher.then, name)
        if None not in {own, theirs} and own != theirs:
            yield Reason(
                "contradicts",
                {"rule": rule.id, "setting": name, "by": higher.id, "where": f"then.{name}"},
            )


def _adds_nothing(rule: Rule, higher: Rule) -> bool:
    then = rule.then
    return (
        not then.stop
        and set(then.tags) <= set(higher.then.tags)
        and all(
            getattr(then, name) is None or getattr(higher.then, name) is not None
            for name in _SETTINGS
        )
    )


def _circle(rule: Rule, higher: Rule) -> bool:
    """Tell whether one makes of topic A topic B, and the other of B an A."""
    theirs = _topic_asked(higher.source.get("when", {}))
    return theirs is not None and rule.then.topic == theirs


def _topic_asked(when: Mapping[str, Any]) -> int | None:
    """Return the one topic that a rule is for, if it is for one."""
    for item in when.get("all", ()):
        if item.get("field") == "topic" and item.get("op") in {"in", "exactly"}:
            asked = _list(item["value"])
            return asked[0] if len(asked) == 1 else None
    return None
