"""Nothing that people read is left untranslated."""

import re
from pathlib import Path
from string import Formatter

import jinja2
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from agent_ui import catalogue, render, sentences

HOME = Path(render.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
# Names of languages stand in their own language, keys as they are printed on the keyboard.
AS_THEY_ARE = {"العربية", "English", "Ctrl", "Enter"}
SPOKEN_ATTRIBUTES = r'(?:title|aria-label|placeholder|alt|data-label|data-remove)="([^"]*)"'


def _wanted() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for _, _, message, _, _ in extract_from_dir(
        HOME,
        method_map=[("**.py", "python"), ("**.html", "jinja2")],
        options_map={"**.html": {"newstyle_gettext": "true"}},
        keywords=KEYWORDS,
    ):
        first, second = (message, None) if isinstance(message, str) else (message[0], message[1])
        found[first] = second
    return found


def _arabic() -> Catalog:
    with (catalogue.LOCALES / "ar/LC_MESSAGES/tawasul.po").open("rb") as lines:
        return read_po(lines, locale="ar", abort_invalid=True)


def _holes(text: str) -> list[str]:
    braces = [f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name is not None]
    return sorted([*re.findall(r"%\(\w+\)s", text), *braces])


def test_arabic_has_exactly_what_is_said() -> None:
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in _arabic() if m.id}
    assert known == set(_wanted())


def _strings(message: Message) -> tuple[str, ...]:
    said = message.string
    return (said,) if isinstance(said, str) else tuple(said or ())


def test_no_translation_is_missing_or_guessed() -> None:
    for message in _arabic():
        if message.id:
            assert not message.fuzzy, message.id
            assert len(_strings(message)) == (1 if isinstance(message.id, str) else 6), message.id
            assert all(_strings(message)), message.id


def test_translations_fill_the_same_holes() -> None:
    for message in _arabic():
        many = message.id if isinstance(message.id, str) else message.id[1]
        for said in _strings(message)[-3:] if many else ():  # one and two may say it in words
            assert _holes(said) == _holes(many), message.id


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "لا تذاكر"),
        (1, "تذكرة واحدة"),
        (2, "تذكرتان"),
        (3, "3 تذاكر"),
        (11, "11 تذكرة"),
        (100, "100 تذكرة"),
    ],
)
def test_arabic_counts_in_six_ways(count: int, said: str) -> None:
    say = catalogue.translations("ar").ngettext
    assert say("%(num)s ticket", "%(num)s tickets", count) % {"num": count} == said


def test_arabic_uses_no_exclamation_marks() -> None:
    assert not [m.id for m in _arabic() if "!" in str(m.string)]


def test_no_template_says_anything_unmarked() -> None:
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701 - reads only
    for path in (HOME / "templates").rglob("*.html"):
        pieces: list[str] = []
        for _, kind, value in environment.lex(path.read_text(encoding="utf-8")):
            pieces.append(value if kind == "data" else "")
        text = "".join(pieces)
        spoken = re.findall(SPOKEN_ATTRIBUTES, text)
        outside = re.sub(r"<[^>]*>", "\n", re.sub(r"&#?\w+;", "", text)).splitlines()
        words = {word.strip() for word in (*spoken, *outside)} - AS_THEY_ARE
        assert not [word for word in words if re.search(r"[^\W\d_]", word)], path.name


def test_every_reason_and_event_can_be_said_without_its_parameters() -> None:
    from .readers import reader

    ui = reader("ar")
    for code in (*sentences.REASONS, "brand_new", "100%"):
        assert sentences.reason(code, {}, ui.words)
    for kind in (*sentences.EVENTS, "brand_new", "100%"):
        assert sentences.event(kind, {}, ui.words)
