"""People who work here: users, teams, memberships, presence."""
