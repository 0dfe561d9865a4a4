"""Which policy a ticket is under: by its conditions, on its dates, by whose hours; the first that fits."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.db import sql
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.settings import Settings
from server.service_levels import actions as service_levels
from server.service_levels import queries as promises
from server.tickets import actions as tickets
from tests.support.mails import mail
from tests.support.office import ALL_DAY, office, take, viewer

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


async def save(name: str, minutes: float, *, position: int = 1, **more: Any) -> int:
    return await service_levels.save_policy(
        name,
        calendar="always",
        allowed_minutes={"first_response": minutes},
        position=position,
        **{"now": clock.now(), **more},
    )


async def promised(sender: str = "fatima@example.org") -> float:
    """Let somebody write; return the minutes until the first answer is due."""
    account = await sql.value("SELECT id FROM channel_accounts WHERE name = 'help'")
    await take(account, mail(f"from {sender} {clock.now()}", sender=sender))
    row = await sql.row(
        """
        SELECT due_at, started_at FROM clocks WHERE target = 'first_response' ORDER BY id DESC LIMIT 1
        """
    )
    assert row is not None
    return float((row["due_at"] - row["started_at"]).total_seconds() / 60)


async def test_the_first_policy_whose_every_condition_fits_holds(db: Settings) -> None:
    account = await office()
    await sql.run("UPDATE policies SET position = 9")
    team = await sql.value("SELECT id FROM teams")
    assert await promised("first@example.org") == 60
    await save("account", 50, position=5, account_id=account)
    assert await promised("second@example.org") == 50
    await save("team", 40, position=4, team_id=team)
    assert await promised("third@example.org") == 40
    await save("other team", 1, position=1, team_id=team, channel="telegram")
    await save("preferred", 30, position=3, contact_class="vip")
    assert await promised("third@example.org") == 40
    await sql.run("UPDATE contacts SET vip = true")
    assert await promised("third@example.org") == 30
    await save("the others", 20, position=2, contact_class="ordinary")
    assert await promised("third@example.org") == 30
    assert await promised("fourth@example.org") == 20


async def test_a_ticket_that_changes_its_team_comes_under_that_teams_policy(db: Settings) -> None:
    account = await office()
    other = await sql.value(
        "INSERT INTO teams (slug, name_ar, name_en) VALUES ('visas', 'التأشيرات', 'Visas') RETURNING id"
    )
    await sql.run("UPDATE policies SET position = 9")
    await save("visas", 15, team_id=other)
    await take(account, mail(), at=clock.now() - timedelta(minutes=5))
    ticket_id = int(await sql.value("SELECT max(id) FROM tickets"))
    (before, *_) = await promises.of_ticket(ticket_id)
    await tickets.set_team(
        ticket_id, team_id=other, by=await viewer("amal"), form_key="t", now=clock.now()
    )
    (after, *_) = await promises.of_ticket(ticket_id)
    assert after.started_at == before.started_at
    assert after.due_at == before.started_at + timedelta(minutes=15)
    assert await service_levels.check_clocks() == ()


async def test_a_version_begins_on_its_day_and_what_was_promised_before_stays(db: Settings) -> None:
    account = await office()
    now = clock.now()
    starts = now + 2 * DAY
    await save("standard", 5, starts_at=starts)
    await take(account, mail())
    (first, *_) = await promises.of_ticket(int(await sql.value("SELECT max(id) FROM tickets")))
    assert first.target.allowed == timedelta(minutes=60)
    assert await in_force(starts - timedelta(seconds=1)) == [60]
    assert await in_force(starts) == [5]
    await service_levels.order_following(policy="standard", from_at=starts, by=None, now=now)
    assert not await service_levels.follow_terms(now=starts - timedelta(seconds=1))
    assert await service_levels.follow_terms(now=starts)
    (first, *_) = await promises.of_ticket(int(await sql.value("SELECT max(id) FROM tickets")))
    assert first.target.allowed == timedelta(minutes=5)


async def in_force(at: datetime) -> list[float]:
    return [one.allowed_minutes["first_response"] for one in await promises.policies(at=at)]


async def test_versions_follow_one_another_without_gap_or_overlap(db: Settings) -> None:
    await office()
    start = clock.now()
    await save("standard", 20, starts_at=start + 20 * DAY)
    await save("standard", 10, starts_at=start + 10 * DAY)
    await save("standard", 1)
    ahead = [await in_force(clock.now() + n * DAY) for n in (0, 9, 11, 19, 21, 900)]
    assert ahead == [[1], [1], [10], [10], [20], [20]]


async def test_a_policy_ends_after_its_last_day(db: Settings) -> None:
    await office()
    end = clock.now() + 3 * DAY
    await save("standard", 5, ends_at=end)
    assert await in_force(end - timedelta(seconds=1)) == [5]
    assert await in_force(end) == []


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [(3, 2, "range_inverted"), (10, None, "starts_same"), (None, 11, "dates_overlap")],
)
async def test_dates_that_cannot_be_meant_are_refused(
    db: Settings, starts: int | None, ends: int | None, code: str
) -> None:
    await office()
    now = clock.now()
    await save("standard", 10, starts_at=now + 10 * DAY)
    with pytest.raises(Invalid) as refused:
        await save(
            "standard",
            5,
            starts_at=None if starts is None else now + starts * DAY,
            ends_at=None if ends is None else now + ends * DAY,
        )
    assert refused.value.code == code
    assert await in_force(now + 11 * DAY) == [10]


async def test_a_planned_version_can_be_replaced_and_given_up(db: Settings) -> None:
    await office()
    now = clock.now()
    planned = await save("standard", 10, starts_at=now + 10 * DAY)
    planned = await save("standard", 7, starts_at=now + 5 * DAY, instead_of=planned)
    assert [await in_force(now + n * DAY) for n in (1, 6, 11)] == [[60], [7], [7]]
    await service_levels.order_following(policy="standard", from_at=now + 5 * DAY, by=None, now=now)
    await service_levels.withdraw_policy(planned, now=now)
    assert await in_force(now + 11 * DAY) == [60]
    assert not await service_levels.follow_terms(now=now + 11 * DAY)
    with pytest.raises(NotFound):
        await service_levels.withdraw_policy(planned, now=now)


async def test_a_team_has_hours_of_its_own_before_its_channel_has(db: Settings) -> None:
    await office()
    now = clock.now()
    names = ("of the team", "of the channel")
    for name in names:
        await service_levels.save_calendar(
            name, zone="Asia/Riyadh", weekly=ALL_DAY, exceptions={}, now=now
        )
    await service_levels.set_channel_hours("email", calendar="of the channel")
    assert await calendar_used("a@example.org") == "always"
    await save("standard", 60, own_hours=True)
    assert await calendar_used("b@example.org") == "of the channel"
    await sql.run("UPDATE teams SET calendar = 'of the team'")
    assert await calendar_used("c@example.org") == "of the team"
    with pytest.raises(Invalid):
        await service_levels.set_channel_hours("email", calendar="nobody's")


async def calendar_used(sender: str) -> str:
    await promised(sender)
    name: str = await sql.value(
        """
        SELECT c.name FROM clocks k JOIN calendars c ON c.id = (k.data->>'calendar')::bigint
        ORDER BY k.id DESC LIMIT 1
        """
    )
    return name


@pytest.mark.parametrize(
    ("weekly", "exceptions", "code"),
    [
        ({}, {}, "never_opens"),
        ({"0": [["08:00", "12:00"], ["11:00", "15:00"]]}, {}, "overlap"),
        ({"0": [["22:00", "06:00"]], "1": [["05:00", "12:00"]]}, {}, "overlap"),
        (
            {"0": [["08:00", "12:00"]]},
            {(datetime(2027, 1, 4) + n * 7 * DAY).date().isoformat(): [] for n in range(60)},  # noqa: DTZ001 -- a day
            "closed_year",
        ),
    ],
)
async def test_hours_that_nobody_can_mean_are_refused_at_the_door(
    db: Settings, weekly: dict[str, Any], exceptions: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await service_levels.save_calendar(
            "c", zone="Asia/Riyadh", weekly=weekly, exceptions=exceptions, now=clock.now()
        )
    assert refused.value.code == code


async def test_a_target_of_nothing_is_refused_at_the_door(db: Settings) -> None:
    await office()
    with pytest.raises(Invalid) as refused:
        await save("standard", 0)
    assert (refused.value.code, refused.value.field) == ("target_zero", "first_response")
