"""What long reports are made of: counts and histograms of each day, and which days have to be counted again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0022"
VERSION = "1.38.0"
DESCRIPTION = "Daily rollups"

# A row stands for one day, one team and one thing that reports part by: "by" names it, "key" says which one.
# Histograms are pairs of bucket (2 bytes) and count (4 bytes), so two of them are added by writing one behind
# the other. The follower of events begins behind what is there: earlier days are not counted yet anyway.
TABLES = """
CREATE TABLE report_promises (
    by text NOT NULL,
    day date NOT NULL,
    team_id bigint NOT NULL,
    key text NOT NULL,
    target text NOT NULL,
    kept integer NOT NULL,
    broken integer NOT NULL,
    open_times bytea NOT NULL,
    elapsed_times bytea NOT NULL,
    PRIMARY KEY (by, day, team_id, key, target)
);

CREATE TABLE report_volumes (
    by text NOT NULL,
    day date NOT NULL,
    team_id bigint NOT NULL,
    key text NOT NULL,
    opened integer NOT NULL,
    resolved integer NOT NULL,
    reopened integer NOT NULL,
    reassigned integer NOT NULL,
    arrived integer NOT NULL,
    answered integer NOT NULL,
    PRIMARY KEY (by, day, team_id, key)
);

CREATE TABLE report_days (
    day date PRIMARY KEY,
    counted_at timestamptz,
    changed_at timestamptz
);
CREATE INDEX report_days_open ON report_days (day) WHERE counted_at IS NULL OR changed_at IS NOT NULL;

CREATE TABLE report_progress (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    xid bigint NOT NULL,
    id bigint NOT NULL,
    terms text NOT NULL
);
INSERT INTO report_progress (xid, id, terms)
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0, '';

CREATE INDEX events_reassigned ON events (at) INCLUDE (ticket_id)
    WHERE kind = 'assigned' AND data->>'from' IS NOT NULL AND data->>'to' IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    """Create the tables."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(TABLES)

    manager.add_raw(create)
    return manager
