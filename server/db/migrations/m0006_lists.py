"""The indexes that lists walk: one for every group a list of tickets is merged from, and the last of each account."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0006"
VERSION = "1.38.0"
DESCRIPTION = "Lists of tickets by status"

# The status is part of the key rather than of a condition, so that a list filtered by a rare status
# (three tickets on hold among a hundred thousand open ones) reads three rows and not all of them.
INDEXES = """
DROP INDEX tickets_team, tickets_team_active, tickets_unassigned, tickets_mine, tickets_due;

CREATE INDEX tickets_team ON tickets (team_id, status, last_message_at DESC, id DESC);
CREATE INDEX tickets_unassigned ON tickets (team_id, status, last_message_at DESC, id DESC)
    WHERE assignee_id IS NULL;
CREATE INDEX tickets_mine ON tickets (assignee_id, status, last_message_at DESC, id DESC)
    INCLUDE (team_id) WHERE assignee_id IS NOT NULL;
CREATE INDEX tickets_due ON tickets (team_id, next_due_at, id) INCLUDE (status)
    WHERE status IN ('new', 'open', 'pending', 'on_hold') AND next_due_at IS NOT NULL;

CREATE INDEX journal_last ON journal (channel_account_id, id DESC);
CREATE INDEX deliveries_last ON deliveries (channel_account_id, accepted_at DESC)
    WHERE accepted_at IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    """Replace the indexes."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(INDEXES)

    manager.add_raw(create)
    return manager
