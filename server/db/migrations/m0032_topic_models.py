"""What each training of the topic model came to."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0032"
VERSION = "1.38.0"
DESCRIPTION = "Trainings of the topic model"

TABLES = """
CREATE TABLE topic_trainings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    examples integer NOT NULL,
    accuracy real,
    former_accuracy real,
    kept boolean NOT NULL,
    error text
);
CREATE INDEX tickets_topic_by_person ON tickets (id DESC) WHERE topic_by_person AND topic_id IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    """Create the table."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(TABLES)

    manager.add_raw(create)
    return manager
