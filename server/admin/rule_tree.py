"""A rule as it is being written: three sections of conditions and groups that can be added, moved and removed.

A path names a place: ``all-0-2`` is the third item of the group that stands first in the section ``all``. Moving
up or down goes through the rule as it is read, into groups and out of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from litestar.datastructures import FormMultiDict

from agent_ui.models import Reason
from server.admin.rule_asks import BY_CODE, FIELD_CHARACTERS, Unusable, ask_of, typed, value_of

GroupKind = Literal["all", "any", "none"]
SECTIONS: Final[tuple[GroupKind, ...]] = ("all", "any", "none")
DEEPEST: Final = 3
"""A group lies in a section, or so many groups deep in it."""
ITEMS: Final = 100


@dataclass
class Leaf:
    """A condition with what was typed for it."""

    ask: str
    given: tuple[str, ...] = ()


@dataclass
class Group:
    kind: GroupKind
    items: "list[Leaf | Group]" = field(default_factory=list)


Tree = dict[GroupKind, Group]


def empty() -> Tree:
    """Return the sections of a rule without conditions."""
    return {kind: Group(kind) for kind in SECTIONS}


def from_rule(when: Mapping[str, Any]) -> Tree:
    """Return the sections of a rule as it was saved."""
    return {kind: Group(kind, [_node(item) for item in when.get(kind, ())]) for kind in SECTIONS}


def _node(item: Mapping[str, Any]) -> Leaf | Group:
    if "field" in item:
        ask = ask_of(item)
        return Leaf(ask.code, typed(ask, item["value"]))
    groups = [
        Group(kind, [_node(inner) for inner in item[kind]]) for kind in SECTIONS if item.get(kind)
    ]
    if len(groups) == 1:
        return groups[0]
    return Group("all", cast("list[Leaf | Group]", groups))


def from_form(form: FormMultiDict) -> Tree:
    """Return the sections as they were filled in; what was typed stays as it was typed."""
    tree = empty()
    places: dict[str, Group] = {str(kind): tree[kind] for kind in SECTIONS}
    for path in form.getall("node", [])[:ITEMS]:
        above = places.get(str(path).rpartition("-")[0])
        if above is None:
            continue
        ask = form.get(f"ask-{path}")
        if ask in BY_CODE:
            given = tuple(
                str(text)[:FIELD_CHARACTERS].replace("\x00", "")
                for text in form.getall(f"value-{path}", [])
            )
            above.items.append(Leaf(str(ask), given))
        elif (kind := form.get(f"kind-{path}")) in SECTIONS and _depth(str(path)) <= DEEPEST:
            places[str(path)] = made = Group(cast("GroupKind", kind))
            above.items.append(made)
    return tree


def to_rule(tree: Tree) -> tuple[dict[str, Any], dict[str, Reason]]:
    """Return the rule's conditions, and by path what keeps them from being used."""
    problems: dict[str, Reason] = {}
    when: dict[str, Any] = {}
    for kind, group in tree.items():
        if items := _items(group, kind, problems):
            when[kind] = items
    return when, problems


def _items(group: Group, path: str, problems: dict[str, Reason]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for at, item in enumerate(group.items):
        place = f"{path}-{at}"
        if isinstance(item, Group):
            if not item.items:
                problems[place] = Reason("group_is_empty")
            made.append({item.kind: _items(item, place, problems)})
            continue
        ask = BY_CODE[item.ask]
        try:
            value = value_of(ask, item.given)
        except Unusable as error:
            problems[place] = Reason(str(error))
            value = None
        made.append({"field": ask.field, "op": ask.op, "value": value})
    return made


def path_of(field_: str) -> str:
    """Return the place in the tree of what routing calls ``when.all[0].none[1].value``."""
    section, *places = field_.removeprefix("when.").replace("]", "").split("[")
    if section not in SECTIONS:
        return ""
    return "-".join([section, *(place.partition(".")[0] for place in places)])


def edited(tree: Tree, verb: str, path: str, *, ask: str = "") -> str:
    """Change the tree as a button says; return the path where the writer's hand should be then."""
    section, *places = path.split("-")
    if section not in SECTIONS or not all(place.isdecimal() for place in places):
        return ""
    here = tuple(map(int, places))
    kind = section
    match verb:
        case "add" | "group":
            return _added(tree, kind, here, verb, ask)
        case "remove":
            if (found := _find(tree, kind, here[:-1])) and here and here[-1] < len(found.items):
                del found.items[here[-1]]
            return _path(kind, here[:-1])
        case "up" | "down":
            return _moved(tree, kind, here, up=verb == "up")
    return ""


def _added(tree: Tree, kind: GroupKind, here: Sequence[int], verb: str, ask: str) -> str:
    group = _find(tree, kind, here)
    if group is None or sum(1 for _ in _all(tree)) >= ITEMS:
        return ""
    if verb == "add" and ask in BY_CODE:
        group.items.append(Leaf(ask))
    elif verb == "group" and len(here) < DEEPEST:
        group.items.append(Group("all" if group.kind == "any" else "any"))
    else:
        return _path(kind, here)
    return _path(kind, (*here, len(group.items) - 1))


def _moved(tree: Tree, kind: GroupKind, here: tuple[int, ...], *, up: bool) -> str:
    above = _find(tree, kind, here[:-1])
    if above is None or not here or here[-1] >= len(above.items):
        return _path(kind, here)
    at = here[-1]
    item = above.items[at]
    beside = at - 1 if up else at + 1
    if 0 <= beside < len(above.items):
        other = above.items[beside]
        if isinstance(other, Group) and _height(item) + len(here) <= DEEPEST:
            above.items.pop(at)
            place = len(other.items) if up else 0
            other.items.insert(place, item)
            return _path(kind, (*here[:-1], beside if up else at, place))
        above.items[at], above.items[beside] = other, item
        return _path(kind, (*here[:-1], beside))
    if len(here) > 1:
        outer = _find(tree, kind, here[:-2])
        if outer is not None:
            above.items.pop(at)
            place = here[-2] if up else here[-2] + 1
            outer.items.insert(place, item)
            return _path(kind, (*here[:-2], place))
    order = SECTIONS.index(kind) + (-1 if up else 1)
    if 0 <= order < len(SECTIONS):
        target = tree[SECTIONS[order]]
        above.items.pop(at)
        place = len(target.items) if up else 0
        target.items.insert(place, item)
        return _path(SECTIONS[order], (place,))
    return _path(kind, here)


def _find(tree: Tree, kind: GroupKind, here: Sequence[int]) -> Group | None:
    found: Leaf | Group = tree[kind]
    for place in here:
        if not isinstance(found, Group) or place >= len(found.items):
            return None
        found = found.items[place]
    return found if isinstance(found, Group) else None


def _all(tree: Tree) -> Iterator[Leaf | Group]:
    waiting: list[Leaf | Group] = [item for group in tree.values() for item in group.items]
    while waiting:
        item = waiting.pop()
        yield item
        if isinstance(item, Group):
            waiting += item.items


def _height(item: Leaf | Group) -> int:
    """Say how many groups lie in one another here."""
    return (
        0
        if isinstance(item, Leaf)
        else 1 + max((_height(inner) for inner in item.items), default=0)
    )


def _depth(path: str) -> int:
    return path.count("-")


def _path(kind: str, here: Sequence[int]) -> str:
    return "-".join([kind, *map(str, here)])
