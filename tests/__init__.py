"""The tests: unit (pure, seconds), integration (real PostgreSQL), e2e (real servers and browser)."""
