"""A link holds for one purpose, about one thing, until its end, and cannot be made by anybody else."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit import links, secrets
from server.kit.limits import PUBLIC_TRIES, PUBLIC_TRIES_WINDOW
from server.kit.links import Link
from server.kit.settings import settings
from server.portal.pace import KNOWN, Pace

NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)
FIRST_KEY, SECOND_KEY = "a" * 40, "b" * 40
MOMENT = timedelta(microseconds=1)
LINK = Link(7, NOW, NOW + timedelta(days=30))


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TAWASUL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    use(monkeypatch, FIRST_KEY)
    yield
    forget()


def forget() -> None:
    settings.cache_clear()
    secrets.keys.cache_clear()


def use(monkeypatch: pytest.MonkeyPatch, key: str, *old: str) -> None:
    monkeypatch.setenv("TAWASUL_SECRET_KEY", key)
    monkeypatch.setenv("TAWASUL_SECRET_KEYS_OLD", " ".join(old))
    forget()


def test_what_was_signed_is_read_until_its_end_and_not_after() -> None:
    word = links.sign("rating", LINK)
    assert links.read("rating", word, now=LINK.until - MOMENT) == LINK
    assert links.read("rating", word, now=LINK.until) is None
    assert links.read("status", word, now=NOW) is None
    assert links.sign("rating", LINK) == word


def test_no_other_spelling_of_a_link_is_the_link() -> None:
    word = links.sign("rating", LINK)
    changed = {
        word[:n] + other + word[n + 1 :]
        for n in range(len(word))
        for other in "AQgw_-"
        if other != word[n]
    }
    changed |= {word + "=", word + "A", word[:-1], f" {word}", word.swapcase(), word * 2}
    assert [one for one in changed if links.read("rating", one, now=NOW)] == []


@given(st.text(max_size=120))
def test_nothing_that_somebody_makes_up_is_a_link(word: str) -> None:
    assert links.read("rating", word, now=NOW) is None


def test_a_key_that_was_replaced_still_reads_and_no_longer_signs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    word = links.sign("rating", LINK)
    use(monkeypatch, SECOND_KEY)
    assert links.read("rating", word, now=NOW) is None
    use(monkeypatch, SECOND_KEY, FIRST_KEY)
    assert links.read("rating", word, now=NOW) == LINK
    assert links.sign("rating", LINK) != word


def spelled(word: str, address: str) -> str:
    """Write a word into an address as some mail server would."""
    if "_portal_" in address:
        return address.format(word.replace("-", "-2D").replace("_", "-5F"))
    return address.format(word)


@pytest.mark.parametrize(
    "address",
    [
        "https://desk.example/portal/rating/{}?score=5",
        "https://safe.example/?url=https%3A%2F%2Fdesk.example%2Fportal%2Frating%2F{}%3Fscore%3D5&amp;data=1",
        "https://safe.example/?url=https%253A%252F%252Fdesk.example%252Fportal%252Frating%252F{}%253Fscore%253D5",
        "https://one.example/?u=https%25253A%25252F%25252Fportal%25252Frating%25252F{}",
        "https://urldefense.example/v2/url?u=https-3A__desk.example_portal_rating_{}-3Fscore-3D5&d=DwMFaQ",
        "https://urldefense.example/v2/url?u=https-253A-252F-252Fportal-252Frating-252F{}-253Fscore",
    ],
)
@pytest.mark.parametrize("about", [1, 7, 40, 1000])
def test_no_mail_servers_spelling_of_an_address_keeps_the_word(address: str, about: int) -> None:
    word = links.sign("rating", Link(about, NOW, LINK.until))
    before, after = "شكرًا، قيّمت هنا ", " وأنتظر ردكم\nThank you"
    said = links.without_words(before + spelled(word, address) + after)
    assert said.startswith(before)
    assert said.endswith(after)
    assert "…" in said
    assert word[-20:] not in said
    assert word[:20] not in said


@pytest.mark.parametrize("line", ["\n", "\r\n", " \r\n", "=\r\n", "\n> > ", "<br>\n&gt; "])
def test_a_word_broken_over_lines_goes_and_what_follows_stays(line: str) -> None:
    word = links.sign("rating", LINK)
    address = f"https://desk.example/portal/rating/{word}"
    for at in range(address.index("portal") + 1, len(address)):
        said = links.without_words(f"{address[:at]}{line}{address[at:]}{line}Thank you")
        assert said.endswith(f"…{line}Thank you")
        assert word[:5] not in said
        assert word[-5:] not in said
    thrice = line.join((address[:40], address[40:60], address[60:80], address[80:]))
    assert word[-5:] not in links.without_words(thrice)


def test_other_addresses_and_the_lines_under_them_stay() -> None:
    for text in (
        "https://ministry.example/portal/services/renewal\n\nRiyadh\nThank you very much for your help",
        "https://ministry.example/portal/services/\nشكرا جزيلا لكم على سرعة الرد والمتابعة المستمرة معنا",
        "the portal / rating of each of these services was good",
    ):
        assert links.without_words(text) == text


@pytest.mark.parametrize(
    "hostile",
    [
        "portal_" * 150_000,
        "portal/" * 150_000,
        "portal/rating/" * 75_000,
        "portal%" + "25" * 500_000,
        "portal%25252525" * 70_000,
        "portal/a/b\n" * 90_000,
        "portal/a/b" + " " * 1_000_000,
        "portal/a/" + "b\n" * 500_000,
        "portal/a/b\n" + "> " * 500_000,
        "p\n" * 500_000,
        "p" + "&gt;" * 250_000,
        "portal/" + "a" * 1_000_000,
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_no_text_takes_long_to_be_rid_of_words(hostile: str) -> None:
    begun = time.process_time()
    links.without_words(hostile)
    assert time.process_time() - begun < 5


def test_a_network_may_try_so_often_and_again_when_time_has_passed() -> None:
    pace = Pace()
    tries = [pace.allows("2001:db8::1", now=NOW) for _ in range(PUBLIC_TRIES + 1)]
    assert tries == [True] * PUBLIC_TRIES + [False]
    assert not pace.allows("2001:db8::ffff", now=NOW)
    assert pace.allows("192.0.2.1", now=NOW)
    assert pace.allows("2001:db8::1", now=NOW + PUBLIC_TRIES_WINDOW)


def test_a_flood_from_everywhere_fills_no_memory() -> None:
    pace = Pace()
    for n in range(KNOWN + 100):
        pace.allows(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", now=NOW)
    assert len(pace._tries) == KNOWN
