"""Automatic answers, counted by address and by account, and the breaker that stops them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0011"
VERSION = "1.38.0"
DESCRIPTION = "Automatic answers"

TABLES = """
CREATE TABLE automatic_answers (
    message_id bigint PRIMARY KEY REFERENCES messages,
    channel_account_id bigint NOT NULL REFERENCES channel_accounts,
    identity_id bigint NOT NULL REFERENCES identities,
    at timestamptz NOT NULL
);
CREATE INDEX automatic_answers_account ON automatic_answers (channel_account_id, at);
CREATE INDEX automatic_answers_identity ON automatic_answers (identity_id, at);

ALTER TABLE channel_accounts ADD COLUMN automatic_stopped_at timestamptz;
"""


async def forwards() -> MigrationManager:
    """Create the table."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(TABLES)

    manager.add_raw(create)
    return manager
