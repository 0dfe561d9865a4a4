"""Read what somebody typed into the search box; nothing that can be typed is an error."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from routing.text import normalise, search_terms
from server.search.terms import HAS_FILE, quoted, spelled

CHARACTERS = 400
TERMS = 24
PREFIX_FROM = 3
"""A number is found by its beginning from so many characters on; shorter ones only whole."""

OPERATORS = {
    "from": "from",
    "topic": "topic",
    "tag": "tag",
    "status": "status",
    "channel": "channel",
    "before": "before",
    "after": "after",
    "has": "has",
    "من": "from",
    "المرسل": "from",
    "موضوع": "topic",
    "وسم": "tag",
    "الوسم": "tag",
    "الموضوع": "topic",
    "حاله": "status",
    "الحاله": "status",
    "قناه": "channel",
    "القناه": "channel",
    "قبل": "before",
    "بعد": "after",
    "فيه": "has",
    "مع": "has",
}
YEARS = range(1970, 2200)
FILES = frozenset({"attachment", "attachments", "file", "مرفق", "مرفقات", "ملف"})
"""Normalised, as everything that is compared here."""

_PIECE = re.compile(
    r'(?P<no>-)?(?:(?P<operator>[^\W\d_]{2,12}):(?=\S))?(?:["“”«»](?P<phrase>[^"“”«»]*)["“”«»]?|(?P<word>\S+))'
)
_DATE = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was meant.

    ``exact`` and ``loose`` are PostgreSQL's own queries, empty when nothing was asked by words; ``stems``,
    ``prefixes`` and ``words`` are what to mark in what is found. ``filters`` are operator and normalised value.
    """

    text: str
    exact: str = ""
    loose: str = ""
    stems: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    filters: tuple[tuple[str, str], ...] = ()
    before: datetime | None = None
    after: datetime | None = None
    unread: tuple[str, ...] = field(default=())

    @property
    def nothing(self) -> bool:
        """Tell whether there is nothing to look for."""
        return not (self.exact or self.loose or self.filters or self.before or self.after)


def read(text: str) -> Asked:
    """Read a search; what is no operator is a word, and what is no word is passed over."""
    text = " ".join(text[:CHARACTERS].split())
    draft = _Draft()
    for piece in _PIECE.finditer(text):
        draft.take(piece)
    return draft.finish(text)


@dataclass
class _Draft:
    plain: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    filters: list[tuple[str, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    before: datetime | None = None
    after: datetime | None = None
    files: bool = False

    def take(self, piece: re.Match[str]) -> None:
        said = piece["phrase"] if piece["phrase"] is not None else piece["word"]
        operator = OPERATORS.get(normalise(piece["operator"] or ""))
        if operator is None and piece["operator"]:
            said = f"{piece['operator']}:{said}"
        if operator is not None and not piece["no"]:
            self._narrow(operator, said)
        elif piece["no"]:
            self.without.append(said)
        elif piece["phrase"] is not None:
            self.phrases.append(said)
        else:
            self.plain.append(said)

    def _narrow(self, operator: str, said: str) -> None:
        match operator:
            case "from":
                self.people.append(said)
            case "has" if normalise(said) in FILES:
                self.files = True
            case "before" | "after" if (day := _day(said)) is not None:
                if operator == "before":
                    self.before = day
                else:
                    self.after = day + timedelta(days=1)
            case "before" | "after" | "has":
                self.unread.append(said)
            case _:
                self.filters.append((operator, normalise(said)))

    def finish(self, text: str) -> Asked:
        exact, loose = self._words()
        loose += [phrase for said in self.phrases if (phrase := _phrase("n", said))]
        exact += [phrase for said in self.phrases if (phrase := _phrase("x", said))]
        common = [phrase for said in self.people if (phrase := _phrase("f", said, prefix=True))]
        common += [quoted(HAS_FILE)] if self.files else []
        common += [f"!({phrase})" for said in self.without if (phrase := _phrase("n", said))]
        stems = frozenset(search_terms(" ".join((*self.plain, *self.phrases, *self.people))))
        return Asked(
            text=text,
            exact=" & ".join((*exact[:TERMS], *common[:TERMS])) if exact else "",
            loose=" & ".join((*loose[:TERMS], *common[:TERMS])),
            stems=stems,
            prefixes=tuple(stem for stem in stems if _by_beginning(stem)),
            words=frozenset(spelled(" ".join((*self.plain, *self.phrases)))),
            filters=tuple(self.filters),
            before=self.before,
            after=self.after,
            unread=tuple(self.unread),
        )

    def _words(self) -> tuple[list[str], list[str]]:
        exact: list[str] = []
        loose: list[str] = []
        run: list[str] = []  # words between addresses: names of two words are one term
        for said in self.plain:
            if len(search_terms(said)) > 1:
                loose.append(_phrase("n", said, prefix=True))
                exact.append(_phrase("x", said))
            else:
                run.append(said)
                exact += [_exact(word) for word in spelled(said)]
        loose += [_loose(stem) for stem in search_terms(" ".join(run))]
        return exact, loose


def _phrase(kind: str, said: str, *, prefix: bool = False) -> str:
    terms = spelled(said) if kind == "x" else search_terms(said)
    if not terms:
        return ""
    *first, last = terms
    end = quoted(kind + last) + (":*" if prefix and _by_beginning(last) else "")
    joined = " <-> ".join([*(quoted(kind + term) for term in first[:TERMS]), end])
    return f"({joined})" if first else joined


def _exact(word: str) -> str:
    # A number has one spelling, whatever digits it was typed in.
    return (
        quoted("n" + "".join(search_terms(word)))
        if _number(normalise(word))
        else quoted("x" + word)
    )


def _loose(stem: str) -> str:
    return quoted("n" + stem) + (":*" if _by_beginning(stem) else "")


def _number(term: str) -> bool:
    return any(map(str.isdigit, term))


def _by_beginning(term: str) -> bool:
    return _number(term) and len(term) >= PREFIX_FROM


def _day(said: str) -> datetime | None:
    found = _DATE.fullmatch(normalise(said))
    if found is None:
        return None
    first, month, last = map(int, found.groups())
    year, day = (first, last) if first > 31 else (last, first)
    if year not in YEARS:
        return None
    try:
        return datetime.combine(date(year, month, day), datetime.min.time(), UTC)
    except ValueError:
        return None
