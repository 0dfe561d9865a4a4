"""Rules as administrators write them: read from JSON, checked, compiled once.

    {"id": 7, "when": {"all": [{"field": "words", "op": "any", "value": ["جواز", "lost passport"]}]},
     "then": {"team": 3, "priority": "high", "stop": true}}

`when` holds the groups `all`, `any` and `none`; a group's items are conditions or such objects again.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from routing.conditions import FIELDS, Test
from routing.errors import InvalidRule
from routing.facts import PRIORITIES

_DEPTH: Final = 4
_CONDITIONS: Final = 100
_GROUPS: Final = ("all", "any", "none")
_IDS: Final = ("topic", "team", "policy", "assign_to", "auto_reply")


@dataclass(frozen=True, slots=True)
class Actions:
    topic: int | None = None
    team: int | None = None
    priority: str | None = None
    policy: int | None = None
    tags: tuple[str, ...] = ()
    assign_to: int | None = None
    auto_reply: int | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `matches` answers for a `Reading`. Equal source makes equal rules."""

    id: int
    enabled: bool
    then: Actions
    source: Mapping[str, Any]
    matches: Test = field(compare=False, repr=False)

    def as_dict(self) -> dict[str, Any]:
        return deepcopy(dict(self.source))


def parse_rule(source: Mapping[str, Any]) -> Rule:
    """Read one rule, or raise `InvalidRule` naming the field at fault."""
    if not isinstance(source, Mapping):
        raise InvalidRule("rule", "needs to be an object")
    _no_others(source, {"id", "name", "enabled", "when", "then"}, "rule")
    identity = source.get("id")
    if isinstance(identity, bool) or not isinstance(identity, int):
        raise InvalidRule("id", "needs to be a number")
    enabled = source.get("enabled", True)
    if not isinstance(enabled, bool):
        raise InvalidRule("enabled", "needs true or false")
    count = [0]
    test = _groups(source.get("when", {}), "when", 1, count)
    return Rule(identity, enabled, _actions(source.get("then")), deepcopy(dict(source)), test)


def _no_others(source: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in source:
        if key not in known:
            raise InvalidRule(
                f"{where}.{key!s:.40}", f"is not known; known are {', '.join(sorted(known))}"
            )


def _groups(source: object, where: str, depth: int, count: list[int]) -> Test:
    if not isinstance(source, Mapping):
        raise InvalidRule(where, "needs an object with the groups all, any or none")
    if depth > _DEPTH:
        raise InvalidRule(where, f"is nested deeper than {_DEPTH} groups")
    _no_others(source, set(_GROUPS), where)
    tests: dict[str, tuple[Test, ...]] = {}
    for name in _GROUPS:
        items = source.get(name, [])
        if not isinstance(items, list | tuple):
            raise InvalidRule(f"{where}.{name}", "needs a list of conditions")
        count[0] += len(items)
        if count[0] > _CONDITIONS:
            raise InvalidRule("when", f"holds more than {_CONDITIONS} conditions")
        tests[name] = tuple(
            _item(item, f"{where}.{name}[{at}]", depth, count) for at, item in enumerate(items)
        )
    every, some, none = tests["all"], tests["any"], tests["none"]
    if len(every) == 1 and not some and not none:
        return every[0]
    return lambda reading: (
        all(test(reading) for test in every)
        and (not some or any(test(reading) for test in some))
        and not any(test(reading) for test in none)
    )


def _item(item: object, where: str, depth: int, count: list[int]) -> Test:
    if not isinstance(item, Mapping):
        raise InvalidRule(where, "needs an object")
    if not {"field", "op", "value"} & set(item):
        return _groups(item, where, depth + 1, count)
    _no_others(item, {"field", "op", "value"}, where)
    ops = FIELDS.get(str(item.get("field")))
    if ops is None:
        raise InvalidRule(f"{where}.field", f"needs one of {', '.join(FIELDS)}")
    compiled = ops.get(str(item.get("op")))
    if compiled is None:
        raise InvalidRule(f"{where}.op", f"needs one of {', '.join(ops)}")
    if "value" not in item:
        raise InvalidRule(f"{where}.value", "is missing")
    return compiled(item["value"], f"{where}.value")


def _actions(source: object) -> Actions:
    if not isinstance(source, Mapping) or not source:
        raise InvalidRule("then", "needs at least one action")
    _no_others(source, {*_IDS, "priority", "tags", "stop"}, "then")
    for name in _IDS:
        value = source.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise InvalidRule(f"then.{name}", "needs an id")
    priority = source.get("priority")
    if priority is not None and priority not in PRIORITIES:
        raise InvalidRule("then.priority", f"needs one of {', '.join(PRIORITIES)}")
    tags = source.get("tags", ())
    if not isinstance(tags, list | tuple) or not all(
        isinstance(tag, str) and 0 < len(tag) <= 60 for tag in tags
    ):
        raise InvalidRule("then.tags", "needs a list of short texts")
    stop = source.get("stop", False)
    if not isinstance(stop, bool):
        raise InvalidRule("then.stop", "needs true or false")
    return Actions(
        **{name: source.get(name) for name in _IDS},
        priority=priority,
        tags=tuple(dict.fromkeys(tags)),
        stop=stop,
    )
