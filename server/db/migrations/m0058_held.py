"""An index of open tickets by who holds them, from which the wall counts all its teams and people in one walk."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0058"
VERSION = "1.38.0"
DESCRIPTION = "Open tickets by who holds them"

# Few values, so that its entries fold: of a hundred thousand open tickets it is less than a megabyte.
INDEX = """
CREATE INDEX tickets_held ON tickets (team_id, assignee_id, status)
    WHERE status IN ('new', 'open', 'pending', 'on_hold');
"""


async def forwards() -> MigrationManager:
    """Create the index."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(INDEX)

    manager.add_raw(create)
    return manager
