"""What operators measure is what the rows say, whichever process did the work."""

from datetime import timedelta

import pytest
from prometheus_client import generate_latest

from server.alarms import actions as alarms
from server.alarms.actions import Trouble
from server.alarms.queries.measure import measure
from server.db import sql
from server.kit import clock, heartbeats
from server.kit.settings import Settings
from tests.support import factories as make

pytestmark = pytest.mark.anyio


async def test_queues_silence_and_alarms_are_read_from_the_rows(db: Settings) -> None:
    team = await make.team()
    account = await make.account(team, name="help")
    now = clock.now()
    for state in ("open", "open", "failed", "done"):
        await make.journal_entry(account, state=state)
    ticket = await make.ticket(team, account_id=account)
    due = now - timedelta(seconds=90)
    await make.delivery(
        ticket, await make.message(ticket), account_id=account, state="queued", held_until=due
    )
    await heartbeats.beat("work", at=now - timedelta(seconds=40))
    await alarms.raise_alarm(Trouble("backlog", str(account), {"account": account}), now=now)
    await measure(now=now)
    said = generate_latest().decode()
    for line in (
        'tawasul_journal_entries{account="help",state="open"} 2.0',
        'tawasul_journal_entries{account="help",state="failed"} 1.0',
        'tawasul_deliveries_waiting{account="help"} 1.0',
        'tawasul_deliveries_late_seconds{account="help"} 90.0',
        'tawasul_process_silence_seconds{process="work"} 40.0',
        'tawasul_alarms_open{kind="backlog"} 1.0',
        "tawasul_clocks_due 0.0",
    ):
        assert line in said
    await alarms.end_alarms("backlog", now=now)
    await sql.run("UPDATE journal SET state = 'done'")
    await measure(now=now)
    said = generate_latest().decode()
    assert "tawasul_alarms_open{" not in said
    assert 'tawasul_journal_entries{account="help",state="failed"} 0.0' in said
