"""What canned replies leave open is filled for one ticket, and nothing else in braces gets by."""

import pytest

from server.knowledge.placeholders import NAMES, filled, isolated, unknown

VALUES = {
    "contact": "فاطمة العتيبي",
    "number": "100042",
    "agent": "Dana Ibrahim",
    "team": "الجوازات",
}


def shown(text: str) -> str:
    """Isolates as people can read them here."""
    return text.replace("\u2066", "⟨").replace("\u2068", "⟨").replace("\u2069", "⟩")


def test_both_languages_name_the_same_places() -> None:
    text = "{اسم المراجع} {contact name} {رقم التذكرة} {Ticket Number} { اسم الموظّف }"
    assert unknown(text) is None
    assert "{" not in filled(text, VALUES, language="en")


@pytest.mark.parametrize("names", NAMES.values())
def test_every_name_is_known_in_both_languages(names: tuple[str, str]) -> None:
    assert [unknown(f"{{{name}}}") for name in names] == [None, None]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{passport number}", "{passport number}"),
        ("Dear {contact name}, {}", "{}"),
        ("Dear {contact name", "{contact name"),
        ("وصل }", "وصل }"),
        ("{{contact name}}", "{"),
        ("{contact\nname}", "{contact"),
    ],
)
def test_anything_else_in_braces_is_named(text: str, wrong: str) -> None:
    assert unknown(text) == wrong


def test_arabic_keeps_numbers_and_latin_in_their_order() -> None:
    text = "عزيزي {اسم المراجع}، رقم تذكرتكم {رقم التذكرة} ويتابعها {اسم الموظف}."
    assert (
        shown(filled(text, VALUES, language="ar"))
        == "عزيزي فاطمة العتيبي، رقم تذكرتكم ⟨100042⟩ ويتابعها ⟨Dana Ibrahim⟩."
    )


def test_english_isolates_an_arabic_name_only() -> None:
    text = "Dear {contact name}, ticket {ticket number}, {agent name}"
    assert (
        shown(filled(text, VALUES, language="en"))
        == "Dear ⟨فاطمة العتيبي⟩, ticket 100042, Dana Ibrahim"
    )


def test_what_is_not_known_of_this_ticket_stays_open_to_be_seen() -> None:
    assert filled("عن {الموضوع}:", VALUES, language="ar") == "عن {الموضوع}:"


def test_a_value_is_never_read_as_a_place_itself() -> None:
    values = VALUES | {"contact": "{رقم التذكرة}"}
    assert "100042" not in filled("{اسم المراجع}", values, language="ar")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("خلال 3 أيام", "خلال 3 أيام"),
        ("اتصلوا على +966 920 012 345 اليوم", "اتصلوا على ⟨+966 920 012 345⟩ اليوم"),
        ("الرقم ٩٢٠ ٠١٢ ٣٤٥.", "الرقم ⟨٩٢٠ ٠١٢ ٣٤٥⟩."),
        ("تطبيق Passports App، ثم", "تطبيق ⟨Passports App⟩، ثم"),
        ("السطر (MRZ) في الجواز", "السطر (⟨MRZ⟩) في الجواز"),
        ("مركز VFS (Global) هنا", "مركز ⟨VFS (Global)⟩ هنا"),
        (
            "زوروا https://passports.example/renew?a=1 الآن",
            "زوروا https://passports.example/renew?a=1 الآن",
        ),
        ("أو help@passports.example", "أو help@passports.example"),
        ("يوم 2026-11-22", "يوم ⟨2026-11-22⟩"),
        ("بلا شيء", "بلا شيء"),
    ],
)
def test_isolates_stand_where_order_would_be_lost_and_never_inside_links(
    text: str, said: str
) -> None:
    assert shown(isolated(text)) == said
    assert isolated(isolated(text)) == isolated(text)
