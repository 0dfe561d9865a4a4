"""How citizens speak of each topic, topics that were put away, and what each training learnt from and was judged by."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0033"
VERSION = "1.38.0"
DESCRIPTION = "Examples of topics, and their trainings in full"

COLUMNS = """
ALTER TABLE topics ADD COLUMN examples text[] NOT NULL DEFAULT '{}',
    ADD COLUMN removed_at timestamptz,
    ADD COLUMN moved_to bigint REFERENCES topics;

ALTER TABLE topic_trainings ADD COLUMN state text NOT NULL DEFAULT 'done'
        CHECK (state IN ('asked', 'running', 'done')),
    ADD COLUMN asked_by bigint REFERENCES users,
    ADD COLUMN seeded integer NOT NULL DEFAULT 0,
    ADD COLUMN confirmed integer NOT NULL DEFAULT 0,
    ADD COLUMN corrected integer NOT NULL DEFAULT 0,
    ADD COLUMN seeded_accuracy real,
    ADD COLUMN former_seeded_accuracy real,
    ADD COLUMN file text,
    ADD COLUMN report jsonb;
CREATE UNIQUE INDEX topic_trainings_asked ON topic_trainings (state) WHERE state = 'asked';
"""


async def forwards() -> MigrationManager:
    """Add the columns."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(COLUMNS)

    manager.add_raw(create)
    return manager
