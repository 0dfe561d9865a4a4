"""Promises warn, escalate, follow changed terms and can be rebuilt from their events."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from server.db import sql
from server.events import queries as events
from server.kit import clock
from server.kit.errors import Invalid
from server.kit.settings import Settings
from server.service_levels import actions as service_levels
from server.service_levels import queries as promises
from server.service_levels.actions import preview
from server.service_levels.queries import Step
from server.tickets import actions as tickets
from sla.stored import calendar_of
from tests.support.mails import mail
from tests.support.office import ALL_DAY, take, viewer
from tests.support.office import office as open_office

pytestmark = pytest.mark.anyio

STEPS = (Step(50, "agent"), Step(100, "supervisors"), Step(150, "supervisors"))


async def save_policy(minutes: float = 60, *, steps: Sequence[Step] = STEPS) -> int:
    return await service_levels.save_policy(
        "standard",
        calendar="always",
        allowed_minutes={"first_response": minutes, "resolution": 600},
        steps=steps,
        position=1,
        now=clock.now(),
    )


async def office(minutes: float = 60) -> int:
    """An agent who is online, a supervisor, and steps to either of them."""
    promised = {"first_response": minutes, "resolution": 600}
    return await open_office(("amal",), ("huda",), promised=promised, steps=STEPS)


async def ticket_id() -> int:
    return int(await sql.value("SELECT max(id) FROM tickets"))


async def told(name: str) -> list[tuple[int, int]]:
    """How many promises each notice of a person is about, and the furthest step in it."""
    found = await sql.rows(
        """
        SELECT n.count, max(i.percent) AS percent FROM notices n
        JOIN notice_items i ON i.notice_id = n.id JOIN users u ON u.id = n.user_id
        WHERE u.name = $1 GROUP BY n.id ORDER BY n.id
        """,
        name,
    )
    return [(row["count"], row["percent"]) for row in found]


async def steps_taken() -> list[tuple[str, str, int, datetime]]:
    return [
        (one.kind, one.data["clock"], one.data["percent"], datetime.fromisoformat(one.data["at"]))
        for one in await events.of_ticket(await ticket_id())
        if one.kind in {"clock_warned", "clock_escalated", "clock_closing"}
    ]


async def test_a_step_is_taken_once_with_its_true_time(db: Settings) -> None:
    account = await office()
    at = clock.now() - timedelta(minutes=31)
    await take(account, mail(), at=at)
    assert await sql.value("SELECT next_warn_at FROM tickets") == at + timedelta(minutes=30)
    assert await service_levels.take_steps(now=clock.now()) == 1
    assert await service_levels.take_steps(now=clock.now()) == 0
    assert await steps_taken() == [
        ("clock_warned", "first_response", 50, at + timedelta(minutes=30))
    ]
    assert await told("amal") == [(1, 50)]
    assert await told("huda") == []


async def test_what_fell_due_while_the_scheduler_was_down_is_told_with_its_true_times(
    db: Settings,
) -> None:
    account = await office()
    at = clock.now() - timedelta(minutes=100)
    await take(account, mail(), at=at)
    await service_levels.record_breaches(now=clock.now())
    await service_levels.take_steps(now=clock.now())
    assert [(kind, percent, when - at) for kind, _, percent, when in await steps_taken()] == [
        ("clock_warned", 50, timedelta(minutes=30)),
        ("clock_escalated", 100, timedelta(minutes=60)),
        ("clock_escalated", 150, timedelta(minutes=90)),
    ]
    assert await told("huda") == [(2, 150)]


async def test_a_hundred_breaches_are_one_notice(db: Settings) -> None:
    account = await office()
    await save_policy(steps=(Step(100, "supervisors"),))
    at = clock.now() - timedelta(minutes=62)
    await take(account, *(mail(f"n {n}", sender=f"p{n}@example.org") for n in range(100)), at=at)
    now = clock.now().replace(second=30)
    while await service_levels.take_steps(now=now):
        pass
    assert await told("huda") == [(100, 100)]


async def test_what_is_acknowledged_goes_no_further_up(db: Settings) -> None:
    account = await office()
    at = clock.now() - timedelta(minutes=61)
    await take(account, mail(), at=at)
    await service_levels.take_steps(now=clock.now())
    huda = await viewer("huda")
    notice = await sql.value("SELECT max(id) FROM notices WHERE user_id = $1", huda.id)
    await service_levels.acknowledge(notice, by=huda, now=clock.now())
    later = clock.now() + timedelta(minutes=35)
    await service_levels.take_steps(now=later)
    assert (await steps_taken())[-1][:3] == ("clock_escalated", "first_response", 150)
    assert await told("huda") == [(1, 100)]


async def test_an_answered_promise_warns_nobody(db: Settings) -> None:
    account = await office()
    await take(account, mail())
    row = await sql.row("SELECT id, last_seq FROM tickets")
    assert row is not None
    await tickets.reply(
        row["id"],
        by=await viewer("amal"),
        text="وصل طلبكم",
        form_key="k",
        seen_seq=row["last_seq"],
        now=clock.now(),
    )
    await service_levels.take_steps(now=clock.now() + timedelta(minutes=59))
    assert await steps_taken() == []


async def test_open_tickets_follow_a_policy_only_when_asked_to(db: Settings) -> None:
    account = await office()
    at = clock.now() - timedelta(minutes=10)
    await take(account, mail(), at=at)
    await save_policy(5)
    (first, _) = await promises.of_ticket(await ticket_id())
    assert first.due_at == at + timedelta(minutes=60)
    await service_levels.order_following(policy="standard", by=None, now=clock.now())
    assert await service_levels.follow_terms(now=clock.now())
    assert not await service_levels.follow_terms(now=clock.now())
    (first, resolution) = await promises.of_ticket(await ticket_id())
    assert first.due_at == at + timedelta(minutes=5)
    assert str(first.state) == "breached"
    assert str(resolution.state) == "running"
    assert await service_levels.check_clocks() == ()


async def test_following_goes_on_where_it_was_stopped(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.service_levels.actions import follow

    monkeypatch.setattr(follow, "BATCH", 3)
    account = await office()
    await take(account, *(mail(f"n {n}", sender=f"p{n}@example.org") for n in range(7)))
    await save_policy(5)
    await service_levels.order_following(policy="standard", by=None, now=clock.now())
    batches = 0
    while await service_levels.follow_terms(now=clock.now()):
        batches += 1
    assert batches == 3
    assert await sql.value("SELECT touched FROM term_changes") == 7
    due = await sql.value("SELECT count(DISTINCT due_at - started_at) FROM clocks")
    assert due == 2


async def test_the_preview_says_what_would_be_late_and_changes_nothing(db: Settings) -> None:
    account = await office()
    at = clock.now() - timedelta(minutes=10)
    await take(account, mail(), mail(sender="other@example.org"), at=at)
    (policy,) = await promises.policies(at=clock.now())
    draft = promises.Policy(
        **{name: getattr(policy, name) for name in policy.__slots__ if name != "allowed_minutes"},
        allowed_minutes={"first_response": 5, "resolution": 600},
    )
    seen = await service_levels.preview_policy(draft, now=clock.now())
    assert (seen.tickets, seen.looked_at, seen.affected) == (2, 2, 2)
    assert (seen.newly_late, seen.no_longer_late) == (2, 0)
    (first, _) = await promises.of_ticket(await ticket_id())
    assert first.due_at == at + timedelta(minutes=60)


async def test_of_too_many_tickets_the_preview_looks_at_those_due_next(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "LOOKED_AT", 1)
    account = await office()
    now = clock.now()
    await take(account, mail(sender="late@example.org"), at=now - timedelta(minutes=90))
    await take(account, mail(sender="next@example.org"), at=now - timedelta(minutes=40))
    await take(account, mail(sender="new@example.org"), at=now)
    (policy,) = await promises.policies(at=now)
    draft = replace(policy, allowed_minutes={"first_response": 30, "resolution": 600})
    seen = await service_levels.preview_policy(draft, now=now)
    assert (seen.tickets, seen.looked_at, seen.newly_late) == (3, 1, 1)


async def test_a_day_closed_afterwards_is_not_counted(db: Settings) -> None:
    account = await office()
    at = clock.now() - timedelta(minutes=61)
    await take(account, mail(), at=at)
    await service_levels.record_breaches(now=clock.now())
    closed: dict[str, object] = {
        (at + timedelta(hours=3) + timedelta(days=n)).date().isoformat(): [] for n in (-1, 0, 1)
    }
    draft = calendar_of("Asia/Riyadh", ALL_DAY, closed)
    seen = await service_levels.preview_calendar("always", draft, now=clock.now())
    assert (seen.affected, seen.newly_late, seen.no_longer_late) == (1, 0, 1)
    await service_levels.save_calendar(
        "always", zone="Asia/Riyadh", weekly=ALL_DAY, exceptions=closed, now=clock.now()
    )
    await service_levels.order_following(calendar="always", by=None, now=clock.now())
    while await service_levels.follow_terms(now=clock.now()):
        pass
    (first, _) = await promises.of_ticket(await ticket_id())
    assert str(first.state) == "running"
    assert first.due_at is not None
    assert first.due_at > clock.now() + timedelta(hours=20)
    assert await service_levels.check_clocks() == ()


async def test_a_ticket_that_no_policy_fits_any_more_keeps_its_promise(db: Settings) -> None:
    account = await office()
    await take(account, mail())
    await service_levels.save_policy(
        "standard",
        calendar="always",
        allowed_minutes={"first_response": 5},
        channel="telegram",
        position=1,
        now=clock.now(),
    )
    await service_levels.order_following(policy="standard", by=None, now=clock.now())
    await service_levels.follow_terms(now=clock.now())
    (first, _) = await promises.of_ticket(await ticket_id())
    assert str(first.state) == "running"


async def test_the_check_finds_a_clock_that_somebody_moved(db: Settings) -> None:
    account = await office()
    await take(account, mail())
    assert await service_levels.check_clocks() == ()
    await sql.run("UPDATE clocks SET due_at = due_at + interval '1 h' WHERE target = 'resolution'")
    (found,) = await service_levels.check_clocks()
    assert (found.target, found.fields) == ("resolution", ("row_due_at",))


async def test_a_step_beyond_what_can_be_meant_is_refused(db: Settings) -> None:
    await office()
    with pytest.raises(Invalid):
        await save_policy(steps=(Step(0, "agent"),))
