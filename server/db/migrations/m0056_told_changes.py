"""What became late when open tickets followed changed terms, and alarms by the time they were raised."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0056"
VERSION = "1.38.0"
DESCRIPTION = "Changes of terms that are told"

COLUMNS = """
ALTER TABLE term_changes ADD COLUMN broken integer NOT NULL DEFAULT 0;
CREATE INDEX alarms_raised ON alarms (raised_at);
"""


async def forwards() -> MigrationManager:
    """Add the column and the index."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def add() -> None:
        await script(COLUMNS)

    manager.add_raw(add)
    return manager
