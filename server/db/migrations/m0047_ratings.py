"""How citizens say it went: which teams ask, whom they will ask and when, what was answered, and its daily counts."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0047"
VERSION = "1.38.0"
DESCRIPTION = "Ratings"

# A ticket is asked about once, so the ticket is the key. What the citizen says is a row of its own, which can
# be erased without touching the history.
TABLES = """
ALTER TABLE teams ADD COLUMN asks_rating boolean NOT NULL DEFAULT false,
    ADD COLUMN rating_hours smallint NOT NULL DEFAULT 2 CHECK (rating_hours BETWEEN 1 AND 168);

CREATE TABLE ratings_due (
    ticket_id bigint PRIMARY KEY REFERENCES tickets,
    resolved_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL
);
CREATE INDEX ratings_due_at ON ratings_due (due_at);

CREATE TABLE ratings (
    ticket_id bigint PRIMARY KEY REFERENCES tickets,
    message_id bigint NOT NULL UNIQUE REFERENCES messages,
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    score smallint CHECK (score BETWEEN 1 AND 5),
    comment text NOT NULL DEFAULT '' CHECK (length(comment) <= 1000),
    rated_at timestamptz,
    changes integer NOT NULL DEFAULT 0,
    CHECK ((score IS NULL) = (rated_at IS NULL))
);
CREATE INDEX ratings_asked ON ratings (asked_at);
CREATE INDEX ratings_rated ON ratings (rated_at, ticket_id) INCLUDE (score) WHERE rated_at IS NOT NULL;
"""

COUNTS = """
ALTER TABLE report_volumes ADD COLUMN asked integer NOT NULL DEFAULT 0,
    ADD COLUMN score_1 integer NOT NULL DEFAULT 0, ADD COLUMN score_2 integer NOT NULL DEFAULT 0,
    ADD COLUMN score_3 integer NOT NULL DEFAULT 0, ADD COLUMN score_4 integer NOT NULL DEFAULT 0,
    ADD COLUMN score_5 integer NOT NULL DEFAULT 0;
"""


async def forwards() -> MigrationManager:
    """Create the tables, add the columns."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        for part in (TABLES, COUNTS):
            await script(part)

    manager.add_raw(create)
    return manager
