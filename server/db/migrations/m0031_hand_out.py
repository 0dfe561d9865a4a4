"""Who may take what and how much of it, how each team hands out, and what became of what was handed out."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0031"
VERSION = "1.38.0"
DESCRIPTION = "Skills, capacity, strategies, declines, versions of rules"

HAND_OUT = """
ALTER TABLE workloads ADD COLUMN capacity integer NOT NULL DEFAULT 15 CHECK (capacity BETWEEN 0 AND 150),
    ADD COLUMN topics bigint[],
    ADD COLUMN idle_since timestamptz;

ALTER TABLE teams ADD COLUMN strategy text NOT NULL DEFAULT 'round_robin'
        CHECK (strategy IN ('round_robin', 'most_spare_capacity', 'longest_idle')),
    ADD COLUMN hourly_cap integer CHECK (hourly_cap BETWEEN 1 AND 1000),
    ADD COLUMN grace_minutes integer NOT NULL DEFAULT 15 CHECK (grace_minutes BETWEEN 1 AND 1440);

CREATE TABLE hand_outs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets,
    team_id bigint NOT NULL REFERENCES teams,
    user_id bigint NOT NULL REFERENCES users,
    at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text CHECK (ended_by IN ('touched', 'declined', 'gave_back', 'taken_away'))
);
CREATE INDEX hand_outs_user ON hand_outs (user_id, at);
CREATE INDEX hand_outs_team ON hand_outs (team_id, at);
CREATE UNIQUE INDEX hand_outs_open ON hand_outs (ticket_id) INCLUDE (user_id, at) WHERE ended_at IS NULL;

CREATE TABLE declines (
    ticket_id bigint NOT NULL REFERENCES tickets,
    user_id bigint NOT NULL REFERENCES users,
    reason text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, user_id)
);

CREATE TABLE waiting_tickets (
    ticket_id bigint PRIMARY KEY REFERENCES tickets,
    code text NOT NULL,
    since timestamptz NOT NULL,
    alarmed_at timestamptz
);
CREATE INDEX waiting_tickets_quiet ON waiting_tickets (since) WHERE alarmed_at IS NULL;
"""

RULES = """
CREATE TABLE rule_versions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rules jsonb NOT NULL,
    author_id bigint REFERENCES users,
    at timestamptz NOT NULL
);
ALTER TABLE rules ADD COLUMN removed_at timestamptz;
"""


async def forwards() -> MigrationManager:
    """Create the tables."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        await script(HAND_OUT)
        await script(RULES)

    manager.add_raw(create)
    return manager
