"""Daily counts of promises, each breakdown in a table of its own: a report of a year reads its own and no other."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0059"
VERSION = "1.38.0"
DESCRIPTION = "Daily counts apart"

TABLES = """
ALTER TABLE report_promises RENAME TO report_promises_mixed;
ALTER INDEX report_promises_pkey RENAME TO report_promises_mixed_pkey;
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
) PARTITION BY LIST (by);
CREATE TABLE report_promises_team PARTITION OF report_promises FOR VALUES IN ('team');
CREATE TABLE report_promises_topic PARTITION OF report_promises FOR VALUES IN ('topic');
CREATE TABLE report_promises_agent PARTITION OF report_promises FOR VALUES IN ('agent');
CREATE TABLE report_promises_other PARTITION OF report_promises DEFAULT;
INSERT INTO report_promises SELECT * FROM report_promises_mixed ORDER BY by, day;
DROP TABLE report_promises_mixed;
"""


async def forwards() -> MigrationManager:
    """Part the table."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def part() -> None:
        await script(TABLES)

    manager.add_raw(part)
    return manager
