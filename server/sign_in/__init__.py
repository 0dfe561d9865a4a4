"""Getting in: passwords, sessions, the one-time set-up link."""
