"""Open tickets may follow other hours of a team or a channel, too."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0055"
VERSION = "1.38.0"
DESCRIPTION = "Changes of the hours of teams and channels"

COLUMNS = """
ALTER TABLE term_changes ADD COLUMN team_id bigint REFERENCES teams, ADD COLUMN channel text,
    DROP CONSTRAINT term_changes_check,
    ADD CONSTRAINT term_changes_check CHECK (num_nonnulls(calendar, policy, team_id, channel) = 1);
"""


async def forwards() -> MigrationManager:
    """Add the columns."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def add() -> None:
        await script(COLUMNS)

    manager.add_raw(add)
    return manager
