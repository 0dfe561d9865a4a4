"""Tell whether one rule's conditions hold whenever another's do; what cannot be told is answered with no."""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

Condition = Mapping[str, Any]
# What rules above may have changed in between: the same words may then mean another thing.
CHANGED_BY_RULES: Final = frozenset({"topic", "topic_confidence", "priority"})
_SUBSETS: Final = frozenset(
    {
        ("channel", "in"), ("account", "in"), ("language", "in"), ("words", "any"), ("subject", "any"),
        ("sender", "in"), ("sender", "domain"), ("weekday", "in"), ("priority", "in"), ("topic", "in"),
        ("topic", "exactly"), ("calendar", "open"), ("calendar", "closed"),
    }
)  # fmt: skip
_SUPERSETS: Final = frozenset({("words", "all"), ("subject", "all")})
_AT_LEAST, _BELOW = "at_least", "below"


def conditions(when: Mapping[str, Any]) -> list[Condition]:
    """List every condition, however deep it lies."""
    found: list[Condition] = []
    for items in when.values():
        for item in items:
            found += [item] if "field" in item else conditions(item)
    return found


def implies(when: Mapping[str, Any], wider: Mapping[str, Any]) -> bool:
    """Tell whether `wider` holds for everything for which `when` does."""
    if not conditions(wider):
        return True
    every, none = when.get("all", ()), when.get("none", ())
    some = wider.get("any", ())
    return (
        all(any(_implied(item, by) for by in every) for item in wider.get("all", ()))
        and all(any(_implied(by, item) for by in none) for item in wider.get("none", ()))
        and (not some or _one_of(some, when))
    )


def _one_of(some: Collection[Any], when: Mapping[str, Any]) -> bool:
    """Tell whether one of these holds: because one must, or because one of those that must be chosen does."""
    if any(_implied(item, by) for item in some for by in when.get("all", ())):
        return True
    own = when.get("any", ())
    return bool(own) and all(any(_implied(item, by) for item in some) for by in own)


def _implied(item: Condition, by: Condition) -> bool:
    """Tell whether `item` holds whenever `by` does."""
    if same(item) == same(by):
        return True
    key = (item.get("field"), item.get("op"))
    if "field" not in item or key != (by.get("field"), by.get("op")):
        return False
    mine, other = item["value"], by["value"]
    if key in _SUBSETS:
        return _set(other) <= _set(mine)
    if key in _SUPERSETS:
        return _set(mine) <= _set(other)
    if isinstance(mine, int | float) and isinstance(other, int | float):
        return (key[1] == _AT_LEAST and other >= mine) or (key[1] == _BELOW and other <= mine)
    return False


def same(item: object) -> str:
    """Return a spelling in which equal conditions are equal."""
    return json.dumps(item, sort_keys=True, ensure_ascii=False)


def _set(value: object) -> frozenset[str]:
    items = value if isinstance(value, list | tuple) else [value]
    return frozenset(str(item).strip().casefold() for item in items)
