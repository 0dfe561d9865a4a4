"""What an answer takes along: whom it is copied to, whether it quotes, and files kept for another try."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0014"
VERSION = "1.38.0"
DESCRIPTION = "Answers with copies"

TABLES = """
ALTER TABLE messages ADD COLUMN copies jsonb, ADD COLUMN quotes boolean;

CREATE TABLE kept_files (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users,
    ticket_id bigint NOT NULL REFERENCES tickets,
    blob_hash bytea NOT NULL REFERENCES blobs,
    filename text NOT NULL,
    content_type text NOT NULL,
    size bigint NOT NULL,
    kept_at timestamptz NOT NULL,
    UNIQUE (ticket_id, user_id, filename, blob_hash)
);
CREATE INDEX kept_files_blob ON kept_files (blob_hash);
"""


async def forwards() -> MigrationManager:
    """Create the table and the columns."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(TABLES)

    manager.add_raw(create)
    return manager
