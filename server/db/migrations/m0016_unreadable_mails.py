"""Mails that a mailbox lists but cannot hand out, so that others need not wait for them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0016"
VERSION = "1.38.0"
DESCRIPTION = "Unreadable mails"

TABLE = """
CREATE TABLE unreadable_mails (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_account_id bigint NOT NULL REFERENCES channel_accounts,
    folder text NOT NULL,
    uidvalidity bigint NOT NULL,
    uid bigint NOT NULL,
    reason text NOT NULL,
    attempts integer NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    next_try_at timestamptz,
    UNIQUE (channel_account_id, folder, uidvalidity, uid)
);
"""


async def forwards() -> MigrationManager:
    """Create the table."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(TABLE)

    manager.add_raw(create)
    return manager
