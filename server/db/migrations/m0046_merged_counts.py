"""What reports count of merges."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0046"
VERSION = "1.38.0"
DESCRIPTION = "Merged tickets in reports"

COUNTS = """
ALTER TABLE report_volumes ADD COLUMN merged integer NOT NULL DEFAULT 0;
CREATE INDEX events_merged ON events (at) INCLUDE (ticket_id) WHERE kind IN ('ticket_merged', 'merge_undone');
"""


async def forwards() -> MigrationManager:
    """Add the column and the index."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(COUNTS)

    manager.add_raw(create)
    return manager
