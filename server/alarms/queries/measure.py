"""Put what is in the rows where monitoring reads it: what other processes count, nobody can ask them."""

from datetime import datetime

from prometheus_client import Gauge

from server.db import sql
from server.kit import heartbeats
from server.kit.limits import COUNT_CAP

STATES = ("open", "failed")

_entries = Gauge("tawasul_journal_entries", "Entries not worked through", ["account", "state"])
_deliveries = Gauge("tawasul_deliveries_waiting", "Answers that have not left", ["account"])
_late = Gauge(
    "tawasul_deliveries_late_seconds", "How long the oldest of them has been due", ["account"]
)
_silence = Gauge(
    "tawasul_process_silence_seconds", "Time since a process last gave a sign of life", ["process"]
)
_alarms = Gauge("tawasul_alarms_open", "Things that are wrong now", ["kind"])
_dispatches = Gauge("tawasul_alarm_messages", "Messages of alarms that have not arrived", ["state"])
_clocks = Gauge("tawasul_clocks_due", "Promises due whose breach has not been recorded")


async def measure(*, now: datetime) -> None:
    """Read everything once; what cannot be read is not shown rather than shown as it was."""
    for gauge in (_entries, _deliveries, _late, _silence, _alarms, _dispatches):
        gauge.clear()
    _clocks.set(float("nan"))
    # Each state by its own name in the text: its index is for that state alone.
    counted = ", ".join(
        f"""
        (SELECT count(*) FROM (SELECT FROM journal j
            WHERE j.channel_account_id = a.id AND j.state = '{state}' LIMIT {COUNT_CAP}) AS c) AS {state}
        """
        for state in STATES
    )
    for row in await sql.rows(
        f"SELECT a.name, {counted} FROM channel_accounts a ORDER BY a.id LIMIT 1000"
    ):
        for state in STATES:
            _entries.labels(row["name"], state).set(row[state])
    for row in await sql.rows(
        """
        SELECT a.name, count(d.id) AS count, min(d.held_until) AS since
        FROM channel_accounts a LEFT JOIN deliveries d
            ON d.channel_account_id = a.id AND d.state IN ('held', 'queued', 'sending')
        GROUP BY a.id, a.name ORDER BY a.id LIMIT 1000
        """
    ):
        _deliveries.labels(row["name"]).set(row["count"])
        late = (now - row["since"]).total_seconds() if row["since"] else 0
        _late.labels(row["name"]).set(max(0, late))
    for process, at in (await heartbeats.last()).items():
        _silence.labels(process).set((now - at).total_seconds())
    for row in await sql.rows(
        "SELECT kind, count(*) FROM alarms WHERE ended_at IS NULL GROUP BY kind LIMIT 100"
    ):
        _alarms.labels(row["kind"]).set(row["count"])
    for row in await sql.rows(
        "SELECT state, count(*) FROM dispatches WHERE state <> 'sent' GROUP BY state LIMIT 10"
    ):
        _dispatches.labels(row["state"]).set(row["count"])
    _clocks.set(
        await sql.value(
            f"""
            SELECT count(*) FROM (
                SELECT FROM clocks WHERE state = 'running' AND due_at <= $1 LIMIT {COUNT_CAP}) AS c
            """,
            now,
        )
    )
