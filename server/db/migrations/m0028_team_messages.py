"""What supervisors say to their teams."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0028"
VERSION = "1.38.0"
DESCRIPTION = "Messages to teams"

TABLES = """
CREATE TABLE team_messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id bigint NOT NULL REFERENCES users,
    form_key text NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (author_id, form_key)
);

CREATE TABLE notice_messages (
    notice_id bigint NOT NULL REFERENCES notices ON DELETE CASCADE,
    message_id bigint NOT NULL REFERENCES team_messages,
    PRIMARY KEY (notice_id, message_id)
);
"""


async def forwards() -> MigrationManager:
    """Create the tables."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(TABLES)

    manager.add_raw(create)
    return manager
