"""A merged ticket is counted where it was opened and where it went, and nowhere as done, late or open."""

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from server.db import sql
from server.kit import clock
from server.kit.errors import Invalid
from server.kit.settings import Settings
from server.people.queries import viewer_of
from server.supervision.actions import check_days, count_days, follow_events
from server.supervision.days import Period
from server.supervision.screens import reports as screens
from server.tickets import actions as tickets
from server.tickets.actions import Merged
from tests.support import factories as make
from tests.support.mails import mail
from tests.support.merging import Counter, counter

pytestmark = pytest.mark.anyio

ZONE = ZoneInfo("Asia/Riyadh")
FIRST, LAST = date(2026, 11, 8), date(2026, 11, 20)
PERIOD = Period("days", FIRST, LAST)
NOON = datetime(2026, 11, 8, 12, 0, tzinfo=ZONE)
NOW = NOON + timedelta(days=13)


async def volumes(desk: Counter) -> dict[str, int]:
    report = await screens.report(desk.agent, PERIOD, by="team", zone=ZONE, now=NOW)
    return dict(report.table.total.volumes)


async def house() -> Counter:
    desk = await counter()
    chief = await viewer_of(await make.user(administrator=True))
    assert chief is not None
    desk.agent = chief
    return desk


async def arrives(desk: Counter, text: str, *, at: datetime) -> int:
    with clock.standing_at(at):
        await desk.takes(mail(text, subject=text))
    return int(await sql.value("SELECT max(id) FROM tickets"))


async def count_all(*, now: datetime = NOW) -> None:
    while await follow_events(now=now):
        pass
    while await count_days(now=now):
        pass


@pytest.mark.parametrize("seed", range(3))
async def test_what_came_less_what_went_is_what_is_open(db: Settings, seed: int) -> None:
    chance = Random(seed)
    desk = await house()
    every: list[int] = []
    for number in range(60):
        at = NOON + timedelta(hours=5 * number)
        if len(every) < 4 or chance.random() < 0.3:
            every.append(await arrives(desk, str(number), at=at))
            continue
        one, other = chance.choice(every), chance.choice(every)
        by, form_key = desk.agent, desk.key()
        status = chance.choice(("open", "pending", "resolved"))
        try:
            match chance.randrange(3):
                case 0:
                    await tickets.set_status(one, status=status, by=by, form_key=form_key, now=at)
                case 1:
                    await tickets.merge(one, into=other, by=by, form_key=form_key, now=at)
                case _:
                    await tickets.undo_merge(one, by=by, form_key=form_key, now=at)
        except (Invalid, Merged):
            continue
    found = await volumes(desk)
    is_open = await sql.value(
        "SELECT count(*) FROM tickets WHERE status IN ('new', 'open', 'pending', 'on_hold')"
    )
    assert found["merged"]
    assert found["opened"] - found["resolved"] - found["merged"] + found["reopened"] == is_open
    await count_all()
    assert await volumes(desk) == found
    assert await check_days(since=FIRST, now=NOW) == ()


async def test_days_that_were_counted_follow_a_message_to_its_new_ticket(db: Settings) -> None:
    desk = await house()
    ticket = await arrives(desk, "1", at=NOON)
    refers_to = await sql.value("SELECT external_id FROM messages")
    with clock.standing_at(NOON + timedelta(days=2)):
        await desk.takes(mail("2", in_reply_to=refers_to))
    await count_all()
    elsewhere = await make.team()
    new = await tickets.split(
        int(await sql.value("SELECT max(id) FROM messages")),
        by=desk.agent,
        form_key="split",
        now=NOON + timedelta(days=5),
    )
    await tickets.set_team(
        ticket, team_id=elsewhere, by=desk.agent, form_key="away", now=NOON + timedelta(days=6)
    )
    await count_all(now=NOW + timedelta(minutes=2))
    assert await check_days(since=FIRST, now=NOW) == ()
    days = {
        (row["day"], row["team_id"]): (row["opened"], row["arrived"])
        for row in await sql.rows(
            "SELECT * FROM report_volumes WHERE by = 'team' AND opened + arrived > 0"
        )
    }
    own = await sql.value("SELECT team_id FROM tickets WHERE id = $1", new)
    assert days == {
        (FIRST, elsewhere): (1, 1),
        (FIRST + timedelta(days=2), own): (0, 1),
        (FIRST + timedelta(days=5), own): (1, 0),
    }
