"""Read the message catalogues into memory; English is the source and needs none."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from agent_ui.models.codes import Locale

LOCALES = Path(__file__).parent / "locale"


def mark(message: str) -> str:
    """Mark a message for translation where it stands; it is translated where it is shown."""
    return message


@cache
def translations(locale: Locale) -> NullTranslations:
    """Return the catalogue of one locale, compiled from its text form."""
    if locale == "en":
        return NullTranslations()
    source = LOCALES / locale / "LC_MESSAGES" / "tawasul.po"
    compiled = BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=locale, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)
