"""What the search looks in: one row of terms a ticket, and how far older tickets have been taken up."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0030"
VERSION = "1.38.0"
DESCRIPTION = "Search"

# Team and time are terms as well, so that one index narrows by words, team and time at once. There is no index on
# the time alone: it would tempt PostgreSQL to walk all of it for a word that only old tickets hold.
TABLES = """
CREATE FUNCTION search_marks(team bigint, at timestamptz) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT ARRAY['g' || team, 'd' || day, 'm' || day / 32]
    FROM (SELECT floor(extract(epoch FROM at) / 86400)::int AS day) AS of_epoch
$$;

CREATE TABLE search_documents (
    ticket_id bigint PRIMARY KEY REFERENCES tickets,
    team_id bigint NOT NULL,
    at timestamptz NOT NULL,
    size integer NOT NULL,
    terms tsvector NOT NULL
);
ALTER TABLE search_documents ALTER COLUMN terms SET STATISTICS 500;
CREATE INDEX search_documents_terms ON search_documents USING gin (terms);

CREATE TABLE search_progress (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version integer NOT NULL,
    done_id bigint NOT NULL,
    until_id bigint NOT NULL
);
INSERT INTO search_progress (version, done_id, until_id)
SELECT 0, 0, coalesce(max(id), 0) FROM tickets;
"""


async def forwards() -> MigrationManager:
    """Create the tables."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(TABLES)

    manager.add_raw(create)
    return manager
