"""Every domain that a mail goes to, where only its first recipient's was known."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0052"
VERSION = "1.38.0"
DESCRIPTION = "Deliveries by all their domains"

# A minute's mails of one account are few enough to be looked through, by the index of its last ones.
COLUMN = """
CREATE FUNCTION mail_domains(recipients jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT lower(substring(one->>'address' FROM '@([^@]+)$'))), '{}')
    FROM jsonb_array_elements(recipients) AS one WHERE one->>'address' ~ '@[^@]+$'
$$;
DROP INDEX deliveries_domain;
ALTER TABLE deliveries DROP COLUMN domain;
ALTER TABLE deliveries ADD COLUMN domains text[] GENERATED ALWAYS AS (mail_domains(recipients)) STORED;
"""


async def forwards() -> MigrationManager:
    """Replace the column."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def replace() -> None:
        await script(COLUMN)

    manager.add_raw(replace)
    return manager
