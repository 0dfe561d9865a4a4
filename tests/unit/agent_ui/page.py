"""Read rendered HTML the way the tests ask about it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr path circle rect use".split()
)


@dataclass
class Element:
    tag: str
    attrs: dict[str, str]
    text: list[str] = field(default_factory=list)
    within: tuple[str, ...] = ()


class Page(HTMLParser):
    """Every element in order, with complaints about nesting."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.complaints: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        self.complaints += [f"<{one.tag}> is never closed" for one in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        within = tuple(one.tag for one in self._open)
        element = Element(tag, {name: value or "" for name, value in attrs}, within=within)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        within = tuple(one.tag for one in self._open)
        self.elements.append(Element(tag, {n: v or "" for n, v in attrs}, within=within))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.complaints.append(f"</{tag}> closes {self._open[-1].tag if self._open else '-'}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.text.append(data)

    def all(self, tag: str, **attrs: str) -> list[Element]:
        return [
            one
            for one in self.elements
            if one.tag == tag and all(one.attrs.get(k) == v for k, v in attrs.items())
        ]
