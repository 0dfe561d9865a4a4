"""Where the words that were looked for stand in the text as it was written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from routing.text import search_terms
from server.search.asked import Asked
from server.search.terms import WORD, spelled

AROUND = 90
"""So many characters of text are shown before and after the first hit."""

Piece = tuple[str, bool]

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds the words of one search."""

    asked: Asked

    def hits(self, text: str) -> frozenset[str]:
        """Return which of the wanted stems stand in a text."""
        found = frozenset(search_terms(text))
        begun = {
            prefix for prefix in self.asked.prefixes if any(f.startswith(prefix) for f in found)
        }
        return (found & self.asked.stems) | begun

    def best(self, texts: Sequence[str]) -> str | None:
        """Return the text that holds the most of what was looked for; nothing when none does."""
        chosen: str | None = None
        most = 0
        for text in texts:
            count = len(self.hits(text))
            if count > most:
                chosen, most = text, count
            if most == len(self.asked.stems):
                break
        return chosen

    def marked(self, text: str, *, around: int | None = None) -> tuple[Piece, ...]:
        """Part a text into pieces, each a hit or not; ``around`` keeps only what surrounds the first hit."""
        spans = self._spans(text)
        begin, end = 0, len(text)
        if around is not None:
            first = spans[0][0] if spans else 0
            begin = text.rfind(" ", 0, max(first - around, 0)) + 1 if first > around else 0
            end = min(end, begin + 3 * around)
        pieces: list[Piece] = [("…", False)] if begin else []
        at = begin
        for start, stop in spans:
            if start < begin or stop > end:
                continue
            pieces += [(text[at:start], False), (text[start:stop], True)]
            at = stop
        pieces += [(text[at:end], False)] + ([("…", False)] if end < len(text) else [])
        return tuple(
            (_SPACES.sub(" ", said) if len(said) > AROUND else said, hit)
            for said, hit in pieces
            if said
        )

    def _spans(self, text: str) -> list[tuple[int, int]]:
        words = list(WORD.finditer(text))
        spans: list[tuple[int, int]] = []
        skip = False
        for number, word in enumerate(words):
            if skip:
                skip = False
                continue
            if self._wanted(word[0]):
                spans.append(word.span())
            elif number + 1 < len(words):
                # Names of two words are one term: عبد الرحمن.
                pair = f"{word[0]} {words[number + 1][0]}"
                if len(search_terms(pair)) == 1 and self._wanted(pair):
                    spans.append((word.start(), words[number + 1].end()))
                    skip = True
        return spans

    def _wanted(self, word: str) -> bool:
        return bool(self.hits(word)) or not self.asked.words.isdisjoint(spelled(word))
