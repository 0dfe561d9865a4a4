"""Everything on one machine: the database and our processes as one tree."""
