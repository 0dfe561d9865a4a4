"""Look over a set of rules before it is saved: what is broken, and what can never happen.

Rules run once from top to bottom, so they cannot loop; but they can name what is gone, stand where nothing
reaches them, or ask for what cannot be.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from routing.facts import Reason
from routing.rules import Rule
from routing.topics import TopicTree

_SETTINGS: Final = ("topic", "team", "priority", "policy", "assign_to", "auto_reply")


def review(
    rules: Sequence[Rule], *, topics: TopicTree, teams: Collection[int]
) -> tuple[Reason, ...]:
    """List what is wrong with the rules, each with the rule's id.

    `names_unknown_team` and `names_unknown_topic` are reasons not to save; `never_reached`, `never_matches` and
    `contradicts` deserve a look.
    """
    found: list[Reason] = []
    stopped_by: int | None = None
    earlier: dict[str, Rule] = {}
    for rule in rules:
        found += _gone(rule, topics, teams)
        if not rule.enabled:
            continue
        if stopped_by is not None:
            found.append(Reason("never_reached", {"rule": rule.id, "by": stopped_by}))
            continue
        when = rule.source.get("when", {})
        if _impossible(when):
            found.append(Reason("never_matches", {"rule": rule.id}))
        asked = json.dumps(when, sort_keys=True, ensure_ascii=False)
        found += _contradictions(rule, earlier.get(asked))
        earlier.setdefault(asked, rule)
        if rule.then.stop and not _conditions(when):
            stopped_by = rule.id
    return tuple(found)


def _gone(rule: Rule, topics: TopicTree, teams: Collection[int]) -> list[Reason]:
    found = []
    if rule.then.team is not None and rule.then.team not in teams:
        found.append(Reason("names_unknown_team", {"rule": rule.id, "team": rule.then.team}))
    named = {rule.then.topic} if rule.then.topic is not None else set()
    for condition in _conditions(rule.source.get("when", {})):
        if condition["field"] == "topic" and condition["op"] in {"in", "exactly"}:
            value = condition["value"]
            named.update(value if isinstance(value, list | tuple) else [value])
    found += [
        Reason("names_unknown_topic", {"rule": rule.id, "topic": topic})
        for topic in sorted(named)
        if topic not in topics.by_id
    ]
    return found


def _conditions(group: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for items in group.values():
        for item in items:
            found += [item] if "field" in item else _conditions(item)
    return found


def _impossible(group: Mapping[str, Any]) -> bool:
    """Tell whether something is asked for and ruled out at once, or a field is to be two things."""
    wanted = [json.dumps(item, sort_keys=True) for item in group.get("all", [])]
    if set(wanted) & {json.dumps(item, sort_keys=True) for item in group.get("none", [])}:
        return True
    choices: dict[str, set[Any]] = {}
    for item in group.get("all", []):
        if item.get("op") == "in" and item.get("field") in {
            "channel",
            "account",
            "language",
            "priority",
            "weekday",
        }:
            value = item["value"]
            options = set(value if isinstance(value, list | tuple) else [value])
            choices[item["field"]] = choices.get(item["field"], options) & options
    return any(not options for options in choices.values())


def _contradictions(rule: Rule, higher: Rule | None) -> list[Reason]:
    if higher is None:
        return []
    return [
        Reason("contradicts", {"rule": rule.id, "setting": name, "by": higher.id})
        for name in _SETTINGS
        if None not in {getattr(rule.then, name), getattr(higher.then, name)}
        and getattr(rule.then, name) != getattr(higher.then, name)
    ]
