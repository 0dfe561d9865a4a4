"""Spellings that must meet, and look-alikes that must not."""

import sys
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.arabic import stem
from routing.arabic_words import KNOWN, PLURALS, ROOTED, WHOLE
from routing.text import direction, language, normalise, search_terms

SAME = """
شكوى | شكوي
هدى | هدي
مصطفى | مصطفي
أحمد | احمد
إصدار | اصدار
آخر | اخر
ٱلجواز | الجواز
مسؤول | مسئول
شؤون | شئون
رئيس | رءيس
بطاقة | بطاقه
فاطمة | فاطمه
جَوَازُ سَفَرٍ | جواز سفر
جـــــواز | جواز
ﺟﻮﺍﺯ ﺳﻔﺮ | جواز سفر
ﻻ | لا
کتاب | كتاب
ایران | ايران
پاسپورت | باسبورت
ڤيزا | فيزا
\u202bجواز\u202c | جواز
جوا\u200cز | جواز
٠١٢٣٤٥٦٧٨٩ | 0123456789
۰۱۲۳۴۵۶۷۸۹ | 0123456789
１２３ | 123
Passport | passport
CAFÉ | café
résumé | resume
Straße | strasse
œuvre | oeuvre
جواز \u00a0 سفر\t | جواز سفر
عبد الرحمن | عبدالرحمن
أبو عبد الله | ابوعبدالله
l’ambassade | l'ambassade
١٢٫٥ | 12.5
"""

SAME_TERMS = """
الجواز | جواز
والجواز | جواز
بالجواز | جواز
للجواز | جواز
كالجواز | جواز
فالجواز | جواز
وللجواز | جواز
وبالجواز | جواز
بجواز | جواز
لجواز | جواز
كجواز | جواز
جوازات | جواز
الجوازات | جواز
جوازي | جواز
جوازها | جواز
جوازهم | جواز
جوازكم | جواز
جوازنا | جواز
جوازك | جواز
جوازاتهم | جواز
بجوازاتنا | جواز
جوازين | جواز
جوازًا | جواز
بطاقتي | البطاقة
ببطاقته | بطاقات
معاملتي | المعاملات
هويتي | الهوية
طلبي | الطلبات
طلبين | طلب
مسافرون | مسافرين
للمسافرين | المسافر
الإلكترونية | إلكتروني
إلغاء | الإلغاء
الوزارة | وزارة
وثائق | وثيقة
بالوثائق | وثيقتي
والدي | والدتي
ووالده | والد
المواعيد | موعد
الشكاوى | شكوى
شكواي | شكوى
رسوم | رسم
الأشهر | شهر
أيام | اليوم
للأطفال | طفل
التأشيرات | تأشيرتي
لتجديد | التجديد
وتجديد | تجديد
قائمة | القايمة
عائلة | العايلة
مسئول | المسؤولين
فيزا | فيزة
سوريا | السورية
بياناتي | البيانات
للجنة | اللجنة
السفارات | سفارة
عبد الرحمن | عبدالرحمن
وعبد الله | عبدالله
عَبْد اللَّه | عبدالله
أبو ظبي | أبوظبي
نور الدين | نورالدين
إن شاء الله | انشاءالله
محمد و علي | محمد وعلي
أبو عبد الله | ابو عبدالله
(عبد الرحمن) | عبدالرحمن
لعبد العزيز، | لعبدالعزيز
سنتين | سنوات
مرتين | مرة
بأولادي | ولد
وأطفالهم | الطفل
رسائلكم | رسالة
الفواتير | فاتورتي
الوزراء | وزير
والسفراء | السفير
للمواطنين | مواطن
رقم١٢٣٤ | رقم 1234
passports | passport
renewing | renewed
applies | applied
copies | copy
cancelled | canceled
planned | planning
dates | dated
passport's | passport
l'ambassade | ambassade
d’identité | identite
demandes | demande
nationaux | national
addresses | address
"""

