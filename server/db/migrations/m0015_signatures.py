"""What each person signs with, in the languages that answers are written in."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0015"
VERSION = "1.38.0"
DESCRIPTION = "Signatures"

COLUMNS = """
ALTER TABLE users
    ADD COLUMN signature_ar text NOT NULL DEFAULT '',
    ADD COLUMN signature_en text NOT NULL DEFAULT '';
"""


async def forwards() -> MigrationManager:
    """Add the columns."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(COLUMNS)

    manager.add_raw(create)
    return manager
