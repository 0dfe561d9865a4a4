"""Who works when, where tickets go when nobody is there, and what a report of fairness is told from."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0037"
VERSION = "1.38.0"
DESCRIPTION = "Shifts, overflow, attendances, holdings"

# Shifts are never changed: saving again makes a new row. `on_shift` of an agent is empty without shifts of
# their own: then that of the team holds.
SHIFTS = """
CREATE TABLE shifts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users,
    zone text NOT NULL,
    weekly jsonb NOT NULL,
    exceptions jsonb NOT NULL DEFAULT '{}',
    periods jsonb NOT NULL DEFAULT '[]',
    author_id bigint REFERENCES users,
    created_at timestamptz NOT NULL,
    superseded_at timestamptz
);
CREATE UNIQUE INDEX shifts_current ON shifts (user_id) WHERE superseded_at IS NULL;

ALTER TABLE workloads ADD COLUMN on_shift boolean, ADD COLUMN shift_changes_at timestamptz;
CREATE INDEX workloads_shift ON workloads (shift_changes_at) WHERE shift_changes_at IS NOT NULL;

ALTER TABLE teams ADD COLUMN calendar text,
    ADD COLUMN calendar_id bigint REFERENCES calendars,
    ADD COLUMN on_shift boolean NOT NULL DEFAULT true,
    ADD COLUMN shift_changes_at timestamptz,
    ADD COLUMN overflow_team_id bigint REFERENCES teams CHECK (overflow_team_id <> id),
    ADD COLUMN patience_minutes integer NOT NULL DEFAULT 5 CHECK (patience_minutes BETWEEN 1 AND 1440);
"""

HAND_OUT = """
CREATE TABLE overflows (
    ticket_id bigint NOT NULL REFERENCES tickets,
    team_id bigint NOT NULL REFERENCES teams,
    at timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, team_id)
);
ALTER TABLE declines ADD COLUMN words text CHECK (length(words) <= 500);
CREATE INDEX declines_at ON declines (at);
ALTER TABLE hand_outs ADD COLUMN came_back boolean NOT NULL DEFAULT false;
DROP INDEX hand_outs_user;
CREATE INDEX hand_outs_given ON hand_outs (user_id, at) WHERE NOT came_back;
ALTER TABLE waiting_tickets ADD COLUMN code_since timestamptz;
UPDATE waiting_tickets SET code_since = since;
ALTER TABLE waiting_tickets ALTER COLUMN code_since SET NOT NULL;
CREATE INDEX tickets_carried ON tickets (assignee_id, channel) WHERE assignee_id IS NOT NULL
    AND waiting_since IS NOT NULL AND status IN ('new', 'open', 'pending', 'on_hold');
"""

RECORDS = """
CREATE TABLE attendances (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users,
    team_id bigint NOT NULL REFERENCES teams,
    since timestamptz NOT NULL,
    until timestamptz,
    CHECK (until >= since)
);
CREATE UNIQUE INDEX attendances_open ON attendances (user_id, team_id) WHERE until IS NULL;
CREATE INDEX attendances_here ON attendances (team_id) WHERE until IS NULL;
CREATE INDEX attendances_ended ON attendances (team_id, until) WHERE until IS NOT NULL;
INSERT INTO attendances (user_id, team_id, since)
SELECT m.user_id, m.team_id, p.changed_at FROM presences p JOIN memberships m ON m.user_id = p.user_id
JOIN users u ON u.id = p.user_id AND u.active WHERE p.state = 'online';

CREATE TABLE holdings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets,
    team_id bigint NOT NULL REFERENCES teams,
    user_id bigint NOT NULL REFERENCES users,
    how text NOT NULL CHECK (how IN ('given', 'taken', 'handed', 'came_back')),
    since timestamptz NOT NULL,
    until timestamptz,
    ended_by text CHECK (ended_by IN ('done', 'declined', 'gave_back', 'moved')),
    CHECK ((until IS NULL) = (ended_by IS NULL) AND until >= since)
);
CREATE UNIQUE INDEX holdings_open ON holdings (ticket_id) WHERE until IS NULL;
CREATE INDEX holdings_held ON holdings (team_id) WHERE until IS NULL;
CREATE INDEX holdings_begun ON holdings (team_id, since);
CREATE INDEX holdings_ended ON holdings (team_id, until) WHERE until IS NOT NULL;

INSERT INTO holdings (ticket_id, team_id, user_id, how, since)
SELECT t.id, t.team_id, t.assignee_id, CASE WHEN e.actor_id IS NULL THEN 'given' WHEN e.actor_id = t.assignee_id
    THEN 'taken' ELSE 'handed' END, coalesce(e.at, t.created_at)
FROM tickets t LEFT JOIN LATERAL (SELECT at, actor_id FROM events WHERE ticket_id = t.id AND kind = 'assigned'
    ORDER BY seq DESC LIMIT 1) AS e ON true
WHERE t.assignee_id IS NOT NULL AND t.status IN ('new', 'open', 'pending', 'on_hold');
"""


async def forwards() -> MigrationManager:
    """Add the tables, columns and indexes."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        for part in (SHIFTS, HAND_OUT, RECORDS):
            await script(part)

    manager.add_raw(create)
    return manager