DIFFERENT = """
علي | علم
طلب | طالب
طلبة | طالبان
سفر | سفراء
عمل | عملاء
شركة | شركاء
هدى | هدايا
كمال | مال
باسم | اسم
وفاء | وفاة
ولاية | ولا
ولاية | ولاء
أجرة | إجراء
وائل | آل
123456 | 123457
12345678 | 12345679
A1234567 | A1234568
A1234567 | B1234567
0123 | 123
موعد | موعود
سليم | سليمان
حسن | حسين
حمد | حمدي
حسني | حسن
ليلى | ليل
لبن | لبنان
عبد الرحمن | عبد الرحيم
عبد الله | عبيد الله
الرحمن الرحيم | عبد الرحمن
عبد الله | الله
وزير | زير
وزارة | زيارة
والد | ولد
والد | دفع
وثيقة | ثقة
وكالة | كالة
بطاقة | طاقة
لجنة | جنة
كتاب | تاب
بلاغ | لاغ
فقدان | قدان
سفر | صفر
سفارة | سفرة
جواز | جوز
جواز | زواج
تجديد | تحديد
تأشيرة | تأخير
ضياع | ضباع
عمان | عمل
اقامة | قيمة
مصر | نصر
ألمانيا | مانيا
إلهام | هام
الغاز | إلغاء
need | ned
speed | spe
news | new
rate | rat
plane | plan
fine | fin
visa | vis
pass | pas
issue | issa
3alaikum | alaikum
covid19 | covid
"""


def pairs(page: str) -> list[tuple[str, str]]:
    return [
        (left, right)
        for left, _, right in (line.partition(" | ") for line in page.strip("\n").split("\n"))
    ]


@pytest.mark.parametrize(("left", "right"), pairs(SAME))
def test_spellings_of_one_word_are_normalised_alike(left: str, right: str) -> None:
    assert normalise(left) == normalise(right)
    assert search_terms(left) == search_terms(right)


@pytest.mark.parametrize(("left", "right"), pairs(SAME_TERMS))
def test_forms_of_one_word_share_their_stem(left: str, right: str) -> None:
    assert search_terms(left) == search_terms(right)


@pytest.mark.parametrize(("left", "right"), pairs(DIFFERENT))
def test_look_alikes_stay_apart(left: str, right: str) -> None:
    assert not set(search_terms(left)) & set(search_terms(right)) or search_terms(
        left
    ) != search_terms(right)
    assert not set(search_terms(left)) <= set(search_terms(right))
    assert not set(search_terms(right)) <= set(search_terms(left))


def test_no_listed_plural_swallows_another_word() -> None:
    plurals = {stem(plural) for listed in PLURALS.values() for plural in listed.split()}
    assert plurals == {stem(one) for one in PLURALS}
    for word in (
        (WHOLE | ROOTED | KNOWN)
        - set(PLURALS)
        - {w for listed in PLURALS.values() for w in listed.split()}
    ):
        if stem(word) in plurals:
            assert any(word[:2] == one[:2] and abs(len(word) - len(one)) <= 3 for one in PLURALS), (
                word
            )


def test_who_looks_for_a_name_finds_it_after_abu() -> None:
    assert search_terms("محمد")[0] in search_terms("ابومحمد")
    assert search_terms("أبوابها") == search_terms("الأبواب")
    assert search_terms("أبوها") != search_terms("أبو ها")


def test_every_digit_set_is_read_as_our_own() -> None:
    for code in range(sys.maxunicode + 1):
        digit = chr(code)
        value = unicodedata.decimal(digit, None)
        if value is not None:
            assert normalise(digit) == str(value)


def test_numbers_are_never_stemmed() -> None:
    assert search_terms("TW-2026-00123, A1234567s ٠٠٩٦٦٥٠١٢٣٤٥٦٧ 15ing") == [
        "tw",
        "2026",
        "00123",
        "a1234567s",
        "00966501234567",
        "15ing",
    ]


def test_arabizi_is_left_as_it_is() -> None:
    assert search_terms("salam 3alaikum, ma3lomat 7awl jawaz") == [
        "salam",
        "3alaikum",
        "ma3lomat",
        "7awl",
        "jawaz",
    ]


