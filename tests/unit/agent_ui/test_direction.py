"""A line runs as its words do, not as the mark of an answer before them."""

import pytest

from agent_ui.direction import line_direction

from .readers import reader


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("Re: تأخر تجديد الجواز", "rtl"),
        ("RE: Fwd: تأخر", "rtl"),
        ("رد: Exit visa", "ltr"),
        ("Re[2]: تأخر", "rtl"),
        ("1042 (تأخر)", "rtl"),
        ("Renewal تأخر", "ltr"),
        ("12345", ""),
        ("", ""),
    ],
)
def test_the_first_letter_after_the_mark_decides(text: str, way: str) -> None:
    assert line_direction(text) == way


def test_where_no_letter_says_it_runs_as_the_page_does() -> None:
    assert reader("ar").dir_of("12345") == "rtl"
    assert reader("en").dir_of("12345") == "ltr"
