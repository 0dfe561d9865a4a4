"""The indexes that reports walk: changes of status by their time, and what is open by its age."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0021"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of reports"

INDEXES = """
CREATE INDEX events_status ON events (at) INCLUDE (ticket_id) WHERE kind = 'status_changed';
CREATE INDEX tickets_backlog ON tickets (team_id, created_at)
    WHERE status IN ('new', 'open', 'pending', 'on_hold');
"""


async def forwards() -> MigrationManager:
    """Add the indexes."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(INDEXES)

    manager.add_raw(create)
    return manager
