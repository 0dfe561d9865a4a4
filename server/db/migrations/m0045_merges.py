"""Which tickets are merged into which."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0045"
VERSION = "1.38.0"
DESCRIPTION = "Merged tickets"

# What a ticket was before is kept here, and given back when the merge is undone.
TABLES = """
CREATE TABLE ticket_merges (
    ticket_id bigint PRIMARY KEY REFERENCES tickets,
    into_id bigint NOT NULL REFERENCES tickets CHECK (into_id <> ticket_id),
    status text NOT NULL CHECK (status IN ('new', 'open', 'pending', 'on_hold', 'resolved', 'closed')),
    waiting_since timestamptz,
    merged_at timestamptz NOT NULL,
    merged_by bigint NOT NULL REFERENCES users
);
CREATE INDEX ticket_merges_into ON ticket_merges (into_id);
"""


async def forwards() -> MigrationManager:
    """Create the table."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(TABLES)

    manager.add_raw(create)
    return manager
