"""What policies further ask and do: conditions, dates, steps with measures; who leads teams, hours of channels.

A policy is in force from ``starts_at`` until ``superseded_at`` or ``ends_at``, whichever is earlier; the two of
them may lie ahead. One that was withdrawn before it began is superseded at its own start.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.db.sql import script

ID = "0024"
VERSION = "1.38.0"
DESCRIPTION = "Policies: conditions, dates, measures; leads of teams, hours of channels"

POLICIES = """
ALTER TABLE policies
    ADD COLUMN team_id bigint REFERENCES teams,
    ADD COLUMN account_id bigint REFERENCES channel_accounts,
    ADD COLUMN contact_class text CHECK (contact_class IN ('vip', 'ordinary')),
    ADD COLUMN own_hours boolean NOT NULL DEFAULT false,
    ADD COLUMN starts_at timestamptz,
    ADD COLUMN ends_at timestamptz;
UPDATE policies SET starts_at = created_at, steps = coalesce((
    SELECT jsonb_agg((step - 'user') || CASE WHEN coalesce(step->'user', 'null') = 'null' THEN '{}'
        ELSE jsonb_build_object('to_id', step->'user') END ORDER BY place)
    FROM jsonb_array_elements(steps) WITH ORDINALITY AS s(step, place)), '[]');
ALTER TABLE policies ALTER COLUMN starts_at SET NOT NULL, ADD CHECK (ends_at > starts_at);

ALTER TABLE term_changes ADD COLUMN starts_at timestamptz;
UPDATE term_changes SET starts_at = made_at;
ALTER TABLE term_changes ALTER COLUMN starts_at SET NOT NULL;
"""

HOURS = """
ALTER TABLE teams ADD COLUMN lead_id bigint REFERENCES users;
CREATE TABLE channel_calendars (
    channel text PRIMARY KEY,
    calendar text NOT NULL
);
"""

# What a clock was warned about becomes the moments that have come, each with an instant by which it had.
CLOCKS = """
ALTER TABLE clocks ADD COLUMN taken jsonb NOT NULL DEFAULT '{}';
UPDATE clocks c SET taken = t.taken FROM (
    SELECT c.id, jsonb_object_agg(step->>'percent', coalesce(c.due_at, c.started_at)) AS taken
    FROM clocks c JOIN policies p ON p.id = (c.data->>'policy')::bigint
    CROSS JOIN jsonb_array_elements(p.steps) AS step
    WHERE c.warned > 0 AND (step->>'percent')::int <= c.warned GROUP BY c.id
) AS t WHERE t.id = c.id;
ALTER TABLE clocks DROP COLUMN warned;
"""


async def forwards() -> MigrationManager:
    """Add the columns and the table."""
    manager = MigrationManager(migration_id=ID, app_name="tawasul", description=DESCRIPTION)

    async def create() -> None:
        for part in (POLICIES, HOURS, CLOCKS):
            await script(part)

    manager.add_raw(create)
    return manager
