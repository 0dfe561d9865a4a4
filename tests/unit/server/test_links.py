"""A link holds for one purpose, about one thing, until its end, and cannot be made by anybody else."""

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
