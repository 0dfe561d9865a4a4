"""What is wrong with each part of a channel account: one part working again says nothing of the others."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0007"
VERSION = "1.38.0"
DESCRIPTION = "Faults of channel accounts, by part"


async def forwards() -> MigrationManager:
    """Add the column."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def add() -> None:
        await script("ALTER TABLE channel_accounts ADD COLUMN faults jsonb NOT NULL DEFAULT '{}'")

    manager.add_raw(add)
    return manager
