"""Alarms leave the house once, together, signed, and not in the middle of the night."""

import asyncio
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from server.alarms import actions as alarms
from server.alarms.actions import WebhookDraft
from server.alarms.kinds import KINDS, Item, Kind
from server.channel_accounts import actions as accounts
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.intake import actions as intake
from server.intake.actions.unreadable import PAUSES
from server.kit import clock
from server.kit.errors import Invalid
from server.kit.settings import Settings, settings
from server.kit.work import transaction
from server.service_levels import actions as service_levels
from server.service_levels.actions.notices import Telling, tell
from server.service_levels.queries.checks import unfinished
from tests.support import factories as make
from tests.support.certificates import self_signed
from tests.support.mails import mail
from tests.support.mailserver import MailServer, mail_server
from tests.support.office import office, take
from tests.support.webhooks import Receiver, receiver

pytestmark = pytest.mark.anyio

SECRET = "a shared secret of two systems"
MINUTE = timedelta(minutes=1)
NIGHTS = {str(day): [["22:00", "07:00"]] for day in range(7)}
EVENING = datetime.fromisoformat("2026-11-22T23:30:00+03:00")
MORNING = datetime.fromisoformat("2026-11-23T07:00:00+03:00")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def elsewhere(configured: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Another system, on this machine."""
    monkeypatch.setenv("TAWASUL_WEBHOOKS_PRIVATE", "1")
    settings.cache_clear()
    with receiver() as running:
        yield running


async def mailing(server: MailServer) -> int:
    """An account by which alarms leave."""
    account = await accounts.add(
        "email",
        name="desk",
        values={
            "address": "desk@authority.example",
            "smtp_host": "127.0.0.1",
            "smtp_port": str(server.port),
            "smtp_tls": "none",
        },
        now=clock.now(),
    )
    await alarms.choose_account(account)
    return account


async def wants(user_id: int, *kinds: Kind, quiet: bool = False, pressing: str = "none") -> None:
    await alarms.save_choice(
        user_id,
        email=kinds,
        browser=(),
        zone="Asia/Riyadh",
        quiet=NIGHTS if quiet else {},
        pressing=pressing,
    )


async def webhook(there: Receiver, *kinds: Kind, name: str = "watch") -> int:
    draft = WebhookDraft(name, there.url, SECRET, kinds or KINDS, enabled=True)
    return await alarms.save_webhook(0, draft, now=clock.now())


async def breach(ticket: int, *, now: datetime) -> None:
    """One promise of a ticket is broken, and its team's supervisors are told."""
    async with transaction():
        await tell(
            [Telling(ticket, "first_response", 1, 100, now, now, "supervisors", None)], now=now
        )
        await alarms.pass_on([_broken(ticket, now)], now)


def _broken(ticket: int, now: datetime) -> Event:
    at = now.isoformat()
    data = {"clock": "first_response", "turn": 1, "step": "breached", "at": at, "due_at": at}
    return Event(ticket, "clock_breached", data)


async def test_a_hundred_breaches_in_a_minute_are_one_message_by_every_way(
    db: Settings, server: MailServer, elsewhere: Receiver
) -> None:
    team = await make.team()
    huda = await make.user(supervisor_of=(team,), locale="en", digits="latn")
    await mailing(server)
    await wants(huda, "breach")
    await webhook(elsewhere, "breach")
    # The minute of the clock turns in the middle of the storm.
    began = clock.now().replace(second=31, microsecond=0)
    for n in range(100):
        ticket = await make.ticket(team, subject="سر", contact_name="فاطمة")
        await breach(ticket, now=began + n * timedelta(seconds=0.58))
    assert await alarms.send_due(now=began + timedelta(seconds=59)) == 0
    assert await alarms.send_due(now=began + timedelta(seconds=60)) == 2
    assert await alarms.send_due(now=began + 10 * MINUTE) == 0
    assert await sql.value("SELECT array_agg(count) FROM notices WHERE user_id = $1", huda) == [100]
    (letter,) = server.mails
    assert letter["Subject"] == "Tawasul: 100 promises broken"
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one
    assert "and 90 more" in text
    assert f"{db.base_url}/notices" in text
    assert "سر" not in text
    assert "فاطمة" not in text
    assert letter["Auto-Submitted"]
    assert server.envelopes[0][0] in {"", "<>"}
    assert len(elsewhere.bodies) == 1
    said = elsewhere.said()
    assert said["counts"] == {"warning": 0, "breach": 100, "escalation": 0, "trouble": 0}
    assert "فاطمة" not in elsewhere.bodies[0].decode()


async def test_a_storm_that_goes_on_sends_no_more_than_a_message_in_five_minutes(
    db: Settings, server: MailServer
) -> None:
    team = await make.team()
    huda = await make.user(supervisor_of=(team,))
    await mailing(server)
    await wants(huda, "breach")
    ticket = await make.ticket(team)
    began = clock.now()
    sent = []
    for n in range(12 * 60 // 20):
        now = began + n * timedelta(seconds=20)
        with clock.standing_at(now):
            await breach(ticket, now=now)
            if await alarms.send_due(now=now):
                sent.append(now - began)
    assert sent == [MINUTE, 6 * MINUTE, 11 * MINUTE]


async def test_what_happens_in_quiet_hours_comes_as_one_summary_when_they_end(
    db: Settings, server: MailServer
) -> None:
    team = await make.team()
    huda = await make.user(supervisor_of=(team,), locale="ar", digits="latn")
    await mailing(server)
    await wants(huda, "breach", quiet=True)
    for n in range(3):
        await breach(await make.ticket(team), now=EVENING + n * timedelta(hours=2))
    assert await alarms.send_due(now=MORNING - timedelta(seconds=1)) == 0
    assert await alarms.send_due(now=MORNING) == 1
    (letter,) = server.mails
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one
    assert "ساعات الهدوء" in text
    assert text.count("#") == 3


async def test_what_was_gathered_just_before_the_quiet_hours_waits_for_their_end(
    db: Settings, server: MailServer
) -> None:
    team = await make.team()
    huda = await make.user(supervisor_of=(team,))
    await mailing(server)
    await wants(huda, "breach", quiet=True)
    before = datetime.fromisoformat("2026-11-22T21:59:40+03:00")
    await breach(await make.ticket(team), now=before)
    assert await alarms.send_due(now=before + MINUTE) == 0
    assert await alarms.send_due(now=MORNING) == 1
    assert len(server.mails) == 1


async def test_urgent_breaches_pass_the_quiet_hours_of_whoever_wants_it_so(
    db: Settings, server: MailServer
) -> None:
    team = await make.team()
    huda = await make.user(supervisor_of=(team,), locale="en")
    await mailing(server)
    await wants(huda, "breach", quiet=True, pressing="urgent")
    await breach(await make.ticket(team, priority="high"), now=EVENING)
    await breach(await make.ticket(team, priority="urgent"), now=EVENING)
    assert await alarms.send_due(now=EVENING + MINUTE) == 1
    assert [one["Subject"] for one in server.mails] == ["Tawasul: ١ promise broken"]
    assert await alarms.send_due(now=MORNING) == 1


async def test_a_webhook_is_signed_and_tried_again_under_the_same_id(
    db: Settings, elsewhere: Receiver
) -> None:
    team = await make.team()
    elsewhere.answers += [500, 302]
    await webhook(elsewhere)
    now = clock.now()
    ticket = await make.ticket(team, priority="urgent")
    await breach(ticket, now=now)
    moments = [now + MINUTE]
    for _ in range(3):
        assert await alarms.send_due(now=moments[-1]) == 1
        moments.append(await sql.value("SELECT leaves_at FROM dispatches"))
    assert moments[1] - clock.now() < timedelta(seconds=31)
    assert await sql.value("SELECT state FROM dispatches") == "sent"
    assert len({one["Tawasul-Id"] for one in elsewhere.headers}) == 1
    for body, headers in zip(elsewhere.bodies, elsewhere.headers, strict=True):
        stamp = headers["Tawasul-Signature"].partition(",")[0].removeprefix("t=")
        signed = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        assert headers["Tawasul-Signature"] == f"t={stamp},v1={signed}"
    (item,) = elsewhere.said()["items"]
    assert item["ticket"]["id"] == str(ticket)
    assert item["ticket"]["priority"] == "urgent"


async def test_a_webhook_that_stays_silent_is_given_up_and_somebody_hears_of_it(
    db: Settings, elsewhere: Receiver, server: MailServer
) -> None:
    team = await make.team()
    admin = await make.user(administrator=True, locale="en")
    await mailing(server)
    failing = await webhook(elsewhere)
    elsewhere.answers += [503] * 8
    now = clock.now()
    await breach(await make.ticket(team), now=now)
    for _ in range(8):
        due = await sql.value("SELECT leaves_at FROM dispatches WHERE webhook_id = $1", failing)
        await alarms.send_due(now=due)
    assert (
        await sql.value("SELECT state FROM dispatches WHERE webhook_id = $1", failing) == "failed"
    )
    assert await open_alarms() == [("webhook_failing", str(failing))]
    assert await sql.value("SELECT count(*) FROM notices WHERE user_id = $1", admin) == 1
    await alarms.send_due(now=clock.now() + 2 * MINUTE)
    (letter,) = server.mails
    assert "Alarms do not reach the webhook watch" in str(letter.get_body(("plain",)))
    await breach(await make.ticket(team), now=clock.now())
    await alarms.send_due(now=clock.now() + 10 * MINUTE)
    assert await open_alarms() == []


async def test_two_senders_send_a_message_once_and_a_dead_ones_goes_out_again_as_the_same(
    db: Settings, server: MailServer
) -> None:
    team = await make.team()
    huda = await make.user(supervisor_of=(team,))
    await mailing(server)
    await wants(huda, "breach")
    now = clock.now()
    await breach(await make.ticket(team), now=now)
    tried = await asyncio.gather(*(alarms.send_due(now=now + MINUTE) for _ in range(4)))
    assert sum(tried) == 1
    assert len(server.mails) == 1
    # As if the process had died before it could write down that the mail was taken.
    await sql.run(
        "UPDATE dispatches SET state = 'sending', settled_at = NULL, claimed_until = $1", now
    )
    assert await alarms.send_due(now=now + 2 * MINUTE) == 1
    assert len({one["Message-ID"] for one in server.mails}) == 1
    assert len({one["Date"] for one in server.mails}) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "https://",
        "https://user:password@hooks.example/",
        "https://hooks.example:99999/",
        "https://hooks.example/a b",
        "javascript:alert(1)",
    ],
)
async def test_an_address_that_nobody_should_call_is_refused(
    db: Settings, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with untested(monkeypatch), pytest.raises(Invalid) as refused:
        await alarms.save_webhook(
            0, WebhookDraft("x", url, SECRET, KINDS, enabled=True), now=clock.now()
        )
    assert refused.value.field == "url"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.1.2.3",
        "169.254.169.254",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
    ],
)
async def test_our_own_network_is_not_called(db: Settings, host: str) -> None:
    with receiver() as there:
        port = there.url.split(":")[2]
        await alarms.save_webhook(
            0,
            WebhookDraft("x", f"http://{host}:{port}", SECRET, KINDS, enabled=True),
            now=clock.now(),
        )
        await alarms.try_webhook(await sql.value("SELECT id FROM alarm_webhooks"), now=clock.now())
        await alarms.send_due(now=clock.now())
        assert there.bodies == []
    assert await sql.value("SELECT code FROM dispatches") == "private_address"


