"""The builder of a rule: its sections, and a question for everything that it may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from litestar.datastructures import FormMultiDict

from agent_ui.models import Choice, Name, Question, Reason
from agent_ui.models.codes import ChannelKind
from agent_ui.models.rules import RuleCondition, RuleForm, RuleGroup, RulePreview
from routing.facts import PRIORITIES
from server.admin.rule_asks import BY_CODE, FIELD_CHARACTERS, GROUPS, Ask
from server.admin.rule_known import Known
from server.admin.rule_tree import DEEPEST, Group, Leaf, Tree, from_form, from_rule, to_rule
from server.kit.limits import NAME_CHARACTERS
from server.kit.lists import parted

LANGUAGES = ("ar", "en", "fr")
WEEK = ("6", "0", "1", "2", "3", "4", "5")
"""Sunday first."""
NAMED = ("topic", "team", "policy", "assign_to", "auto_reply")


@dataclass
class Draft:
    """A rule as somebody is writing it; ``wrong`` says by place what cannot stay so.

    ``focus`` is a place and what was pressed to come there.
    """

    name: str
    tree: Tree
    then: dict[str, Any]
    wrong: dict[str, Reason] = field(default_factory=dict)
    focus: tuple[str, str] = ("", "")

    def body(self) -> dict[str, Any]:
        """Return the rule, and note what keeps it from being one."""
        when, problems = to_rule(self.tree)
        self.wrong |= problems
        return {"when": when, "then": self.then}


def of_rule(name: str, body: Mapping[str, Any]) -> Draft:
    """Begin with a rule as it was saved."""
    return Draft(name, from_rule(body.get("when", {})), dict(body.get("then", {})))


def of_form(form: FormMultiDict) -> Draft:
    """Go on with a rule as it was filled in."""
    then: dict[str, Any] = {}
    for name in NAMED:
        if (number := _number(form.get(f"then_{name}"))) is not None:
            then[name] = number
    if form.get("then_priority") in PRIORITIES:
        then["priority"] = form.get("then_priority")
    if tags := parted(str(form.get("then_tags", ""))[:FIELD_CHARACTERS]):
        then["tags"] = tags
    if form.get("then_stop"):
        then["stop"] = True
    return Draft(str(form.get("name", ""))[:NAME_CHARACTERS].strip(), from_form(form), then)


def view(
    rule_id: int | None,
    draft: Draft,
    known: Known,
    *,
    notices: Sequence[Reason] = (),
    preview: RulePreview | None = None,
) -> RuleForm:
    """Build the form."""
    return RuleForm(
        id=rule_id,
        name=Question("name", value=draft.name, error=draft.wrong.get("name")),
        sections=tuple(
            _group(group, kind, draft, known, section=True) for kind, group in draft.tree.items()
        ),
        then=_then(draft, known),
        asks=tuple((name, tuple(ask.code for ask in asks)) for name, asks in GROUPS.items()),
        notices=tuple(notices),
        preview=preview,
        when_error=draft.wrong.get("when"),
        then_error=draft.wrong.get("then"),
    )


def _group(
    group: Group, path: str, draft: Draft, known: Known, *, section: bool = False
) -> RuleGroup:
    return RuleGroup(
        path=path,
        kind=group.kind,
        items=tuple(
            _group(item, f"{path}-{at}", draft, known)
            if isinstance(item, Group)
            else _condition(item, f"{path}-{at}", draft, known)
            for at, item in enumerate(group.items)
        ),
        section=section,
        nests=path.count("-") < DEEPEST,
        error=draft.wrong.get(path),
        focused=_focus(draft, path, group=True),
    )


def _condition(leaf: Leaf, path: str, draft: Draft, known: Known) -> RuleCondition:
    question = _question(BY_CODE[leaf.ask], leaf.given, path, known)
    focus = _focus(draft, path)
    if question is not None and focus == "add":
        question, focus = replace(question, focused=True), ""
    return RuleCondition(
        path=path,
        ask=leaf.ask,
        question=question,
        error=draft.wrong.get(path),
        focused="up" if focus == "add" else focus,
    )


def _focus(draft: Draft, path: str, *, group: bool = False) -> str:
    """Return the button that keeps the hand: the one that was pressed, or where one goes on from there."""
    at, pressed = draft.focus
    if at != path:
        return ""
    return "add" if group and pressed not in {"up", "down"} else pressed


def _question(ask: Ask, given: tuple[str, ...], path: str, known: Known) -> Question | None:
    name = f"value-{path}"
    first = given[0] if given else ""
    match ask.kind:
        case "fixed":
            return None
        case "ids" | "codes" | "weekdays":
            of = ask.field if ask.kind != "ids" else ""
            options = _options(ask.field, given, known)
            return Question(name, "many", options=options, of=of, word=ask.code)
        case "code":
            return Question(
                name, "one", options=_codes(PRIORITIES, first), of="priority", word=ask.code
            )
        case "number" | "percent":
            return Question(name, "number", value=first, word=ask.code)
        case "times" | "dates":
            last = given[1] if len(given) > 1 else ""
            return Question(name, ask.kind, value=first, until=last, word=ask.code)
        case "words":
            return Question(name, value=first, word=ask.code)


def _options(kind: str, given: Sequence[str], known: Known) -> tuple[Choice, ...]:
    chosen = set(given)
    match kind:
        case "topic":
            found = [
                Choice(str(key), name, selected=str(key) in chosen, depth=depth)
                for key, name, depth in known.topics
            ]
        case "account":
            found = [
                Choice(str(key), name, selected=str(key) in chosen) for key, name in known.accounts
            ]
        case "calendar":
            found = [
                Choice(str(one.id), one.name, selected=bool(chosen & {str(key) for key in one.ids}))
                for one in known.calendars
            ]
        case _:
            codes = {
                "channel": get_args(ChannelKind),
                "language": LANGUAGES,
                "weekday": WEEK,
                "priority": PRIORITIES,
            }[kind]
            return _codes(codes, *given)
    there = {one.value for one in found}
    same = {str(key) for one in known.calendars for key in one.ids} if kind == "calendar" else set()
    # What is gone stays in the form until somebody takes it out, so that nobody saves less than they saw.
    lost = [Choice(key, f"#{key}", selected=True) for key in given if key not in there | same]
    return (*found, *lost)


def _then(draft: Draft, known: Known) -> tuple[Question, ...]:
    then, wrong = draft.then, draft.wrong
    topics = [(key, name, depth) for key, name, depth in known.topics]
    flat: dict[str, list[tuple[int, Name | str, int]]] = {
        "topic": [*topics],
        "team": [(key, name, 0) for key, name in known.teams],
        "policy": [(one.id, one.name, 0) for one in known.policies],
        "assign_to": [(key, name, 0) for key, name in known.people],
        "auto_reply": [(key, name, 0) for key, name in known.answers],
    }
    versions = {key: one.id for one in known.policies for key in one.ids}

    def chosen(name: str) -> Any:
        value = then.get(name)
        return versions.get(value, value) if name == "policy" and value is not None else value

    def one(name: str) -> Question:
        options = _choices(flat[name], chosen(name))
        return Question(f"then_{name}", "one", options=options, error=wrong.get(f"then.{name}"))

    return (
        one("topic"),
        one("team"),
        Question(
            "then_priority",
            "one",
            options=_codes(("", *PRIORITIES), then.get("priority") or ""),
            of="priority",
            error=wrong.get("then.priority"),
        ),
        one("policy"),
        Question("then_tags", value="، ".join(then.get("tags", ())), error=wrong.get("then.tags")),
        one("assign_to"),
        one("auto_reply"),
        Question("then_stop", "yes", value="yes" if then.get("stop") else ""),
    )


def _choices(options: Sequence[tuple[int, Name | str, int]], chosen: object) -> tuple[Choice, ...]:
    found = tuple(
        Choice(str(key), name, selected=key == chosen, depth=depth) for key, name, depth in options
    )
    lost = (
        (Choice(str(chosen), f"#{chosen}", selected=True),)
        if chosen is not None and not any(one.selected for one in found)
        else ()
    )
    return (Choice("", selected=chosen is None), *found, *lost)


def _codes(codes: Sequence[str], *chosen: object) -> tuple[Choice, ...]:
    return tuple(Choice(code, selected=code in chosen) for code in codes)


def _number(text: object) -> int | None:
    return (
        int(text)
        if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 18
        else None
    )
