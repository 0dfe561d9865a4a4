"""What a ticket is found by: words as they were spelled, their normalised stems, and marks of team and time.

Every term begins with a letter that says what it is: ``x`` a word as spelled, ``n`` a stem, ``f`` a stem of a
name or address, ``g`` a team, ``d`` a day, ``m`` a block of 32 days, ``k`` a kind of thing the ticket holds.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from routing.text import search_terms

MESSAGE_CHARACTERS = 50_000
TICKET_BYTES = 700_000
"""PostgreSQL takes a megabyte; what a ticket says beyond this is no longer found."""
WORD_CHARACTERS = 64
HAS_FILE = "kfile"

_LAST_POSITION = 16_000
_POSITIONS = 250
_MARKS = "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u200b-\u200f\u0300-\u036f"
WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")
_LONG_NUMBER = re.compile(r"\+?\d[\d ()-]{8,20}\d")
_NATIONAL_DIGITS = 9


def spelled(text: str) -> list[str]:
    """Return the words as they are written, but for capitals."""
    return [word.casefold()[:WORD_CHARACTERS] for word in WORD.findall(text)]


@dataclass(slots=True)
class Vector:
    """The terms of one or several texts with their places, as PostgreSQL reads them."""

    places: dict[str, list[int]] = field(default_factory=dict)
    at: int = 0
    size: int = 0

    def add(self, text: str, *, of_person: bool = False) -> None:
        """Add a text; no phrase reaches from one text into the next."""
        text = text[:MESSAGE_CHARACTERS]
        begin = self.at + 1
        stems = search_terms(text)
        words = spelled(text)
        for place, stem in enumerate(stems, begin):
            self._put("n" + stem, place)
            if of_person:
                self._put("f" + stem, place)
        for place, word in enumerate(words, begin):
            self._put("x" + word, place)
        self.at = begin + max(len(stems), len(words))

    def add_address(self, address: str) -> None:
        """Add an identity's address; a phone number is also found without its country's code."""
        self.add(address, of_person=True)
        digits = "".join(filter(str.isdigit, address))
        if _LONG_NUMBER.fullmatch(address.strip()) and len(digits) > _NATIONAL_DIGITS:
            national = digits[-_NATIONAL_DIGITS:]
            self.add(f"{digits} {national} 0{national}", of_person=True)

    def mark(self, term: str) -> None:
        """Add a term that stands nowhere."""
        self.places.setdefault(term, [])

    def _put(self, term: str, place: int) -> None:
        known = self.places.get(term)
        grows = 2 if known is not None else len(term.encode()) + 8
        if self.size + grows > TICKET_BYTES:
            return
        if known is None:
            known = self.places[term] = []
        if place < _LAST_POSITION and len(known) < _POSITIONS:
            known.append(place)
        self.size += grows

    def __str__(self) -> str:
        return " ".join(
            quoted(term) + (f":{','.join(map(str, places))}" if places else "")
            for term, places in self.places.items()
        )


def quoted(term: str) -> str:
    """Write a term so that PostgreSQL reads it as it is."""
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def vector(texts: Iterable[str]) -> Vector:
    """Return the terms of some texts."""
    made = Vector()
    for text in texts:
        made.add(text)
    return made