async def test_a_webhook_is_called_by_its_name_and_only_with_a_certificate_that_is_trusted(
    db: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAWASUL_WEBHOOKS_PRIVATE", "1")
    settings.cache_clear()
    certificate = self_signed(tmp_path)
    with receiver(certificate) as there:
        one = await webhook(there)
        codes = []
        for authorities in ("/dev/null", str(certificate[0])):
            monkeypatch.setenv("SSL_CERT_FILE", authorities)
            await alarms.try_webhook(one, now=clock.now())
            await alarms.send_due(now=clock.now())
            codes.append(await sql.value("SELECT code FROM dispatches ORDER BY id DESC LIMIT 1"))
        assert codes == ["no_connection", None]
        assert there.headers[0]["Host"].startswith("localhost:")


async def test_a_webhooks_address_and_secret_are_stored_sealed(
    db: Settings, elsewhere: Receiver
) -> None:
    await webhook(elsewhere)
    row = await sql.row("SELECT url, secret FROM alarm_webhooks")
    assert row is not None
    assert "alarms" not in row["url"]
    assert SECRET not in row["secret"]


async def test_something_wrong_is_said_once_and_again_when_it_is_worse(db: Settings) -> None:
    team = await make.team()
    admin = await make.user(administrator=True)
    huda = await make.user(supervisor_of=(team,))
    account = await make.account(team)
    now = clock.now()
    await make.journal_entry(account, state="failed", received_at=now)
    for _ in range(3):
        await alarms.watch_house(now=now)
    told = "SELECT sum(count) FROM notices WHERE user_id = $1"
    assert await sql.value(told, admin) == 1
    assert await sql.value(told, huda) == 1
    await make.journal_entry(account, state="failed", received_at=now)
    await alarms.watch_house(now=now)
    assert await sql.value(told, huda) == 2
    await sql.run("UPDATE journal SET state = 'done' WHERE id = (SELECT min(id) FROM journal)")
    await alarms.watch_house(now=now)
    assert (
        await sql.value("SELECT (data->>'count')::int FROM alarms WHERE kind = 'quarantine'") == 1
    )
    assert await sql.value(told, huda) == 2
    assert await open_alarms() == [("quarantine", str(account))]
    await sql.run("UPDATE journal SET state = 'done'")
    await alarms.watch_house(now=now)
    assert await open_alarms() == []


async def test_every_trouble_of_the_house_is_seen(db: Settings) -> None:
    team = await make.team()
    now = clock.now()
    failing = await make.account(team, state="failing", state_code="x", state_at=now - 3 * MINUTE)
    behind = await make.account(team)
    await make.journal_entry(behind, received_at=now - 6 * MINUTE)
    old = await make.account(team)
    await make.journal_entry(old, received_at=now - timedelta(days=4), lone_failures=1)
    stuck = await make.account(team)
    ticket = await make.ticket(team, account_id=stuck)
    late = now - 16 * MINUTE
    message = await make.message(ticket, direction="out")
    await make.delivery(
        ticket, message, account_id=stuck, state="queued", held_until=late, next_try_at=late
    )
    chatty = await make.account(team, automatic_stopped_at=now)
    withheld = await make.account(team)
    for _ in range(len(PAUSES) + 1):
        await intake.remember_unreadable(withheld, "INBOX", 7, {3: "no"}, now=now)
    await sql.run("INSERT INTO heartbeats (process, at) VALUES ('work', $1)", now - 3 * MINUTE)
    await sql.run(
        "INSERT INTO clock_checks (night, ended_at, differing) VALUES ('2026-11-22', $1, 2)", now
    )
    await alarms.watch_house(now=now)
    assert await open_alarms(but="disk") == sorted(
        [
            ("source_failing", str(failing)),
            ("backlog", str(behind)),
            ("entry_old", str(old)),
            ("not_leaving", str(stuck)),
            ("answers_stopped", str(chatty)),
            ("mail_withheld", str(withheld)),
            ("worker_silent", ""),
            ("clock_check", ""),
        ]
    )


async def test_a_source_is_silent_only_where_it_usually_speaks(db: Settings) -> None:
    team = await make.team()
    now = clock.now()
    busy, quiet, daily = [await make.account(team) for _ in range(3)]
    for week in range(1, 5):
        for n in range(5):
            at = now - timedelta(weeks=week, minutes=10 + n)
            await make.journal_entry(busy, state="done", received_at=at)
    await make.journal_entry(busy, state="done", received_at=now - timedelta(hours=3))
    await make.journal_entry(quiet, state="done", received_at=now - timedelta(days=20))
    for day in range(1, 16):
        await make.journal_entry(
            daily, state="done", received_at=now - timedelta(days=day, minutes=5)
        )
    await alarms.watch_house(now=now)
    assert await open_alarms(but="disk") == [
        ("source_silent", str(busy)),
        ("source_silent", str(daily)),
    ]
    await make.journal_entry(busy, state="done", received_at=now)
    await alarms.watch_house(now=now)
    assert await open_alarms(but="disk") == [("source_silent", str(daily))]


async def test_a_scheduler_that_was_away_is_missed_once_however_many_come_back(
    db: Settings,
) -> None:
    admin = await make.user(administrator=True)
    gone = clock.now() - timedelta(days=1)
    await alarms.sign_of_life(now=gone)
    now = clock.now()
    await asyncio.gather(*(alarms.sign_of_life(now=now) for _ in range(3)))
    await alarms.sign_of_life(now=now + timedelta(seconds=5))
    (row,) = await sql.rows("SELECT kind, data FROM alarms")
    assert row["kind"] == "scheduler_down"
    assert sql.load(row["data"])["from_at"] == gone.isoformat()
    assert await sql.value("SELECT sum(count) FROM notices WHERE user_id = $1", admin) == 1


async def test_a_clock_that_jumps_back_is_said_once(db: Settings) -> None:
    now = clock.now()
    await alarms.sign_of_life(now=now + timedelta(hours=1))
    await alarms.sign_of_life(now=now)
    await alarms.sign_of_life(now=now + timedelta(seconds=5))
    assert await sql.value("SELECT array_agg(kind) FROM alarms") == ["clock_back"]


async def test_the_nightly_check_is_made_once_kept_and_alarmed_until_a_later_one_finds_nothing(
    db: Settings,
) -> None:
    mailbox = await office()
    await take(mailbox, mail())
    now = clock.now()
    for _ in range(2):
        await service_levels.begin_check(now.date())
    (check,) = await unfinished(since=now.date())
    await sql.run(
        "UPDATE clocks SET due_at = due_at + interval '1 minute' WHERE target = 'resolution'"
    )
    for _ in range(2):
        await service_levels.finish_check(check, now=now)
    row = await sql.row("SELECT checked, differing, first FROM clock_checks")
    assert row is not None
    assert (row["checked"], row["differing"]) == (2, 1)
    assert sql.load(row["first"])[0][1:] == ["resolution", 1, "row_due_at"]
    await alarms.watch_house(now=now)
    await alarms.watch_house(now=now)
    assert await open_alarms(but="disk") == [("clock_check", "")]
    await sql.run(
        "UPDATE clocks SET due_at = due_at - interval '1 minute' WHERE target = 'resolution'"
    )
    await service_levels.begin_check(now.date() + timedelta(days=1))
    (check,) = await unfinished(since=now.date())
    await service_levels.finish_check(check, now=now)
    await alarms.watch_house(now=now)
    assert await open_alarms(but="disk") == []


async def test_an_answer_that_will_not_arrive_is_told_to_who_has_the_ticket_and_above(
    db: Settings,
) -> None:
    team = await make.team()
    amal = await make.user(agent_of=(team,))
    huda = await make.user(supervisor_of=(team,))
    admin = await make.user(administrator=True)
    ticket = await make.ticket(team, assignee_id=amal)
    now = clock.now()
    for automatic, code in ((None, "5.1.1"), ("auto-replied", "5.1.1"), (None, "no_address")):
        message = await make.message(ticket, direction="out", automatic=automatic)
        async with transaction():
            data = {"message": message, "code": code}
            await emit([Event(ticket, "delivery_failed", data)], at=now)
    told = {row["user_id"]: row["count"] for row in await sql.rows("SELECT * FROM notices")}
    assert told == {amal: 1, huda: 1}
    assert admin not in told


async def test_people_without_a_choice_hear_by_mail_only_of_the_house(
    db: Settings, server: MailServer
) -> None:
    team = await make.team()
    huda = await make.user(supervisor_of=(team,))
    await mailing(server)
    now = clock.now()
    await alarms.tell(
        [(huda, Item("breach", now, await make.ticket(team), "resolution", 1, 100, now))], now=now
    )
    assert await sql.value("SELECT count(*) FROM dispatches") == 0
    await alarms.raise_alarm(alarms.Trouble("disk", "files", {"percent": 2}), now=now)
    assert await sql.value("SELECT count(*) FROM dispatches") == 0
    account = await make.account(team)
    await alarms.raise_alarm(
        alarms.Trouble("backlog", str(account), {"account": account, "count": 9}, 0, team), now=now
    )
    assert await sql.value("SELECT troubles FROM dispatches WHERE user_id = $1", huda) == 1


async def open_alarms(*, but: str = "") -> list[tuple[str, str]]:
    found = await sql.rows(
        "SELECT kind, subject FROM alarms WHERE ended_at IS NULL AND kind <> $1", but
    )
    return sorted((row["kind"], row["subject"]) for row in found)


@contextmanager
def untested(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process that is not under test."""
    monkeypatch.setenv("TAWASUL_TESTING", "0")
    settings.cache_clear()
    yield
    monkeypatch.setenv("TAWASUL_TESTING", "1")
    settings.cache_clear()
