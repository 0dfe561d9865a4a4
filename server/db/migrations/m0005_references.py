"""Find who needs a file, so that files nobody needs can be cleared away."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0005"
VERSION = "1.38.0"
DESCRIPTION = "Indexes from files to those who need them"

INDEXES = """
CREATE INDEX attachments_blob ON attachments (blob_hash);
CREATE INDEX journal_blob ON journal (blob_hash) WHERE blob_hash IS NOT NULL;
CREATE INDEX kept_mails_blob ON kept_mails (blob_hash);
CREATE INDEX blobs_created ON blobs (created_at);
"""


async def forwards() -> MigrationManager:
    """Create the indexes."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(INDEXES)

    manager.add_raw(create)
    return manager
