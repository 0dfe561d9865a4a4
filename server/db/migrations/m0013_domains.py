"""The domain that each mail goes to, so that no domain is sent more at once than it bears."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0013"
VERSION = "1.38.0"
DESCRIPTION = "Deliveries by domain"

COLUMN = """
ALTER TABLE deliveries ADD COLUMN domain text
    GENERATED ALWAYS AS (lower(split_part(recipients->0->>'address', '@', 2))) STORED;
CREATE INDEX deliveries_domain ON deliveries (channel_account_id, domain, accepted_at)
    WHERE accepted_at IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    """Add the column."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(COLUMN)

    manager.add_raw(create)
    return manager
