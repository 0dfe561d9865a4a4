"""Pictures that stand in a text: the mark that a picture leaves there, and what comes between the marks."""

import re
from collections.abc import Collection, Iterator
from functools import cache

from agent_ui.catalogue import mark as _
from agent_ui.catalogue import translations
from agent_ui.models.codes import Locale

PICTURE = _("[Picture: %(name)s]")
LOCALES: tuple[Locale, ...] = ("ar", "en")


def said(name: str, locale: Locale) -> str:
    """Return what stands in a text for a picture."""
    return translations(locale).gettext(PICTURE) % {"name": name}


def named(text: str) -> tuple[str, ...]:
    """Return the names of the pictures that a text asks for, each once, in order."""
    return tuple(dict.fromkeys(found[1] for found in _mark().finditer(text)))


def pieces(text: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield what stands before each of these pictures and its name; at the end the rest, and no name."""
    start = 0
    for found in _mark().finditer(text):
        if found[1] in names:
            yield text[start : found.start()], found[1]
            start = found.end()
    yield text[start:], ""


@cache
def _mark() -> re.Pattern[str]:
    """Whoever wrote it, the mark is known in every language of the desk."""
    begins = {said("\0", locale).partition("\0")[0].strip() for locale in LOCALES}
    return re.compile(
        rf"(?:{'|'.join(map(re.escape, sorted(begins)))})\s*([^\[\]\s][^\[\]\n]{{0,199}}?)\s*\]"
    )
