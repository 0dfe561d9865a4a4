"""Say of each condition of a rule whether it held, for whoever asks why the rule did or did not apply."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from routing.conditions import FIELDS

if TYPE_CHECKING:
    from routing.reading import Reading

GROUPS: Final = ("all", "any", "none")


@dataclass(frozen=True, slots=True)
class Check:
    """A condition as it was written, or a group of them (`all`, `any`, `none`), and whether it held."""

    holds: bool
    condition: Mapping[str, Any] | None = None
    group: str = ""
    items: "tuple[Check, ...]" = ()


def explain(source: Mapping[str, Any], reading: "Reading") -> tuple[Check, ...]:
    """Check the groups of a rule that has been read before, as it stands at this point of the run."""
    return _groups(source.get("when", {}), reading)


def _groups(when: Mapping[str, Any], reading: "Reading") -> tuple[Check, ...]:
    return tuple(_group(name, when[name], reading) for name in GROUPS if when.get(name))


def _group(name: str, items: list[Mapping[str, Any]], reading: "Reading") -> Check:
    checks = tuple(_item(item, reading) for item in items)
    held = [check.holds for check in checks]
    holds = all(held) if name == "all" else any(held) is (name == "any")
    return Check(holds, group=name, items=checks)


def _item(item: Mapping[str, Any], reading: "Reading") -> Check:
    if "field" in item:
        test = FIELDS[item["field"]][item["op"]](item["value"], "value")
        return Check(test(reading), condition=item)
    groups = _groups(item, reading)
    if len(groups) == 1:
        return groups[0]
    return Check(all(group.holds for group in groups), group="all", items=groups)
