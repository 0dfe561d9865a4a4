"""Which days a country has off, and which of them nobody can know before the moon is sighted."""

from datetime import date
from itertools import pairwise

import pytest

from server.kit.errors import Invalid
from server.supervision import feasts

EID = {date(2027, 3, 9), date(2027, 3, 10)}


@pytest.mark.parametrize("locale", ["ar", "en"])
@pytest.mark.parametrize("country", ["SA", "AE", "PS", "SO", "DJ", "EG", "PK", "ID"])
def test_feasts_of_the_moon_wait_to_be_confirmed_in_every_language(
    country: str, locale: str
) -> None:
    found = feasts.of(country, 2027, locale=locale)
    eid = [one for one in found if one.first in EID]
    assert eid
    assert all(one.provisional for one in eid)
    assert not any(mark in one.name for one in eid for mark in ("estimated", "تقديري", "estimé"))
    assert any(not one.provisional for one in feasts.of(country, 2025, locale=locale))


@pytest.mark.parametrize("country", feasts.COUNTRIES)
def test_every_country_has_feasts_that_follow_one_another(country: str) -> None:
    found = feasts.of(country, 2027, locale="ar")
    assert found
    assert all(one.first <= one.last for one in found)
    assert all(one.last < after.first for one, after in pairwise(found))


def test_a_feast_of_several_days_is_one_so_that_it_moves_as_one() -> None:
    (eid,) = [
        one for one in feasts.of("SA", 2027, locale="en") if one.name == "Eid al-Fitr Holiday"
    ]
    assert (eid.first, eid.last) == (date(2027, 3, 9), date(2027, 3, 12))


def test_a_country_without_feasts_of_the_moon_has_none_that_wait() -> None:
    assert not any(one.provisional for one in feasts.of("FR", 2027, locale="ar"))


def test_a_country_or_a_year_that_nobody_knows_is_refused() -> None:
    for country, year in (("XX", 2027), ("SA", 1066)):
        with pytest.raises(Invalid):
            feasts.of(country, year, locale="en")
