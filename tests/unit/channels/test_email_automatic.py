"""Who answers: a responder tells itself by its subject, and people write about the same things."""

from pathlib import Path

import pytest

from channels.email.parse import parse

DATA = Path(__file__).parents[2] / "data" / "email"
RESPONDERS = (DATA / "subjects-of-responders.txt").read_text(encoding="utf-8").splitlines()
PEOPLE = (DATA / "subjects-of-people.txt").read_text(encoding="utf-8").splitlines()
MAIL = "From: Salma <salma@example.org>\nSubject: {}\n\nsome words\n"


@pytest.mark.parametrize("subject", RESPONDERS)
def test_a_responder_is_known_by_its_subject(subject: str) -> None:
    assert parse(MAIL.format(subject).encode()).automatic is not None


@pytest.mark.parametrize("subject", PEOPLE)
def test_a_citizen_who_writes_of_absence_is_no_responder(subject: str) -> None:
    assert parse(MAIL.format(subject).encode()).automatic is None