@pytest.mark.parametrize(
    "nothing", ["", " \n\t", "😀👍🏽", "؟؟ … !!", "\u0640\u064b\u200f", "\u202e"]
)
def test_text_without_words_has_no_terms(nothing: str) -> None:
    assert search_terms(nothing) == []
    assert language(nothing) is None


@pytest.mark.parametrize(
    "piece",
    [
        "جواز سفر A123 ",
        "a",
        "ش",
        "\u064b",
        "ﷺ",
        "1",
        "'",
        "a'",
        "😀",
        "\u202eabc جواز",
        "و ",
        "عبد ",
        "é\u0301",
        "\u0301\u0327",
        "و\u064e\u0654\u064e\u0654",
        "\u093c\u094d",
        "ا\u200d",
    ],
)
def test_a_megabyte_of_anything_takes_no_long_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece.encode()))
    began = time.process_time()
    terms = search_terms(text)
    assert time.process_time() - began < 4
    assert all(len(term) <= 129 for term in terms)


def test_long_text_reads_like_its_parts() -> None:
    words = ["مسئو\u0644", "و\u064e\u0654", "ﻻ", "e\u0301", "جَوَاز"] * 400
    assert normalise(" ".join(words)) == " ".join(map(normalise, words))


@given(
    st.lists(
        st.sampled_from(
            "عبد الرحمن الله ابو أبو نور الدين ان شاء و وعبد لعبد بكر , ( ٣ a ـ عَبد".split(" ")
        ),
        max_size=9,
    )
)
@settings(max_examples=300, deadline=None)
def test_names_of_several_words_settle_at_once(words: list[str]) -> None:
    text = " ".join(words)
    assert normalise(normalise(text)) == normalise(text)
    assert search_terms(normalise(text)) == search_terms(text)


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet="اأإآىيةهئؤءوبلكفـًٌَُّْٰ\u200c\u0654\u0655عبد الرحمن1٢a'é \u0301ﷺﻻ", max_size=60))
@settings(max_examples=500, deadline=None)
def test_terms_of_normalised_text_are_the_terms_of_the_text(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert search_terms(normalise(text)) == search_terms(text)


@given(
    st.text(alphabet="جوازسفرتيدقهمناكلب ا", max_size=60),
    st.text(alphabet="\u064b\u0640\u200f\u0651", min_size=1, max_size=2),
)
@settings(max_examples=200, deadline=None)
def test_marks_anywhere_change_nothing(text: str, mark: str) -> None:
    middle = len(text) // 2
    if text[:middle].strip() and text[middle:].strip():
        assert normalise(text[:middle] + mark + text[middle:]) == normalise(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("السلام عليكم، أريد تجديد جوازي", "ar"),
        ("جواز", "ar"),
        ("Hello, I want to renew my passport", "en"),
        ("Bonjour, je voudrais renouveler mon passeport", "fr"),
        ("Besoin d'un rendez-vous svp", "fr"),
        ("salam 3alaikum, biddi ajaddid jawaz", "ar"),
        ("Здравствуйте", "ru"),
        ("नमस्ते पासपोर्ट", "hi"),
        ("こんにちは、旅券", "ja"),
        ("أريد تجديد جوازي عبر https://portal.example.org/passport/renewal/appointments", "ar"),
        ("I need help with أبشر please", "en"),
        ("مجھے اپنا پاسپورٹ بنوانا ہے", "ur"),
        ("سلام، برای تمدید گذرنامه چه مدارکی لازم است", "fa"),
        ("گلت له چذي ما يصير، ودي اجدد الجواز", "ar"),
        ("12345", None),
        ("xkcd qwrt", None),
    ],
)
def test_language_of_a_text(text: str, expected: str | None) -> None:
    assert language(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. جواز passport", "rtl"),
        ("(passport) جواز", "ltr"),
        ("123 ٤٥٦ !", None),
        ("", None),
        ("שלום", "rtl"),
    ],
)
def test_direction_is_that_of_the_first_letter_that_has_one(
    text: str, expected: str | None
) -> None:
    assert direction(text) == expected
