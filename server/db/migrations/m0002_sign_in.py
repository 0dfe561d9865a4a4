"""Sessions, sign-in tries, the set-up link, chosen presence, and the processes' signs of life."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0002"
VERSION = "1.38.0"
DESCRIPTION = "Signing in"

SIGN_IN = """
ALTER TABLE users ADD COLUMN access_version integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN users.access_version IS
    'Counts changes of role and activity; a session of an older version is over.';

CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id bigint NOT NULL REFERENCES users,
    access_version integer NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE sign_in_tries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_hash bytea NOT NULL CHECK (length(key_hash) = 32),
    at timestamptz NOT NULL
);
CREATE INDEX sign_in_tries_key ON sign_in_tries (key_hash, at);

CREATE TABLE set_up_links (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    expires_at timestamptz NOT NULL
);
"""

PRESENCE = """
ALTER TABLE presences ADD COLUMN chosen text NOT NULL DEFAULT 'online'
    CHECK (chosen IN ('online', 'away', 'offline'));
CREATE INDEX presences_here ON presences (seen_at) WHERE state <> 'offline';
"""

HEARTBEATS = """
CREATE TABLE heartbeats (
    process text PRIMARY KEY,
    at timestamptz NOT NULL
);
"""


async def forwards() -> MigrationManager:
    """Create the tables."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        for part in (SIGN_IN, PRESENCE, HEARTBEATS):
            await script(part)

    manager.add_raw(create)
    return manager
