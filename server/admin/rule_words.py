"""Rules in plain words: their conditions, what they do, and what two of them differ in."""

from collections.abc import Mapping, Sequence
from typing import Any

from agent_ui.models import Reason
from agent_ui.models.rules import GroupKind, RuleClause, RuleEdit
from routing import Check, InvalidRule, parse_rule
from routing.implied import conditions
from server.admin.rule_asks import ask_of
from server.admin.rule_known import Names
from server.admin.rule_tree import SECTIONS

OF = {"assign_to": "person", "auto_reply": "answer"}
"""What kind of thing an action names, where it is not called after it."""


def clauses(when: Mapping[str, Any], names: Names) -> tuple[RuleClause, ...]:
    """Say the conditions of a rule, group by group."""
    return tuple(
        RuleClause(kind, items=tuple(_clause(item, names) for item in when[kind]))
        for kind in SECTIONS
        if when.get(kind)
    )


def checked(checks: Sequence[Check], names: Names) -> tuple[RuleClause, ...]:
    """Say conditions with whether they held."""
    return tuple(
        RuleClause(reason=sentence(check.condition, names), holds=check.holds)
        if check.condition is not None
        else RuleClause(_kind(check.group), None, checked(check.items, names), check.holds)
        for check in checks
    )


def sentence(condition: Mapping[str, Any], names: Names) -> Reason:
    """Say one condition."""
    ask = ask_of(condition)
    if ask.kind == "fixed":
        return Reason(ask.code)
    return Reason(ask.code, {"value": _value(condition, ask.kind, names)})


def deeds(then: Mapping[str, Any], names: Names) -> tuple[Reason, ...]:
    """Say what a rule does."""
    return tuple(
        Reason(
            f"do_{name}",
            {"to": _named(value, names.get(OF.get(name, name), {}), names["list"]["comma"])},
        )
        for name, value in then.items()
        if value
    )


def edits(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], names: Names
) -> tuple[RuleEdit, ...]:
    """Say what happened to the rules between two versions."""
    former = {rule["id"]: rule for rule in before}
    present = {rule["id"]: rule for rule in after}
    made = [_edit(former.get(key), rule, names) for key, rule in present.items()]
    gone = [
        RuleEdit(Reason("rule_taken_away", {"rule": rule["name"]}))
        for key, rule in former.items()
        if key not in present
    ]
    kept = [key for key in former if key in present]
    if kept != [key for key in present if key in former]:
        gone.append(RuleEdit(Reason("rules_moved")))
    return (*(edit for edit in made if edit is not None), *gone)


def _edit(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], names: Names
) -> RuleEdit | None:
    name = {"rule": after["name"]}
    if before is None:
        return RuleEdit(Reason("rule_added", name), come=_said(after, names))
    if before["body"] == after["body"] and before["name"] == after["name"]:
        if before["enabled"] == after["enabled"]:
            return None
        return RuleEdit(Reason("rule_on" if after["enabled"] else "rule_off", name))
    old, new = _said(before, names), _said(after, names)
    return RuleEdit(
        Reason("rule_changed", name),
        gone=tuple(one for one in old if one not in new),
        come=tuple(one for one in new if one not in old),
    )


def _said(rule: Mapping[str, Any], names: Names) -> tuple[Reason, ...]:
    body = rule["body"]
    called = Reason("rule_called", {"rule": rule["name"]})
    try:
        parse_rule({"id": 0} | body)
    except InvalidRule:  # it comes from a time in which rules were written otherwise
        return (called,)
    return (
        called,
        *(sentence(one, names) for one in conditions(body.get("when", {}))),
        *deeds(body.get("then", {}), names),
    )


def _clause(item: Mapping[str, Any], names: Names) -> RuleClause:
    if "field" in item:
        return RuleClause(reason=sentence(item, names))
    inner = clauses(item, names)
    return inner[0] if len(inner) == 1 else RuleClause("all", items=inner)


def _kind(group: str) -> GroupKind:
    return "any" if group == "any" else "none" if group == "none" else "all"


def _value(condition: Mapping[str, Any], kind: str, names: Names) -> str:
    value = condition["value"]
    if kind == "percent":
        return f"{value * 100:g}%"
    if kind in {"times", "dates"}:
        return "–".join(value)
    return _named(value, names.get(condition["field"], {}), names["list"]["comma"])


def _named(value: object, names: Mapping[Any, str], comma: str) -> str:
    items = value if isinstance(value, list | tuple) else [value]
    return comma.join(names.get(item, str(item)) for item in items)
